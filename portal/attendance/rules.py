"""When one checks in and out, and what of that time counts.

A check-in is possible from an hour before the start until the end, a check-out until two hours after the end; both
are the portal's own defaults where no regulation of the federation says otherwise.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.core.calendar import now
from portal.core.errors import RuleError
from portal.core.formats import time_local
from portal.core.i18n import _, lazy_pgettext
from portal.core.labels import Labelled
from portal.hours.models import Category
from portal.plans.kinds import ActivityKind
from portal.plans.models import ActivitySession
from portal.signups.models import SignUp, SignUpState

EARLY = timedelta(minutes=60)
LATE = timedelta(hours=2)
SHORT = 10  # minutes: a check-out as soon as this is more often a second tap than a short help


class Review(Labelled):
    """Why somebody must look before minutes are made of an attendance."""

    NO_CHECK_OUT = "no_check_out", lazy_pgettext("attendance", "No check-out")
    TOO_SHORT = "too_short", lazy_pgettext("attendance", "Out a few minutes after coming")


def opens_at(session: ActivitySession) -> datetime:
    """From when one checks in."""
    return session.starts_at - EARLY


def shuts_at(session: ActivitySession) -> datetime:
    """Until when one checks out."""
    return session.ends_at + LATE


def minutes_between(session: ActivitySession, came: datetime, left: datetime) -> int:
    """Whole minutes of [came, left) that lie inside the session: time before the start and after the end does not
    count, nor does the way there.
    """
    start, end = part_of(session, came, left)
    return int((end - start).total_seconds()) // 60


def part_of(session: ActivitySession, came: datetime, left: datetime) -> tuple[datetime, datetime]:
    """The part of [came, left) that lies inside the session; empty, it begins and ends in the same moment."""
    start = min(max(came, session.starts_at), session.ends_at)
    return start, max(start, min(left, session.ends_at))


def minutes_of(sign_up: SignUp) -> int | None:
    """What the check-in and check-out come to; None while there are not both."""
    if sign_up.in_at is None or sign_up.out_at is None:
        return None
    return minutes_between(sign_up.session, sign_up.in_at, sign_up.out_at)


def category_of(sign_up: SignUp) -> Category:
    """In a training those who serve stand in a place that asks for a skill; all others have come to learn."""
    is_training = sign_up.session.activity.kind == ActivityKind.TRAINING
    return Category.STUDY if is_training and sign_up.need.skill_id is None else Category.SERVICE


def review_of(sign_up: SignUp) -> Review | None:
    """What of it waits for somebody to look: also a check-out that can no longer be made, though nobody said so."""
    if sign_up.review:
        return Review(sign_up.review)
    is_lost = sign_up.state == SignUpState.ARRIVED and shuts_at(sign_up.session) <= now()
    return Review.NO_CHECK_OUT if is_lost else None


def check_stands(session: ActivitySession) -> None:
    if session.cancelled_at is not None or session.activity.cancelled_at is not None:
        raise RuleError("", _("This session is cancelled."))
    if session.association.is_archived:
        raise RuleError("", _("This association is archived: it can be read, not changed."))


def check_in_time(session: ActivitySession, moment: datetime) -> None:
    """Raises RuleError("in") outside the time for checking in."""
    _check_past(moment, "in")
    if moment < opens_at(session):
        raise RuleError("in", _("Check-in opens at %(time)s.", time=_time(session, opens_at(session))))
    if moment >= session.ends_at:
        raise RuleError("in", _("The session ended at %(time)s.", time=_time(session, session.ends_at)))


def check_out_time(session: ActivitySession, came: datetime, moment: datetime) -> None:
    """Raises RuleError("out") before the check-in, or later than two hours after the end."""
    _check_past(moment, "out")
    if moment < came:
        raise RuleError("out", _("The check-out lies before the check-in."))
    if moment > shuts_at(session):
        raise RuleError("out", _("Check-out was possible until %(time)s.", time=_time(session, shuts_at(session))))


def _check_past(moment: datetime, field: str) -> None:
    if moment > now():
        raise RuleError(field, _("This time has not come yet."))


def _time(session: ActivitySession, moment: datetime) -> str:
    return time_local(moment, session.association.time_zone)
