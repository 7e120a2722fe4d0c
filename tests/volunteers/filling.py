"""Filling in /volunteer as a visitor does, and registrations for the tests of what follows."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.core.database import db
from portal.core.identity import demo_identity
from portal.people.queries import version_in_force
from portal.volunteers import registering, registration_queries
from portal.volunteers.models import VolunteerRegistration
from portal.volunteers.submission import Submission
from tests.applications import filling
from tests.harness.client import PortalClient
from tests.harness.service import make_skill

OFFICE = "/office/wangjiang/volunteers"
NUMBER = demo_identity(43, date(1975, 5, 12), "female")
PHONE = "13900004321"
ORDER = ("association", "name", "identity", "birth", "contact", "residence", "guardian", "skills", "interests",
         "times", "consents")  # fmt: skip


def answers_of(cast: Any, **changes: Any) -> dict[str, dict[str, Any]]:
    """What a volunteer says, page by page; a page given as None is left out."""
    said: dict[str, Any] = {
        "association": {"association": "wangjiang"},
        "name": {"name": "蒋文竹"},
        "identity": {"identity_number": NUMBER},
        "contact": {"phone": PHONE, "email": ""},
        "residence": {"residence": "望江社区湖滨巷"},
        "skills": {"skills": [make_skill(cast.community, "急救").public_id]},
        "interests": {"interests": [make_skill(cast.community, "敬老助老", kind="interest").public_id]},
        "times": {"times": ["5-morning", "6-evening"], "note": "寒暑假都有空"},
        "consents": {"register": "y"},
        **changes,
    }
    return {step: said[step] for step in ORDER if said.get(step) is not None}


def fill_in(client: PortalClient, answers: dict[str, dict[str, Any]], *, seen: bool = False) -> str:
    return filling.fill_in(client, answers, "/volunteer/register", seen=seen)


def send(client: PortalClient) -> str:
    return filling.send(client, "/volunteer")


def registered(cast: Any, **values: Any) -> VolunteerRegistration:
    """A registration from the web, sound unless told otherwise."""
    known: dict[str, Any] = {
        "association": cast.community, "name": "蒋文竹", "identity_number": NUMBER, "phone": PHONE,
        "residence": "望江社区湖滨巷", "skills": [make_skill(cast.community, "急救")], "times": [(5, "morning")],
        "consents": ["register"], "notice_version": version_in_force(),
    }  # fmt: skip
    entered_by = values.pop("entered_by", None)
    row = registering.register(Submission(**{**known, **values}), entered_by=entered_by)
    db.session.commit()
    found = registration_queries.sent.get_by_reference(row.reference)
    assert found is not None
    return found


def count() -> int:
    return db.session.query(VolunteerRegistration).count()
