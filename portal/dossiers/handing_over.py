"""A volunteer's tasks pass on to another: activities in charge of, places in sessions. Never commits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from portal.accounts.models import Account
from portal.core import audit
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.members.places import lock_person
from portal.people.models import Person
from portal.plans.models import Activity
from portal.plans.services import put_in_charge
from portal.signups import queries as signed_up
from portal.signups import services as signups
from portal.signups.models import SignUp, SignUpState
from portal.volunteers.models import Volunteer
from portal.volunteers.services import check_serving, lock


@dataclass(frozen=True)
class Handed:
    """How many activities passed on, how many places, and how many sessions in which the successor waits."""

    activities: int
    places: int
    waiting: int


def hand_over(
    actor: Account,
    volunteer: Volunteer,
    to: Volunteer,
    activities: Sequence[Activity] = (),
    places: Sequence[SignUp] = (),
) -> Handed:
    """Let another volunteer of the association be in charge and come instead, all of it or none.

    A place for which others wait goes to the first of them; the successor waits behind. An office is not passed on
    here: whoever leads a group is appointed. Raises RuleError, named by the session or activity that it is about.
    """
    for one in sorted((volunteer, to), key=lambda one: one.id):
        lock(one)
        check_serving(one)
    if to.association_id != volunteer.association_id or to.person_id == volunteer.person_id:
        raise RuleError("to", _("Choose another volunteer of this association."))
    if not activities and not places:
        raise RuleError("", _("Choose at least one task to hand over."))
    for activity in activities:
        with _about("activities", activity):
            put_in_charge(actor, activity, to.person)
    states = _pass_on(actor, to.person, places)
    told = {"to": to.public_id, "activities": [one.title for one in activities], "places": len(places)}
    audit.record(actor, "dossiers.hand_over", volunteer, told, person_id=volunteer.person_id)
    waiting = states.count(SignUpState.WAITLISTED)
    return Handed(len(activities), len(states) - waiting, waiting)


def _pass_on(actor: Account, person: Person, places: Sequence[SignUp]) -> list[str]:
    """In the order in which everybody locks: the person, then sessions, then needs."""
    if not places:
        return []
    lock_person(person)
    for session in sorted({one.session for one in places}, key=lambda one: one.id):
        db.session.refresh(session, ["cancelled_at"], with_for_update={"read": True})
    return [_replace(actor, one, person) for one in sorted(places, key=lambda one: one.need_id)]


def _replace(actor: Account, sign_up: SignUp, person: Person) -> str:
    session, need = sign_up.session, sign_up.need
    with _about("places", session.activity):
        if signed_up.get_live(session.id, person.id) is not None:
            raise RuleError("", _("%(name)s is on the list already.", name=person.name))
        signups.withdraw(actor, sign_up, by_office=True)
        made = signups.sign_up(actor, session, person, need, by_office=True)
    made.placed_at = now()  # they are to hear of it
    return made.state


@contextmanager
def _about(field: str, activity: Activity) -> Iterator[None]:
    """What a rule says, with the activity that it is about."""
    try:
        yield
    except RuleError as error:
        raise RuleError(field, _("%(name)s: %(fault)s", name=activity.title, fault=error)) from None
