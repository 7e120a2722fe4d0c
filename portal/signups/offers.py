"""Places that came free, offered to whoever waits: held for them until a time, and never after the start."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.core import audit
from portal.core.audit import Actor
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.plans.models import ActivitySession, SessionNeed
from portal.signups import clashes, places, queries
from portal.signups.models import SignUp, SignUpState

HOLDS = timedelta(hours=24)
BEFORE_START = timedelta(hours=1)
SHORTEST = timedelta(minutes=15)  # with less than this to answer, the leader gives the place by hand


def held_until(session: ActivitySession, moment: datetime) -> datetime | None:
    """Until when a place offered now is held: 24 hours, never later than one hour before the start. None: too late,
    cancelled, or the association is archived.
    """
    if session.cancelled_at is not None or session.association.is_archived:
        return None
    until = min(moment + HOLDS, session.starts_at - BEFORE_START)
    return until if until >= moment + SHORTEST else None


def offer_next(actor: Actor | None, session: ActivitySession, need: SessionNeed) -> list[SignUp]:
    """Offer the free places of a need to those who wait for it and still fit, first come first served."""
    until = held_until(session, now())
    if until is None:
        return []
    places.lock_need(need.id)
    free = places.count_free(need.id)
    chosen = list(queries.list_waiting(session, need, free)) if free > 0 else []
    for waiting in chosen:
        places.move(waiting, SignUpState.OFFERED, offered_until=until, told_at=None, placed_at=now())
        audit.record(actor, "signups.offer", waiting, {"until": until.isoformat()})
    return chosen


def accept_offer(actor: Actor, sign_up: SignUp) -> None:
    """The place is theirs. Accepted twice, once; after its time the offer is gone."""
    places.hold_session(sign_up.session)
    places.lock(sign_up)
    if sign_up.state == SignUpState.CONFIRMED:
        return
    if sign_up.session.cancelled_at is not None:
        raise RuleError("", _("This session is cancelled."))
    if sign_up.session.association.is_archived:
        raise RuleError("", _("This association is archived: it can be read, not changed."))
    if sign_up.state == SignUpState.EXPIRED or _has_run_out(sign_up):
        raise RuleError("", _("The offer has run out: the place goes to the next on the list."))
    if sign_up.state != SignUpState.OFFERED:
        raise RuleError("", _("No place is offered to you."))
    clashes.check(sign_up)
    places.move(sign_up, SignUpState.CONFIRMED)
    audit.record(actor, "signups.accept", sign_up)


def decline_offer(actor: Actor, sign_up: SignUp) -> None:
    """The place goes to the next on the list. Declined twice, once."""
    places.lock(sign_up)
    if sign_up.state in (SignUpState.DECLINED, SignUpState.EXPIRED):
        return
    places.move(sign_up, SignUpState.DECLINED)
    audit.record(actor, "signups.decline", sign_up)
    offer_next(actor, sign_up.session, sign_up.need)


def expire_offers(moment: datetime, need: SessionNeed | None = None) -> int:
    """Offers that were not answered in time lapse, and the places go on; done again, it does nothing."""
    lapsed = 0
    for sign_up in queries.list_run_out(moment, need.id if need else None):
        places.lock(sign_up)
        if not _has_run_out(sign_up, moment):
            continue  # answered meanwhile
        places.move(sign_up, SignUpState.EXPIRED)
        audit.record(None, "signups.expire", sign_up)
        offer_next(None, sign_up.session, sign_up.need)
        lapsed += 1
    db.session.flush()
    return lapsed


def _has_run_out(sign_up: SignUp, moment: datetime | None = None) -> bool:
    return sign_up.offered_until is not None and sign_up.offered_until <= (moment or now())
