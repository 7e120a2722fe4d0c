"""What follows for sign-ups from what happens elsewhere: a session moved, more places, a volunteer who left."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.people import services as people
from portal.people.models import Person
from portal.plans import services as plans
from portal.plans.models import ActivitySession
from portal.signups import feeds, places, queries, rules, services
from portal.signups.models import SignUp, SignUpState
from portal.signups.offers import BEFORE_START, SHORTEST, offer_next
from portal.volunteers import services as volunteers
from portal.volunteers.models import Volunteer


@plans.moved.connect
def _follow_move(session: ActivitySession, **_details: Any) -> None:
    """Whoever signed up is told (see telling.py), no offer outlasts the new start, and a place that came free too
    late to be offered is offered now.
    """
    if not queries.has_live(session.id):
        return
    session.moved_at = now()
    last = session.starts_at - BEFORE_START
    if last < now() + SHORTEST:
        _take_back_offers(session)
    offered = (SignUp.session_id == session.id, SignUp.state == SignUpState.OFFERED, SignUp.offered_until > last)
    db.session.execute(update(SignUp).where(*offered).values(offered_until=last))
    _follow_more_places(session)


def _take_back_offers(session: ActivitySession) -> None:
    """No time is left to answer: whoever had an offer waits again where they stood; the leader gives the place."""
    of_session = select(SignUp).where(SignUp.session_id == session.id, SignUp.state == SignUpState.OFFERED)
    for sign_up in db.session.scalars(of_session.order_by(SignUp.need_id, SignUp.id)).all():
        places.move(sign_up, SignUpState.WAITLISTED)


@plans.widened.connect
def _follow_more_places(session: ActivitySession, **_details: Any) -> None:
    """They go to those who wait, before anybody else."""
    for need in session.needs:
        offer_next(None, session, need)


@volunteers.ended.connect
def _follow_end(volunteer: Volunteer, **_details: Any) -> None:
    """Whoever left the roster leaves the sessions to come for which another roster does not count."""
    person = db.session.get_one(Person, volunteer.person_id)
    helper = rules.helper_of(person)
    for sign_up in _in_order(person.id):
        try:
            rules.check_helper(sign_up.session, helper)
        except RuleError:
            services.withdraw(None, sign_up, by_office=True)


@people.renamed.connect
def _follow_removal(person: Person, **_details: Any) -> None:
    """A record that was removed comes to nothing any more, and nothing stays that was written about the person."""
    if person.removed_at is None:
        return
    for sign_up in _in_order(person.id):
        services.withdraw(None, sign_up, by_office=True)
    written = update(SignUp).where(SignUp.person_id == person.id).values(clash_reason="")
    db.session.execute(written.execution_options(synchronize_session="fetch"))
    feeds.revoke(None, person.id)


def _in_order(person_id: int) -> list[SignUp]:
    """What is to come, in the order in which everybody locks needs: nobody waits for somebody who waits for them."""
    return sorted(queries.list_to_come(person_id), key=lambda one: one.need_id)
