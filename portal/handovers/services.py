"""Cash that a collector hands over: counted by whoever keeps the dues, once however often the form is sent.

What lacks stays owed by the collector until somebody who did not count it writes it off; that, and what is over, is
a difference of the association's. Never commits.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit
from portal.core.calendar import now, today
from portal.core.database import change, db
from portal.core.errors import RuleError
from portal.core.formats import date_short, local, money
from portal.core.i18n import lazy
from portal.core.money import MOST_FEN
from portal.handovers import queries
from portal.handovers.models import HandOver
from portal.ledger import cashbox
from portal.ledger import services as ledger
from portal.ledger.models import EntryKind, LedgerAccount
from portal.offices.access import can
from portal.payments.models import Payment
from portal.payments.rules import NOTE, RIGHT, SECOND, check_reason
from portal.people.models import Person


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What was counted, beside what the books say the collector holds, as the page showed it."""

    expected_fen: int
    counted_fen: int
    handed_on: date
    key: str
    note: str = ""


def record(actor: Account, association: Association, collector: Person, counted: Counted) -> HandOver:
    """All that the collector holds is handed over; the same form again is the same hand-over.

    Raises RuleError by the field: counted, note (a difference needs its reason), on; and without a field for the
    collector themselves, and where what they hold is no longer what the page showed. Then nothing was written.
    """
    known = queries.by_key(counted.key)
    if known is not None:
        return _same(actor, association, collector, known, counted)
    _check(actor, association, collector, counted)
    try:
        with db.session.begin_nested():
            return _record(actor, association, collector, counted)
    except IntegrityError:
        known = queries.by_key(counted.key)
        if known is None:
            raise
        return _same(actor, association, collector, known, counted)


def void(actor: Account, hand_over: HandOver, reason: str) -> None:
    """As if it had not been, for a reason that stays, with an entry of today the other way round: on the same day by
    whoever received it, later by somebody else who signs. Load `association` and `collector`.

    Raises RuleError where another one followed, a payment of it was taken back, or the cash is no longer there.
    """
    check_may_void(actor, hand_over)
    plain, association = check_reason(reason), hand_over.association
    with db.session.begin_nested():
        _hold(hand_over.collector_id)
        cashbox.hold(association)
        day = today(association.time_zone)
        held = ledger.hold_open(association, day)  # the book before the payments, as whoever charges
        payments = _check_undoable(hand_over)
        lines = _lines(-hand_over.counted_fen, -hand_over.credited_fen)
        entry = ledger.post(actor, association, day, EntryKind.HAND_OVER, lines, memo=plain, held=held)
        gone = update(HandOver).where(HandOver.id == hand_over.id, queries.STANDS)
        if change(gone.values(voided_at=now(), void_reason=plain, void_entry_id=entry.id)) != 1:
            raise RuleError("", lazy("This hand-over is void already."))
        change(update(Payment).where(Payment.hand_over_id == hand_over.id).values(hand_over_id=None))
        _forget(payments)
        db.session.expire(hand_over, ["voided_at", "void_reason", "void_entry_id"])
        told = {"counted_fen": hand_over.counted_fen, "reason": plain}
        audit.record(actor, "handovers.void", hand_over, told, person_id=hand_over.collector_id)


def write_off(actor: Account, association: Association, collector: Person, lacking_fen: int, reason: str) -> HandOver:
    """What lacked when it was counted, as the page showed it, is owed no more, from today; the association bears it.

    Raises RuleError("reason"), and without a field for who may not, and where it is not what lacks by now.
    """
    check_may_write_off(actor, association, collector)
    plain, day = check_reason(reason), today(association.time_zone)
    _hold(collector.id)
    ledger.hold_open(association, day)
    lacking = queries.lacking_fen(association.id, collector.id)
    if not 0 < lacking == lacking_fen:
        raise RuleError("", lazy("What lacks has changed meanwhile. Look at it again."))
    counted = Counted(expected_fen=lacking, counted_fen=0, handed_on=day, key=secrets.token_urlsafe(12), note=plain)
    made = _add(actor, association, collector, counted, is_write_off=True)
    told = {"lacking_fen": lacking, "reason": plain}
    audit.record(actor, "handovers.write_off", made, told, person_id=collector.id)
    return made


