"""What may happen to a request to borrow volunteers. Raises RuleError; never commits.

An association asks a sister for volunteers with a skill; the sister agrees by naming some, or declines; each of those
answers. Whoever changes a request or an answer holds the request's row, so that both sides never decide at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from blinker import Signal
from sqlalchemy import select, update

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.audit import record
from portal.core.calendar import now, today
from portal.core.database import db, hold
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.text import printable
from portal.lending import queries
from portal.lending.models import LendingRequest, LendingState, LentVolunteer
from portal.people import services as people
from portal.volunteers import services as volunteers
from portal.volunteers.models import Skill, Volunteer

LONGEST_SPAN = timedelta(days=366)
MOST_WANTED, MOST_NAMED = 99, 50
LONGEST_TEXT = 200
MIN_REASON = 2

ASKED, AGREED, DECLINED, WITHDRAWN = LendingState
# How the answer of somebody who was named may change. Who has agreed can still fall ill; a no is a no.
MOVES = {ASKED: (AGREED, DECLINED, WITHDRAWN), AGREED: (DECLINED, WITHDRAWN), DECLINED: (), WITHDRAWN: ()}


# Sent with the request: `people` (their ids) had agreed, and are no longer lent by it.
ended = Signal()


def ask(
    actor: Account,
    borrower: Association,
    lender: Association,
    skill: Skill,
    *,
    wanted: int,
    occasion: str,
    place: str,
    start_on: date,
    end_on: date,
) -> LendingRequest:
    """Ask a sister for so many volunteers with a skill, from a day to a day, both included.

    Raises RuleError for an association of another federation or an archived one, a skill that is on no list any more,
    days that are over or too many, and what is asked there already.
    """
    hold(borrower, "archived_on")
    _check_sides(borrower, lender, skill)
    _check_span(start_on, end_on)
    if not 1 <= wanted <= MOST_WANTED:
        raise RuleError("wanted", lazy("Ask for 1 to %(most)s volunteers.", most=MOST_WANTED))
    if queries.is_asked_already(borrower.id, lender.id, skill.id, start_on, end_on):
        raise RuleError("", lazy("You have asked this association for the same on these days already."))
    request = LendingRequest(
        association_id=borrower.id,
        lender_id=lender.id,
        skill_id=skill.id,
        wanted=wanted,
        occasion=_text("occasion", occasion),
        place=printable(place).strip()[:LONGEST_TEXT],
        start_on=start_on,
        end_on=end_on,
        asked_by_id=actor.person_id,
    )
    db.session.add(request)
    db.session.flush()
    record(actor, "lending.ask", request, {"lender": lender.code, "skill": skill.name, "wanted": wanted})
    return request


def agree(actor: Account, request: LendingRequest, chosen: Sequence[Volunteer]) -> None:
    """The sister agrees and names volunteers, with their abilities loaded; each is asked then.

    Raises RuleError for what was answered or withdrawn meanwhile, days that are over, and volunteers of others.
    """
    lock(request)
    _check_state(request, ASKED)
    _name(request, chosen)
    _decide(actor, request, AGREED, "", {"named": len(chosen)})


def name_more(actor: Account, request: LendingRequest, chosen: Sequence[Volunteer]) -> None:
    """The sister names others beside those it has named, where some said no."""
    lock(request)
    _check_state(request, AGREED)
    _name(request, chosen)
    record(actor, "lending.name_more", request, {"number": len(chosen)}, association_id=request.lender_id)


def decline(actor: Account, request: LendingRequest, reason: str) -> None:
    """The sister says no, and why."""
    lock(request)
    _check_state(request, ASKED)
    said = _text("reason", reason)
    _decide(actor, request, DECLINED, said, {"reason": said})


def withdraw(actor: Account, request: LendingRequest) -> None:
    """The borrower takes the request back, also after it was agreed; who was named is free again."""
    lock(request)
    _check_state(request, ASKED, AGREED)
    request.state = WITHDRAWN
    agreed = select(Volunteer.person_id).join(LentVolunteer, LentVolunteer.volunteer_id == Volunteer.id)
    of_it = LentVolunteer.request_id == request.id
    people_lent = db.session.scalars(agreed.where(of_it, LentVolunteer.state == AGREED)).all()
    named = update(LentVolunteer).where(of_it, LentVolunteer.state.in_(queries.STANDING))
    db.session.execute(named.values(state=WITHDRAWN))
    record(actor, "lending.withdraw", request)
    ended.send(request, people=people_lent)


def answer(actor: Account, lent: LentVolunteer, state: LendingState, said: str | None = None) -> None:
    """Somebody who was named agrees or declines. Load `request` and `volunteer`.

    Where an officer enters it, `said` tells how the volunteer answered; it is kept in the log, and the volunteer can
    read it. Raises RuleError for what was withdrawn, is over, or was declined before.
    """
    if said is not None:
        said = _text("said", said)
    _move(lent, state)
    lent.answered_at = now()
    changes = {"state": state} if said is None else {"state": state, "said": said}
    _record(actor, "lending.answer", lent, changes)


def take_back(actor: Account, lent: LentVolunteer) -> None:
    """The sister no longer lends somebody whom it had named."""
    _move(lent, WITHDRAWN)
    _record(actor, "lending.take_back", lent, {})


def reveal_phone(actor: Account, lent: LentVolunteer, reason: str, borrower: Association) -> str:
    """The phone of somebody who is lent, for the borrower, as everywhere: for a reason that the person can read."""
    if not is_shown(lent, lent.request):
        raise RuleError("", lazy("Names and phones are shown from the volunteer’s yes until the last day."))
    return people.reveal(actor, queries.get_person(lent), "phone", reason, borrower)


def is_shown(lent: LentVolunteer, request: LendingRequest) -> bool:
    """Whether the borrower sees who it is: from the volunteer's yes until the last day."""
    return lent.state == AGREED and request.state == AGREED and request.end_on >= today()


