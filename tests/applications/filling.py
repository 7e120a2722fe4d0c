"""Filling in /join as a visitor does, and applications for the tests of what follows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from portal.applications import queries, services
from portal.applications.models import MembershipApplication
from portal.applications.submission import Submission
from portal.core.calendar import today
from portal.core.database import db
from portal.core.identity import demo_identity
from portal.people.queries import version_in_force
from portal.register.queries import years_before
from tests.harness.client import PortalClient
from tests.harness.factory import kind_of

OFFICE = "/office/wangjiang/applications"
NUMBER = demo_identity(41, date(1968, 3, 21), "female")
PHONE = "13900001234"


def answers_of(cast: Any, **changes: Any) -> dict[str, dict[str, Any]]:
    """What an applicant says, page by page; a page given as None is left out."""
    said: dict[str, Any] = {
        "association": {"association": "wangjiang"},
        "kind": {"kind": kind_of(cast.community).public_id},
        "name": {"name": "钟若兰"},
        "identity": {"identity_number": NUMBER},
        "contact": {"phone": PHONE, "email": ""},
        "residence": {"residence": "望江社区湖滨巷"},
        "group": {"group": cast.group.public_id},
        "reason": {"reason": "想参加志愿服务"},
        "consents": {"register": "y"},
        **changes,
    }
    order = ("association", "kind", "organisation", "name", "identity", "birth", "contact", "residence", "group",
             "guardian", "reason", "consents")  # fmt: skip
    return {step: said[step] for step in order if said.get(step) is not None}


def fill_in(
    client: PortalClient, answers: dict[str, dict[str, Any]], at: str = "/join/apply", *, seen: bool = False
) -> str:
    """Answer every page; returns where the last one leads. With `seen` each is opened and its form filled in, as a
    visitor does; where the way there is not what is tested, the answers are sent as they are.
    """
    location = f"{at}/association"
    for step, data in answers.items():
        assert location.endswith(f"{at}/{step}"), (location, step)
        response = (client.submit if seen else client.force)(f"{at}/{step}", data)
        assert response.status_code == 303, response.text[:3000]
        location = response.location
    return str(location)


def send(client: PortalClient, at: str = "/join") -> str:
    """Send from the check page; returns the reference."""
    response = client.submit(f"{at}/send", page=f"{at}/check")
    assert response.status_code == 303, response.text[:3000]
    return str(response.location).split("/")[2]


def applied(cast: Any, **values: Any) -> MembershipApplication:
    """An application from the web, sound unless told otherwise."""
    known: dict[str, Any] = {
        "association": cast.community, "kind": kind_of(cast.community), "name": "钟若兰", "identity_number": NUMBER,
        "phone": PHONE, "residence": "望江社区湖滨巷", "consents": ["register"], "notice_version": version_in_force(),
    }  # fmt: skip
    entered_by = values.pop("entered_by", None)
    row = services.apply(Submission(**{**known, **values}), entered_by=entered_by)
    db.session.commit()
    found = queries.sent.get_by_reference(row.reference)
    assert found is not None
    return found


def count() -> int:
    return db.session.query(MembershipApplication).count()


def birthday(years: int, days: int = 0) -> date:
    """Somebody who is so many years old today; `days` later or earlier."""
    return years_before(today(), years) + timedelta(days=days)
