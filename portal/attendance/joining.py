"""Somebody who is not on the list and stands at the door: added while a place is free, by the sign-ups' rules."""

from __future__ import annotations

from collections.abc import Sequence

from portal.accounts.models import Account
from portal.attendance import rules, services
from portal.core.calendar import now
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.people.models import Person
from portal.plans.models import ActivitySession, SessionNeed
from portal.signups import queries
from portal.signups import rules as signing_up
from portal.signups import services as signups
from portal.signups.models import Origin, SignUp, SignUpState


def add(actor: Account, session: ActivitySession, person: Person, reason: str = "") -> SignUp:
    """Give a volunteer a free place, one for the own skills first; who is on the list already stays as they are.

    A clash with another session is let pass for a reason. Raises RuleError where no place is free.
    """
    known = queries.get_live(session.id, person.id)
    if known is not None:
        return known
    made = signups.sign_up(actor, session, person, _need(session, person), override_reason=reason, by_office=True)
    if made.state == SignUpState.WAITLISTED:
        raise RuleError("", _("No place is free."))
    if actor.person_id == person.id:
        made.added_by_id = None
    return made


def add_guest(actor: Account, session: ActivitySession, name: str) -> SignUp:
    """A guest takes a free place that asks for no skill, or else any."""
    free = sorted(_free(session.needs), key=lambda need: need.skill_id is not None)
    return signups.add_guest(actor, session, free[0] if free else session.needs[0], name)


def arrive(actor: Account, sign_up: SignUp) -> None:
    """Whoever is added while check-in is open is here."""
    moment = now()
    if rules.opens_at(sign_up.session) <= moment < sign_up.session.ends_at:
        services.check_in(sign_up, moment, Origin.LEADER, actor)


def has_room(session: ActivitySession, person: Person) -> bool:
    """Whether a place is free for somebody who comes without having signed up."""
    helper = signing_up.helper_of(person)
    try:
        signing_up.check_helper(session, helper)
    except RuleError:
        return False
    return any(helper.has(need) for need in _free(session.needs))


def _need(session: ActivitySession, person: Person) -> SessionNeed:
    """The place that fits; where none is free, one whose own rule says no."""
    helper = signing_up.helper_of(person)
    fitting = [need for need in session.needs if helper.has(need)]
    best = sorted(_free(fitting), key=lambda need: need.skill_id is None)
    return (best or fitting or session.needs)[0]


def _free(needs: Sequence[SessionNeed]) -> list[SessionNeed]:
    return [need for need in needs if need.taken < need.wanted]
