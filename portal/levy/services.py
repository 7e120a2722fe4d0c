"""A levy upward: laid on the associations below by head-count, paid by them, recorded by who receives it.

Both books know of it: what one owes is what the other is owed. Never commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core import audit
from portal.core.calendar import now, today
from portal.core.database import add_single, change, db, hold, insert_all, new_public_id
from portal.core.errors import RuleError
from portal.core.formats import date_short, local
from portal.core.i18n import lazy
from portal.dues import rules
from portal.ledger import cashbox
from portal.ledger import services as ledger
from portal.ledger.models import DuesPeriod, EntryKind, JournalEntry, LedgerAccount
from portal.levy import counting, queries
from portal.levy.books import both, hold_books
from portal.levy.models import Levy, LevyPayment, LevyShare, LevyWay
from portal.offices.access import can, visible

TIMES = 3  # so often people are counted, where others join or leave meanwhile
WAYS = {LevyWay.CASH: LedgerAccount.CASH, LevyWay.TRANSFER: LedgerAccount.BANK}


def lay(
    actor: Account, association: Association, period: DuesPeriod, rate_fen: int, counted_on: date, basis: str
) -> Levy:
    """Lay a levy of a period on every association below that has members on the day; one a period. All or nothing,
    each step one statement for all, so that nobody waits for long.

    Raises RuleError as `check` does, and for nobody to count, or a book below that is closed. Where somebody joins or
    leaves between counting and writing down who was counted, it is counted once more.
    """
    check(actor, association, period, rate_fen, counted_on)
    known = {"association_id": association.id, "period_id": period.id, "rate_fen": rate_fen}
    due_on = max(period.due_on, today(association.time_zone))
    levy = Levy(**known, counted_on=counted_on, due_on=due_on, basis=basis.strip(), created_by_id=actor.person_id)
    if not add_single(levy):
        raise RuleError("", _THERE_IS_ONE)
    people, places = _count_surely(actor, levy, association)
    told = {"rate_fen": rate_fen, "counted_on": counted_on.isoformat(), "people": people, "associations": places}
    audit.record(actor, "levy.lay", levy, told, association_id=association.id)
    return levy


class _MovedError(RuleError):
    """Two statements saw different members."""

    def __init__(self) -> None:
        super().__init__("", lazy("Somebody joined or left while people were counted: lay the levy once more."))


def _count_surely(actor: Account, levy: Levy, association: Association, times: int = TIMES) -> tuple[int, int]:
    """Raises RuleError where somebody joined or left each time."""
    try:
        with db.session.begin_nested():
            return _count(actor, levy, association)
    except _MovedError:
        if times == 1:
            raise
        return _count_surely(actor, levy, association, times - 1)


def _count(actor: Account, levy: Levy, association: Association) -> tuple[int, int]:
    """The shares, and by name who was counted for them: how many people, of how many associations."""
    counted = counting.by_association(association, levy.counted_on)
    shares = [(place, int(count)) for place, count in map(tuple, counted)]
    if not shares:
        raise RuleError("", lazy("There is nobody to count below."))
    _add_shares(actor, levy, association, shares)
    people = counting.keep(levy, association)
    if not counting.agrees(levy):
        raise _MovedError
    return people, len(shares)


_THERE_IS_ONE = lazy("There is a levy for this period already.")


def check(actor: Account, association: Association, period: DuesPeriod, rate_fen: int, counted_on: date) -> None:
    """What can be said before anybody is counted. Raises RuleError by the field: rate, counted_on (to come, or
    outside the period); for one that there is, and who may not record for all below.
    """
    check_may_lay(actor, association)
    if rate_fen <= 0:
        raise RuleError("rate", lazy("The amount is more than nothing."))
    if not period.start_on <= counted_on <= min(today(association.time_zone), period.end_on):
        raise RuleError("counted_on", lazy("People are counted on a day of the period that is over or today."))
    if queries.is_laid(association, period):
        raise RuleError("", _THERE_IS_ONE)


def check_may_lay(actor: Account, association: Association) -> None:
    """Who lays a levy writes into the books of all below: the right has to reach them."""
    below = select(Association.id).where(in_subtree(association.path))
    reached = visible(below, actor, rules.RIGHT, Association)
    living = (in_subtree(association.path), Association.archived_on.is_(None))
    left_out = select(Association.id).where(*living, Association.id.not_in(reached))
    if db.session.scalar(left_out.limit(1)) is not None:
        raise RuleError("", lazy("A levy is laid by who records dues for everything below too."))


def pay(
    actor: Account, share: LevyShare, *, amount_fen: int, received_on: date, way: str, key: str, note: str = ""
) -> LevyPayment:
    """Money for a share, recorded where it is received (load `association`, `levy.association`). The same form sent
    again is the same payment.

    Raises RuleError by the field: amount (nothing, more than is open, or more cash than the payer's box holds),
    received_on, way.
    """
    receiver = share.levy.association
    if not can(actor, rules.RIGHT, receiver, whole=True):
        raise RuleError("", lazy("You do not record dues here."))
    known = queries.payment_by_key(key)
    if known is not None:
        return _same(share, known, (amount_fen, received_on, str(way)))
    if way not in set(LevyWay):
        raise RuleError("way", lazy("Choose how the money came."))
    if amount_fen <= 0:
        raise RuleError("amount", lazy("The amount is more than nothing."))
    paid = LevyPayment(share_id=share.id, amount_fen=amount_fen, received_on=received_on, way=str(way), key=key)
    paid.note, paid.recorded_by_id = note.strip(), actor.person_id
    try:
        with db.session.begin_nested():
            _pay(actor, share, paid)
    except IntegrityError:  # the same form, in the same moment
        return _same(share, queries.payment_by_key(key), (amount_fen, received_on, str(way)))
    told = {"amount_fen": amount_fen, "on": received_on.isoformat(), "way": str(way)}
    audit.record(actor, "levy.pay", paid, told, association_id=receiver.id)
    return paid


def _check_day(share: LevyShare, on: date) -> None:
    """Nothing is paid before it was owed, or was owed again: no year ends with less than nothing of it."""
    zone = share.levy.association.time_zone
    laid_on = local(share.levy.created_at, zone).date()
    if on < laid_on:
        words = lazy("The levy was laid on %(day)s: date it then or later.", day=date_short(laid_on))
        raise RuleError("received_on", words)
    voided_at = queries.last_voided_at(share)
    if voided_at is not None and on < local(voided_at, zone).date():
        day = date_short(local(voided_at, zone).date())
        words = lazy("A payment of it was taken back on %(day)s: date it then or later.", day=day)
        raise RuleError("received_on", words)


def _pay(actor: Account, share: LevyShare, paid: LevyPayment) -> None:
    """The payer's cash box is held before the books, as by everybody who takes cash out of one."""
    hold(share.levy, "voided_at")
    if share.levy.voided_at is not None:
        raise RuleError("", lazy("This levy was taken back: nothing is owed of it."))
    if paid.way == LevyWay.CASH:
        cashbox.hold(share.association)
    ledger.hold_open(share.levy.association, paid.received_on, "received_on")
    _check_day(share, paid.received_on)
    db.session.add(paid)
    db.session.flush()
    _raise_paid(share, paid.amount_fen)
    if paid.way == LevyWay.CASH:
        cashbox.check_spent(share.association, paid.amount_fen, paid.received_on)
    _post_payment(actor, share, paid, paid.received_on)


def void(actor: Account, paid: LevyPayment, reason: str) -> None:
    """A payment that was none: the share is open again, both books take it back today (load `share` as for pay).

    Raises RuleError where the cash is no longer in the box of who received it; then nothing was written.
    """
    receiver = paid.share.levy.association
    if not can(actor, rules.RIGHT, receiver, whole=True):
        raise RuleError("", lazy("You do not record dues here."))
    reason, day = rules.check_reason(reason), today(receiver.time_zone)
    with db.session.begin_nested():
        if paid.way == LevyWay.CASH:
            cashbox.hold(receiver)
        _mark_void(paid, reason)
        _raise_paid(paid.share, -paid.amount_fen)
        if paid.way == LevyWay.CASH and cashbox.holds_fen(receiver, day) < paid.amount_fen:
            raise RuleError("", lazy("The cash box holds less than that: fetch the money back from the bank first."))
        _post_payment(actor, paid.share, paid, day, undo=True)
    audit.record(actor, "levy.void", paid, {"reason": reason}, association_id=receiver.id)


def _mark_void(paid: LevyPayment, reason: str) -> None:
    """Raises RuleError where it is void already."""
    stands = update(LevyPayment).where(LevyPayment.id == paid.id, LevyPayment.voided_at.is_(None))
    if change(stands.values(voided_at=now(), void_reason=reason)) != 1:
        raise RuleError("", lazy("This payment was taken back already."))
    db.session.expire(paid, ["voided_at", "void_reason"])


def _add_shares(actor: Account, levy: Levy, receiver: Association, shares: Sequence[tuple[Association, int]]) -> None:
    """What each owes, in its books and in those of the other."""
    day = today(receiver.time_zone)
    period = hold_books(receiver, [place for place, _count in shares], day)
    postings = []
    for payer, count in shares:
        amount = count * levy.rate_fen
        owes = both(LedgerAccount.LEVY_EXPENSE, LedgerAccount.LEVY_PAYABLE, amount)
        is_owed = both(LedgerAccount.LEVY_RECEIVABLE, LedgerAccount.LEVY_INCOME, amount)
        for place, other, lines in ((payer, receiver, owes), (receiver, payer, is_owed)):
            of: Any = {"period": period, "lines": lines, "memo": other.display_name}
            postings.append(ledger.Posting(association_id=place.id, on=day, kind=EntryKind.LEVY, **of))
    entries = iter(ledger.post_all(actor, postings))
    rows = [
        {"public_id": new_public_id(), "levy_id": levy.id, "association_id": payer.id, "count": count,
         "amount_fen": count * levy.rate_fen, "entry_id": next(entries), "owed_entry_id": next(entries)}
        for payer, count in shares
    ]  # fmt: skip
    insert_all(LevyShare, rows)


def _raise_paid(share: LevyShare, amount: int) -> None:
    """So much more is paid, never more than is owed: one statement decides."""
    enough = (LevyShare.amount_fen - LevyShare.paid_fen >= amount, LevyShare.paid_fen + amount >= 0)
    statement = update(LevyShare).where(LevyShare.id == share.id, *enough)
    if change(statement.values(paid_fen=LevyShare.paid_fen + amount)) != 1:
        raise RuleError("amount", lazy("That is more than is still open."))
    db.session.expire(share, ["paid_fen"])


def _post_payment(actor: Account, share: LevyShare, paid: LevyPayment, on: date, *, undo: bool = False) -> None:
    kept, receiver = WAYS[LevyWay(paid.way)], share.levy.association
    gone, came = (LedgerAccount.LEVY_PAYABLE, kept), (kept, LedgerAccount.LEVY_RECEIVABLE)
    for place, (debit, credit), other in (
        (share.association, gone, receiver),
        (receiver, came, share.association),
    ):
        sides = (credit, debit) if undo else (debit, credit)
        _post(actor, place, on, both(*sides, paid.amount_fen), other.display_name)


def _post(actor: Account, place: Association, on: date, lines: list[ledger.Line], memo: str) -> JournalEntry:
    return ledger.post(actor, place, on, EntryKind.LEVY_PAYMENT, lines, memo=memo)


def _same(share: LevyShare, known: LevyPayment | None, sent: tuple[int, date, str]) -> LevyPayment:
    """The payment that the form made before. Raises RuleError when it is another share's, void, or says something
    else by now.
    """
    if known is None:
        raise RuleError("", lazy("Send the form again."))
    is_here = known.share_id == share.id and known.voided_at is None
    if not is_here or (known.amount_fen, known.received_on, known.way) != sent:
        raise RuleError("", lazy("This form was sent before, with something else in it. Open this page anew."))
    return known
