"""Sessions made together from one pattern: what happens to one can happen to all later ones too.

Of the later ones only what was changed is changed, so that what differs in one of them stays; hours and deadline move
by as much. Whoever signed up is told of each as of one. If one of them refuses, none is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.core.audit import Actor
from portal.core.errors import RuleError
from portal.core.formats import date_long, local
from portal.core.i18n import _
from portal.plans import queries
from portal.plans import session_services as services
from portal.plans.models import ActivitySession
from portal.plans.session_services import SessionDetails
from portal.volunteers.models import Skill

MOVED = ("starts_at", "ends_at", "deadline_at")
Needs = dict[int | None, tuple[Skill | None, int]]


def change_later(actor: Actor, session: ActivitySession, details: SessionDetails) -> int:
    """Change a session and all later ones of its series, those excepted that were cancelled; how many."""
    queries.lock(session.activity)
    before, zone = details_of(session), session.association.time_zone
    later = queries.list_later(session)
    services.change_session(actor, session, details)
    for one in later:
        with _naming(one):
            services.change_session(actor, one, follow(details_of(one), before, details, zone))
    return 1 + len(later)


def cancel_later(actor: Actor, session: ActivitySession, reason: str) -> int:
    """Cancel a session and all later ones of its series with one reason; how many. If no other would stand, the
    activity is cancelled instead.
    """
    if session.cancelled_at is not None:
        return 0
    queries.lock(session.activity)
    later = queries.list_later(session)
    if session.activity.opened_at is not None and queries.count_standing(session.activity) == 1 + len(later):
        raise RuleError("", _("No session would be left: cancel the whole activity."))
    services.cancel_session(actor, session, reason)
    for one in later:
        services.cancel_session(actor, one, reason)
    return 1 + len(later)


def details_of(session: ActivitySession) -> SessionDetails:
    """What a session states, as its form would say it again."""
    plain = {one.name: getattr(session, one.name) for one in fields(SessionDetails) if one.name != "needs"}
    return SessionDetails(**plain, needs=[(need.skill, need.wanted) for need in session.needs])


def follow(own: SessionDetails, before: SessionDetails, after: SessionDetails, zone: str) -> SessionDetails:
    """The details of a later session once another has changed from `before` to `after`."""
    plain = [one.name for one in fields(SessionDetails) if one.name not in (*MOVED, "needs")]
    changed: dict[str, Any] = {
        name: getattr(after, name) for name in plain if getattr(after, name) != getattr(before, name)
    }
    if _needs(after) != _needs(before):
        changed["needs"] = _follow_needs(_needs(own), _needs(before), _needs(after))
    return replace(own, **changed, **_moved(own, before, after, zone))


def _moved(own: SessionDetails, before: SessionDetails, after: SessionDetails, zone: str) -> dict[str, Any]:
    """By as many days, to the same time of the clock; length and deadline where they were changed."""
    start, old, new = (local(one.starts_at, zone) for one in (own, before, after))
    day = start.date() + (new.date() - old.date())
    clock = start.time() if old.time() == new.time() else new.time()
    starts_at = datetime.combine(day, clock, ZoneInfo(zone))

    def span(length: Callable[[SessionDetails], Any]) -> Any:
        return length(own) if length(before) == length(after) else length(after)

    return {
        "starts_at": starts_at,
        "ends_at": starts_at + span(lambda one: one.ends_at - one.starts_at),
        "deadline_at": starts_at - span(lambda one: one.starts_at - one.deadline_at),
    }


def _follow_needs(own: Needs, before: Needs, after: Needs) -> list[tuple[Skill | None, int]]:
    """Its own needs, with each as the other's where that was changed, added or taken away."""
    kept = {key: need for key, need in own.items() if key in after or key not in before}
    return list((kept | {key: need for key, need in after.items() if before.get(key) != need}).values())


def _needs(details: SessionDetails) -> Needs:
    return {skill.id if skill else None: (skill, count) for skill, count in details.needs}


@contextmanager
def _naming(session: ActivitySession) -> Iterator[None]:
    """A refusal names the day that refuses."""
    day = date_long(local(session.starts_at, session.association.time_zone).date())
    try:
        yield
    except RuleError as error:
        raise RuleError(error.field, _("%(day)s: %(message)s", day=day, message=str(error))) from None
