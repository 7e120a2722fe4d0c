"""Sign-ups of one person that stand in the same time: a session was moved there, or a leader let it pass.

Nothing is noted down: who clashes is read from the hours as they are, by the volunteer, by the leaders of both
sessions and by whoever calls. No place is taken away; the volunteer chooses, or the leader does.
"""

from __future__ import annotations

from collections.abc import Sequence

from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.plans.models import ActivitySession
from portal.signups import queries, rules
from portal.signups.models import SignUp, SignUpState

STANDING = (SignUpState.CONFIRMED, SignUpState.OFFERED, SignUpState.WAITLISTED)


def of_session(session: ActivitySession, sign_ups: Sequence[SignUp]) -> dict[int, str]:
    """Of those who signed up for a session to come: with what it clashes for them, in words, by sign-up."""
    if session.cancelled_at is not None or session.ends_at <= now():
        return {}
    by_person = {one.person_id: one.id for one in sign_ups if one.person_id is not None and one.state in STANDING}
    if not by_person:
        return {}
    statement = queries.clashing(session).where(SignUp.person_id.in_(by_person))
    found: dict[int, str] = {}
    for other in db.session.scalars(statement):
        found.setdefault(by_person[other.person_id], rules.clash_words(other))
    return found


def among(sign_ups: Sequence[SignUp]) -> dict[int, str]:
    """The same of one person's own sign-ups, with their sessions."""
    mine = [one for one in sign_ups if one.session.cancelled_at is None and one.state in STANDING]
    found: dict[int, str] = {}
    for one in mine:
        for other in mine:
            if one is not other and _overlap(one.session, other.session):
                found.setdefault(one.id, rules.clash_words(other))
    return found


def of(sign_up: SignUp) -> str:
    """The same of one sign-up; its session is loaded."""
    return of_session(sign_up.session, [sign_up]).get(sign_up.id, "")


def check(sign_up: SignUp) -> None:
    """A place is not taken beside another of the same time, unless a leader let that pass when it was signed up."""
    if sign_up.person_id is None or sign_up.clash_reason:
        return
    other = db.session.scalars(queries.clashing(sign_up.session).where(SignUp.person_id == sign_up.person_id)).first()
    if other is not None:
        raise RuleError("", rules.clash_words(other))


def _overlap(one: ActivitySession, other: ActivitySession) -> bool:
    """Half open: one that begins when the other ends is none."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
