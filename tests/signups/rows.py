"""Rows and shortcuts for tests about sign-ups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.associations.models import Association
from portal.core.database import db
from portal.people.models import Person
from portal.plans.models import ActivitySession, SessionNeed
from portal.plans.queries import get_session
from portal.signups import services
from portal.signups.models import HOLDING, SignUp
from portal.volunteers.models import Skill
from tests.harness.factory import make_person
from tests.harness.service import make_activity, make_session, make_volunteer


def opened(
    association: Association, starts_at: Any = None, needs: Mapping[Skill | None, int] | None = None, **values: Any
) -> ActivitySession:
    """A session that is open for sign-up, loaded as pages load it."""
    made = make_session(make_activity(association), starts_at, needs, **values)
    return loaded(made)


def loaded(session: ActivitySession) -> ActivitySession:
    db.session.flush()
    found = get_session(session.public_id)
    assert found is not None
    return found


def helpers(association: Association, count: int, skills: Sequence[Skill] = ()) -> list[Person]:
    """People who are on the roster of the association."""
    people = [make_person(f"志愿者{number}") for number in range(count)]
    for person in people:
        make_volunteer(person, association, skills)
    return people


def sign_up(session: ActivitySession, person: Person, actor: Any = None, **values: Any) -> SignUp:
    """By the rules, for the session's first need."""
    session = loaded(session)
    return services.sign_up(actor, session, person, values.pop("need", session.needs[0]), **values)


def state(made: SignUp) -> str:
    db.session.refresh(made, ["state"])
    return made.state


def tally(session: ActivitySession) -> list[tuple[int, int]]:
    """Of each need how many places are counted as taken, and how many sign-ups hold one: these are equal."""
    rows = (
        db.session.query(SessionNeed.id, SessionNeed.taken).filter_by(session_id=session.id).order_by(SessionNeed.id)
    )
    held = db.session.query(SignUp).filter(SignUp.session_id == session.id, SignUp.state.in_(HOLDING))
    return [(taken, held.filter(SignUp.need_id == need_id).count()) for need_id, taken in rows]


def need_ids(session: ActivitySession) -> list[str]:
    """The public ids of its needs, also after a request."""
    rows = db.session.query(SessionNeed.public_id).filter_by(session_id=session.id).order_by(SessionNeed.id)
    return [row.public_id for row in rows]