def check_may_write_off(actor: Account, association: Association, collector: Person) -> None:
    """Raises RuleError for whoever may not: two others have looked, one who counted and one who signs."""
    if not can(actor, SECOND, association, whole=True):
        raise RuleError("", lazy("Whoever signs for the association writes it off."))
    counted = queries.last_of(association.id, collector.id, HandOver.is_write_off.is_(False))
    if counted is None or actor.person_id in (counted.received_by_id, collector.id):
        raise RuleError("", lazy("You took part in it: somebody else decides."))


def check_may_void(actor: Account, hand_over: HandOver) -> None:
    """Raises RuleError for whoever may not."""
    zone = hand_over.association.time_zone
    same_day = local(hand_over.recorded_at, zone).date() == today(zone)
    right = SECOND if hand_over.is_write_off else RIGHT
    if (
        same_day
        and hand_over.received_by_id == actor.person_id
        and can(actor, right, hand_over.association, whole=True)
    ):
        return
    if not can(actor, SECOND, hand_over.association, whole=True):
        raise RuleError("", lazy("Whoever received it declares it void on the same day; later somebody else signs."))
    if actor.person_id in (hand_over.received_by_id, hand_over.collector_id):
        raise RuleError("", lazy("You took part in it: somebody else decides."))


def _check(actor: Account, association: Association, collector: Person, counted: Counted) -> None:
    if not can(actor, RIGHT, association, whole=True):
        raise RuleError("", lazy("Whoever keeps all the dues of the association does this."))
    if collector.id == actor.person_id:
        raise RuleError("", lazy("You collected it yourself: somebody else counts it."))
    if not counted.key:
        raise ValueError("a hand-over needs the key of its form")
    if not 0 <= counted.counted_fen <= MOST_FEN:
        raise RuleError("counted", lazy("This cannot be the sum of notes and coins."))
    if counted.counted_fen != counted.expected_fen and not counted.note.strip():
        raise RuleError("note", lazy("It is not what it should be: say why, as far as is known."))
    if len(counted.note.strip()) > NOTE:
        raise RuleError("note", lazy("At most %(count)s characters", count=NOTE))


def _record(actor: Account, association: Association, collector: Person, counted: Counted) -> HandOver:
    """The collector is held first, so that of two who count at once the second finds nothing left."""
    _hold(collector.id)
    ledger.hold_open(association, counted.handed_on)
    payments = queries.hold_payments(association.id, collector.id)
    # From the very payments that are marked below: one that is committed after they were held is not among them.
    lacking = queries.lacking_fen(association.id, collector.id)
    expected = sum(one.amount_fen for one in payments) + lacking
    if expected != counted.expected_fen:
        words = lazy("What %(name)s holds has changed meanwhile: it is %(fen)s yuan now. Look at the list again.",
                     name=collector.name, fen=money(expected))  # fmt: skip
        raise RuleError("", words)
    if not counted.counted_fen and not payments:
        raise RuleError("counted", lazy("Nothing was counted: then there is nothing to record."))
    if lacking:
        _check_lacking(association, collector, counted.handed_on)
    _check_day(association, collector, counted.handed_on, payments)
    made = _add(actor, association, collector, counted)
    marked = update(Payment).where(Payment.id.in_([one.id for one in payments]), *queries.HELD)
    if change(marked.values(hand_over_id=made.id)) != len(payments):
        raise RuleError("", lazy("Somebody changed a payment meanwhile. Look at the list again."))
    _forget(payments)
    told = {"expected_fen": expected, "counted_fen": made.counted_fen, "payments": len(payments)}
    audit.record(actor, "handovers.record", made, told, person_id=collector.id)
    return made


