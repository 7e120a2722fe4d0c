"""Rows for tests about lending: the community asks its sister Tingyu for hairdressers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Account
from portal.core.calendar import today
from portal.core.database import db
from portal.lending import services
from portal.lending.models import LendingRequest, LentVolunteer
from portal.volunteers.models import Skill, Volunteer
from tests.harness.factory import make_account, make_person
from tests.harness.service import make_skill, make_volunteer

HERE, THERE = "/office/wangjiang/lending", "/office/tingyu/lending"
OWN = "/me/volunteer/requests"
FROM, UNTIL = today() + timedelta(days=3), today() + timedelta(days=5)
ASKED = {"wanted": "2", "occasion": "重阳节义剪", "place": "望江广场", "start_on": FROM, "end_on": UNTIL}


@dataclass
class Helpers:
    """Two hairdressers of the sister, the first with an account; a hairdresser here; somebody without the skill."""

    skill: Skill
    first: Volunteer
    second: Volunteer
    here: Volunteer
    unskilled: Volunteer
    account: Account
    phone: str


def helpers(cast: Any) -> Helpers:
    skill, person = make_skill(cast.community, "理发"), make_person("沈一刀")
    first, second, unskilled = (
        make_volunteer(one, cast.sibling_community, skills)
        for one, skills in ((person, [skill]), (make_person("沈二刀"), [skill]), (make_person("沈无刀"), []))
    )
    here = make_volunteer(make_person("王自家"), cast.community, [skill])
    account, phone = make_account(person), str(person.phone)
    db.session.commit()
    return Helpers(skill, first, second, here, unskilled, account, phone)


def ask(cast: Any, skill: Skill, **values: Any) -> LendingRequest:
    """A request as the secretary sends it."""
    given = {"wanted": 2, "occasion": "重阳节义剪", "place": "", "start_on": FROM, "end_on": UNTIL, **values}
    made = services.ask(cast.secretary, cast.community, cast.sibling_community, skill, **given)
    db.session.commit()
    return made


def agree(cast: Any, request: LendingRequest, *volunteers: Volunteer) -> list[LentVolunteer]:
    """The sister has named them."""
    db.session.refresh(request)
    for volunteer in volunteers:
        db.session.refresh(volunteer, ["abilities"])
    services.agree(cast.sibling, request, volunteers)
    db.session.commit()
    return lent_of(request)


def lent_of(request: LendingRequest) -> list[LentVolunteer]:
    statement = select(LentVolunteer).where(LentVolunteer.request_id == request.id).order_by(LentVolunteer.id)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def answered(request: LendingRequest, lent: LentVolunteer, state: str = "agreed") -> None:
    """The volunteer's answer, as a row."""
    lent.state = state
    db.session.commit()


def again(public_id: str) -> LendingRequest:
    statement = select(LendingRequest).where(LendingRequest.public_id == public_id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def all_requests() -> list[LendingRequest]:
    return list(db.session.scalars(select(LendingRequest).order_by(LendingRequest.id)))