def lock(request: LendingRequest) -> None:
    """One change of a request at a time, made to what it is by then."""
    hold(request, "state")


def _move(lent: LentVolunteer, state: LendingState) -> None:
    lock(lent.request)
    hold(lent, "state")
    _check_state(lent.request, AGREED)
    if state not in MOVES[LendingState(lent.state)]:
        raise RuleError("", lazy("This was answered already, or taken back."))
    was_lent, lent.state = lent.state == AGREED, state
    db.session.flush()
    if was_lent:
        ended.send(lent.request, people=[lent.volunteer.person_id])


def _record(actor: Account, action: str, lent: LentVolunteer, changes: dict[str, Any]) -> None:
    """In the lender's log, and for the volunteer to read."""
    person_id = lent.volunteer.person_id
    record(actor, action, lent, changes, association_id=lent.request.lender_id, person_id=person_id)


def _name(request: LendingRequest, chosen: Sequence[Volunteer]) -> None:
    if not chosen:
        raise RuleError("volunteers", lazy("Name at least one volunteer."))
    named = queries.list_named_ids(request.id)
    if len(named) + len(chosen) > MOST_NAMED:
        raise RuleError("volunteers", lazy("Name at most %(most)s volunteers.", most=MOST_NAMED))
    for volunteer in chosen:
        volunteers.lock(volunteer)
        if volunteer.association_id != request.lender_id or volunteer.ended_on is not None:
            raise RuleError("volunteers", lazy("Choose from the list."))
        if volunteer.id in named or request.skill_id not in [held.skill_id for held in volunteer.abilities]:
            raise RuleError("volunteers", lazy("Choose from the list."))
        db.session.add(LentVolunteer(request_id=request.id, volunteer_id=volunteer.id))
    db.session.flush()


def _decide(actor: Account, request: LendingRequest, state: LendingState, said: str, changes: dict[str, Any]) -> None:
    request.state, request.answer = state, said
    request.decided_at, request.decided_by_id = now(), actor.person_id
    db.session.flush()
    action = "lending.agree" if state == AGREED else "lending.decline"
    record(actor, action, request, changes, association_id=request.lender_id)


def _check_sides(borrower: Association, lender: Association, skill: Skill) -> None:
    if borrower.is_archived:
        raise RuleError("", lazy("This association is archived: it can be read, not changed."))
    root = borrower.path_ids[0]
    if lender.id == borrower.id or lender.is_archived or lender.path_ids[0] != root:
        raise RuleError("", lazy("Only another association of the same federation can be asked."))
    if skill.association_id != root or skill.ended_on is not None:
        raise RuleError("", lazy("Choose a skill from the list."))


def _check_span(start_on: date, end_on: date) -> None:
    if end_on < start_on:
        raise RuleError("end_on", lazy("The last day cannot be before the first."))
    if start_on < today():
        raise RuleError("start_on", lazy("The first day lies in the past."))
    if end_on - start_on > LONGEST_SPAN:
        raise RuleError("end_on", lazy("Volunteers are lent for a year at most."))


def _check_state(request: LendingRequest, *states: LendingState) -> None:
    if request.state not in states:
        raise RuleError("", lazy("This request was answered or withdrawn meanwhile."))
    if request.end_on < today():
        raise RuleError("", lazy("The days of this request are over."))


def _text(name: str, text: str) -> str:
    plain = printable(text).strip()
    if len(plain) < MIN_REASON:
        raise RuleError(name, lazy("Say it in a few words."))
    return plain[:LONGEST_TEXT]


@volunteers.ended.connect
def _free(volunteer: Volunteer, **_details: Any) -> None:
    """Who no longer serves is lent no more."""
    for lent in queries.list_standing(volunteer.id):
        lent.state = WITHDRAWN
    db.session.flush()