def _check_day(association: Association, collector: Person, on: date, payments: Sequence[Payment]) -> None:
    """Nothing is handed over before the collector had it, or had it back."""
    if any(one.received_on > on for one in payments):
        raise RuleError("on", lazy("This is before some of the money was received."))
    voided_on = queries.voided_on(association.id, collector.id)
    if voided_on is not None and on < voided_on:
        words = lazy("A hand-over of %(name)s was declared void on %(day)s: this one is of that day or later.",
                     name=collector.name, day=date_short(voided_on))  # fmt: skip
        raise RuleError("on", words)


def _check_lacking(association: Association, collector: Person, on: date) -> None:
    """What lacked is not brought before it lacked."""
    handed_on = queries.handed_on(association.id, collector.id)
    if handed_on is not None and on < handed_on:
        words = lazy("Something lacked when %(name)s handed over on %(day)s: this one is of that day or later.",
                     name=collector.name, day=date_short(handed_on))  # fmt: skip
        raise RuleError("on", words)


def _add(
    actor: Account, association: Association, collector: Person, counted: Counted, *, is_write_off: bool = False
) -> HandOver:
    """The journal's entry and the row; a write-off is credited with what did not come."""
    credited = counted.expected_fen if is_write_off else min(counted.expected_fen, counted.counted_fen)
    lines, note = _lines(counted.counted_fen, credited), counted.note.strip()
    entry = ledger.post(actor, association, counted.handed_on, EntryKind.HAND_OVER, lines, memo=note)
    made = HandOver(
        association=association, collector=collector, received_by_id=actor.person_id, handed_on=counted.handed_on,
        expected_fen=counted.expected_fen, counted_fen=counted.counted_fen, credited_fen=credited,
        is_write_off=is_write_off, note=note, key=counted.key, entry_id=entry.id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def _lines(counted: int, credited: int) -> tuple[ledger.Line, ...]:
    """Cash came, the collector owes less, the rest is a difference; with negative amounts the other way round."""
    pairs = (
        (LedgerAccount.CASH, counted),
        (LedgerAccount.COLLECTORS, -credited),
        (LedgerAccount.DIFFERENCE, credited - counted),
    )
    return tuple(ledger.Line(account=name, debit=max(fen, 0), credit=max(-fen, 0)) for name, fen in pairs)


def _check_undoable(hand_over: HandOver) -> Sequence[Payment]:
    """Its payments, held now; nothing else may hang on it."""
    last = queries.last_of(hand_over.association_id, hand_over.collector_id)
    if last is None or last.id != hand_over.id:
        raise RuleError("", lazy("It is void already, or another hand-over followed: that one first."))
    payments = queries.hold_payments_of(hand_over)
    if any(one.reversed_at is not None for one in payments):
        raise RuleError("", lazy("A payment of it was taken back since, out of the cash box: it stands as it is."))
    if queries.cash_fen(hand_over.association) < hand_over.counted_fen:
        raise RuleError("", lazy("The cash box holds less than that: fetch the money back from the bank first."))
    return payments


def _same(actor: Account, association: Association, collector: Person, known: HandOver, counted: Counted) -> HandOver:
    """The hand-over that the form made before. Raises RuleError when the form says something else by now."""
    again = (association.id, collector.id, actor.person_id, counted.counted_fen, counted.handed_on)
    if again != (known.association_id, known.collector_id, known.received_by_id, known.counted_fen, known.handed_on):
        raise RuleError("", lazy("This form was sent before, with something else in it. Look at the hand-overs."))
    return known


def _hold(person_id: int) -> None:
    """One hand-over of a collector at a time."""
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def _forget(payments: Sequence[Payment]) -> None:
    for one in payments:
        db.session.expire(one, ["hand_over_id"])
