"""What may happen to a sign-up: made, by oneself or by a leader, withdrawn, given a place; guests. Never commits."""

from __future__ import annotations

from portal.accounts.models import Account
from portal.core import audit
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.members.places import lock_person
from portal.people.models import Person
from portal.plans.models import ActivitySession, SessionNeed
from portal.signups import clashes, places, queries, rules
from portal.signups.models import HOLDING, SignUp, SignUpState
from portal.signups.offers import accept_offer, decline_offer, expire_offers, offer_next
from portal.signups.places import move

__all__ = [
    "RIGHT", "accept_offer", "add_guest", "decline_offer", "expire_offers", "give_place", "move", "offer_next",
    "sign_up", "withdraw",
]  # fmt: skip

RIGHT = "activities.write"
REASON = 200
NAME = 40


def sign_up(
    actor: Account,
    session: ActivitySession,
    person: Person,
    need: SessionNeed,
    *,
    override_reason: str = "",
    by_office: bool = False,
) -> SignUp:
    """Give a volunteer a place of a need, or one on its waiting list when none is free. The same again changes
    nothing.

    `session` and `need` are loaded as plans.queries.get_session does. With `by_office` a leader adds somebody: no
    deadline, and a clash is let pass for `override_reason`. Sign-ups of one person wait for each other, so that two
    that overlap do not both go in. Raises RuleError.
    """
    lock_person(person)
    places.hold_session(session)
    known = queries.get_live(session.id, person.id)
    if known is not None:
        return _the_same(known, need)
    _check(session, person, need, by_office=by_office)
    reason = _check_clash(session, person, override_reason if by_office else "")
    expire_offers(now(), need)
    made = _add(session, need, person=person, clash_reason=reason)
    if by_office:
        made.added_by_id = actor.person_id
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "signups.sign_up", made, {"state": made.state, "clash_reason": reason})
    return made


def add_guest(actor: Account, session: ActivitySession, need: SessionNeed, name: str) -> SignUp:
    """A guest outside the register has a name and a place; the same name again is the same guest."""
    name = name.strip()
    if not name or len(name) > NAME:
        raise RuleError("name", _("Enter the guest's name, in at most %(count)s characters.", count=NAME))
    places.hold_session(session)
    rules.check_open(session, now(), by_office=True)
    if need.session_id != session.id:
        raise RuleError("need", _("Choose one of the places of this session."))
    places.lock_need(need.id)
    known = queries.get_guest(session.id, name)
    if known is not None:
        return known
    expire_offers(now(), need)
    made = _add(session, need, guest_name=name, added_by_id=actor.person_id)
    if made.state != SignUpState.CONFIRMED:
        raise RuleError("need", _("No place is free."))
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "signups.add_guest", made)
    return made


def withdraw(actor: Account | None, sign_up: SignUp, *, by_office: bool = False) -> None:
    """Leave the place or the waiting list; the place goes to the next who waits. Late is a confirmed place that the
    person, not an officer, left after the deadline. Once it has begun only a leader takes somebody out. Done twice,
    it is done once.
    """
    places.lock(sign_up)
    if sign_up.state == SignUpState.WITHDRAWN:
        return
    moment, session = now(), sign_up.session
    if not by_office and session.starts_at <= moment:
        raise RuleError("", _("The session has begun: talk to whoever is in charge."))
    was_held, is_confirmed = sign_up.state in HOLDING, sign_up.state == SignUpState.CONFIRMED
    is_late = is_confirmed and not by_office and session.cancelled_at is None and session.deadline_at < moment
    placed_at = moment if by_office and actor else None  # what follows by itself is said where it began
    places.move(sign_up, SignUpState.WITHDRAWN, is_late=is_late, placed_at=placed_at)
    audit.record(actor, "signups.withdraw", sign_up, {"is_late": is_late})
    if was_held:
        offer_next(actor, session, sign_up.need)


def give_place(actor: Account, sign_up: SignUp, *, is_here: bool = False) -> None:
    """A leader gives a place to somebody who waits, or confirms an offer for them. Done twice, it is done once.
    Not beside another of the same time; whoever stands at the door (`is_here`) is nowhere else, and whoever was there
    when it was over was, full or not.
    """
    places.hold_session(sign_up.session)
    places.lock(sign_up)
    rules.check_open(sign_up.session, now(), by_office=True)
    if sign_up.state in HOLDING and sign_up.state != SignUpState.OFFERED:
        return
    if not is_here:
        clashes.check(sign_up)
    elif sign_up.session.ends_at <= now():
        places.make_room(sign_up.need_id)
    # Whose offer is confirmed for them has said so themself; whoever waited has to hear of it.
    placed_at = now() if sign_up.state == SignUpState.WAITLISTED and not is_here else None
    places.move(sign_up, SignUpState.CONFIRMED, placed_at=placed_at)
    audit.record(actor, "signups.give_place", sign_up)


def _the_same(known: SignUp, need: SessionNeed) -> SignUp:
    if known.need_id != need.id:
        raise RuleError("need", _("There is a sign-up for another place of this session: withdraw it first."))
    return known


def _check(session: ActivitySession, person: Person, need: SessionNeed, *, by_office: bool) -> None:
    rules.check_open(session, now(), by_office=by_office)
    helper = rules.helper_of(person)
    rules.check_helper(session, helper)
    rules.check_need(session, helper, need)


def _check_clash(session: ActivitySession, person: Person, reason: str) -> str:
    """The reason for which a clash is let pass, if there is one; empty when nothing clashes."""
    reason = reason.strip()
    if len(reason) > REASON:
        raise RuleError("override_reason", _("At most %(count)s characters", count=REASON))
    if not reason:
        rules.check_clash(session, person)
        return ""
    return reason if queries.list_clashing(session, person.id) else ""


def _add(session: ActivitySession, need: SessionNeed, **values: object) -> SignUp:
    """The row with a place, or with one on the waiting list."""
    state = SignUpState.CONFIRMED if places.take(need.id) else SignUpState.WAITLISTED
    return SignUp(
        session=session,
        need=need,
        association_id=session.association_id,
        group_id=session.group_id,
        state=str(state),
        **values,
    )
