"""What may happen to an objection: received from the web or on paper, answered. Raises RuleError; never commits.

The name is known to whoever answers objections and to nobody else. Whoever opened the notice period, whoever
objects, and whoever the objection names does not answer it, nor look at the name: somebody else who may answer does,
here or in an association above.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit, text
from portal.core.calendar import now, today
from portal.core.database import add_once, db, hold, new_public_id
from portal.core.errors import RuleError
from portal.core.formats import date_long
from portal.core.i18n import _, lazy
from portal.objections import queries
from portal.objections.models import NoticePeriod, Objection, ObjectionState, PeriodState
from portal.objections.services import LEAST_WORDS, LONGEST_WORDS, words
from portal.people.models import Channel, Person

LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True)
class Given:
    """What somebody sends. On paper a phone may be missing."""

    body: str
    name: str
    phone: str | None = None
    in_the_open: bool = False


def record_objection(
    period: NoticePeriod,
    given: Given,
    *,
    key: str | None = None,
    person_id: int | None = None,
    entered_by: Account | None = None,
    received_on: date | None = None,
) -> Objection:
    """Take in an objection, once for each `key`: from the web until the end of the last day, from paper also later
    as long as nothing is decided, with the day on which it came, which lies in the period.
    """
    known = queries.objection_by_key(key) if key else None
    if known is not None:
        return _sent_before(known, period)
    said = _check(given, is_paper=entered_by is not None)
    hold(period)
    made = Objection(
        reference=new_public_id(), period_id=period.id, number=queries.last_number(period) + 1, body=said,
        name=given.name.strip(), phone=given.phone or None, in_the_open=given.in_the_open, key=key,
        person_id=person_id, received_at=_received(period, received_on) if entered_by else _in_time(period),
    )  # fmt: skip
    if entered_by:
        made.channel, made.entered_by_id = Channel.PAPER, entered_by.person_id
    known = add_once(made, lambda: queries.objection_by_key(key or ""))
    if known is not made:
        return _sent_before(known, period)
    whose = {"association_id": period.association_id, "person_id": person_id}
    audit.record(entered_by, "objections.object", made, {"number": made.number}, **whose)
    return made


def answer(actor: Account, period: NoticePeriod, objection: Objection, outcome: str, reply: str) -> None:
    """Answer it, upheld or not, with the reason, which everybody reads. An answer is given once."""
    check_no_conflict(actor, period, objection)
    if outcome not in (ObjectionState.UPHELD, ObjectionState.REJECTED):
        raise RuleError("outcome", _("Choose whether the objection is upheld."))
    said = words(reply, "answer", lazy("Write the reason; whoever objected and everybody else reads it."))
    hold(period)  # what is decided meanwhile is proved with this answer, or without it
    db.session.refresh(objection, ["state"], with_for_update=True)
    if objection.state != ObjectionState.RECEIVED:
        raise RuleError("", _("This objection was answered already."))
    objection.state, objection.answer = outcome, said
    objection.answered_at, objection.answered_by_id = now(), actor.person_id
    db.session.flush()
    about = {"number": objection.number, "outcome": outcome}
    whose = {"association_id": period.association_id, "person_id": objection.person_id}
    audit.record(actor, "objections.answer", objection, about, **whose)


def reveal(actor: Account, period: NoticePeriod, objection: Objection, reason: str) -> tuple[str, str]:
    """Name and phone of who objected, for a reason that is kept and that whoever objected can read."""
    check_no_conflict(actor, period, objection)
    said = reason.strip()
    if len(said) < LEAST_WORDS:
        raise RuleError("reason", lazy("Write in a few words why you need it; whoever objected can read this."))
    whose = {"association_id": period.association_id, "person_id": objection.person_id}
    audit.record(actor, "objections.reveal", objection, {"number": objection.number, "reason": said}, **whose)
    return objection.name or "", objection.phone or ""


def check_no_conflict(actor: Account, period: NoticePeriod, objection: Objection) -> None:
    """Raises RuleError("") for whoever must leave this objection to somebody else."""
    if reason := conflict_of(actor, period, objection):
        raise RuleError("", reason)


def conflict_of(actor: Account, period: NoticePeriod, objection: Objection) -> Any | None:
    """Why this officer must leave the objection to somebody else, in words; None for who need not."""
    me = db.session.get_one(Person, actor.person_id)
    if period.opened_by_id == me.id:
        return lazy("You opened this notice period: somebody else answers the objections to it.")
    if objection.person_id == me.id or (objection.name == me.name and objection.phone == me.phone):
        return lazy("This is your own objection: somebody else answers it.")
    if me.name in objection.body:
        return lazy("The objection names you: somebody else answers it.")
    return None


def _check(given: Given, *, is_paper: bool) -> str:
    if not given.name.strip():
        raise RuleError("name", lazy("Enter the name."))
    if len(given.name) > LONGEST_NAME:
        raise RuleError("name", _("At most %(count)s characters", count=LONGEST_NAME))
    if not given.phone and not is_paper:
        raise RuleError("phone", lazy("Enter a phone number, so that we can ask you."))
    said = text.printable(given.body).strip()
    if text.is_blank(said) or len(said) < LEAST_WORDS:
        raise RuleError("body", lazy("Write what speaks against it, and why."))
    if len(said) > LONGEST_WORDS:
        raise RuleError("body", _("At most %(count)s characters", count=LONGEST_WORDS))
    return said


def _in_time(period: NoticePeriod) -> datetime:
    if period.state != PeriodState.OPEN or today(_zone(period)) > period.end_on:
        raise RuleError("", _("The notice period is over; no objection can be sent any more."))
    return now()


def _received(period: NoticePeriod, day: date | None) -> datetime:
    """The day on which a paper came, at noon: it lies in the period, though it may be entered after its end."""
    if period.state != PeriodState.OPEN:
        raise RuleError("", _("This notice period was decided or withdrawn already."))
    last = min(period.end_on, today(_zone(period)))
    if day is None or not period.start_on <= day <= last:
        days = {"first": date_long(period.start_on), "last": date_long(last)}
        raise RuleError("received_on", _("Enter a day from %(first)s to %(last)s.", **days))
    if day == today(_zone(period)):
        return now()
    return datetime.combine(day, time(12), ZoneInfo(_zone(period)))


def _sent_before(known: Objection, period: NoticePeriod) -> Objection:
    if known.period_id != period.id:
        raise RuleError("", _("This form was used already. Open a new one."))
    return known


def _zone(period: NoticePeriod) -> str:
    return db.session.get_one(Association, period.association_id).time_zone
