"""Nominations on their way through review, as officers and reviewers lead them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.commendations import calls, consenting, nominating
from portal.commendations.models import CommendationCall, Nomination
from portal.core.calendar import DEFAULT_ZONE, at
from portal.core.database import db
from portal.people.models import Person
from portal.reviews import meetings, queries, services
from portal.reviews.meetings import Held
from portal.reviews.models import Reviewer, SelectionMeeting
from tests.notices.rows import acting

REASON = "全年带队清理河道十二次，邻里有口皆碑。"
CONTACT = "街道协会 0571-5550 0100"


def put_forward(
    actor: Account, call: CommendationCall, association: Association, person: Person | None = None, **values: Any
) -> Nomination:
    """A person in the first category, or the group named in the second."""
    category = queries.categories_of(call)[0 if person is not None else 1]
    group = values.get("group")
    name = person.name if person else group.name
    known = {"name": name, "reason": REASON, "person": person, **values}
    return nominating.nominate(actor, category, association, nominating.Terms(**known))


def agree(nomination: Nomination) -> None:
    """The nominee signs on their own page."""
    consenting.consent(own_account(nomination.person_id), nomination)


def own_account(person_id: int | None) -> Account:
    return acting(db.session.scalars(select(Account).where(Account.person_id == person_id)).one())


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(DEFAULT_ZONE))


def to_review(actor: Account, call: CommendationCall) -> date:
    """The day after the last one, on which review begins."""
    day = call.closes_on + timedelta(days=1)
    with at(noon(day)):
        calls.begin_review(actor, call)
    return day


def give(reviewer: Reviewer, nomination: Nomination, *points: int) -> None:
    criteria = queries.criteria_of(nomination.call if "call" in nomination.__dict__ else reviewer.call)
    given = {one.id: value for one, value in zip(criteria, points, strict=True)}
    services.write_review(own_account(reviewer.person_id), reviewer, nomination, given)


def held(day: date, **values: Any) -> Held:
    known: dict[str, Any] = {
        "held_on": day, "place": "街道办三楼会议室", "chaired_by": "何素云", "present": 7, "in_favour": 6,
        "against": 0, "abstained": 1, "minutes": "逐一听取推荐理由后投票。", **values,
    }  # fmt: skip
    return Held(**known)


def chosen_by_meeting(actor: Account, call: CommendationCall, day: date, *chosen: Nomination) -> SelectionMeeting:
    with at(noon(day)):
        return meetings.record(actor, call, held(day), chosen)
