"""A levy upward: laid on the associations below by head-count, paid by them, recorded by who receives it.

Both books know of it: what one owes is what the other is owed. Never commits.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core import audit
from portal.core.calendar import now, today
from portal.core.database import change, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.dues import rules
from portal.ledger import services as ledger
from portal.ledger.models import DuesPeriod, EntryKind, JournalEntry, LedgerAccount
from portal.levy import counting, queries
from portal.levy.models import Levy, LevyPayment, LevyShare, LevyWay
from portal.offices.access import can, visible

WAYS = {LevyWay.CASH: LedgerAccount.CASH, LevyWay.TRANSFER: LedgerAccount.BANK}


def lay(
    actor: Account, association: Association, period: DuesPeriod, rate_fen: int, counted_on: date, basis: str
) -> Levy:
    """Lay a levy of a period on every association below that has members on the day; one a period.

    Raises RuleError by the field: rate, counted_on (to come, or outside the period), basis; for one that there is,
    nobody to count, and who may not record for all below.
    """
    check_may_lay(actor, association)
    if rate_fen <= 0:
        raise RuleError("rate", lazy("The amount is more than nothing."))
    day = today(association.time_zone)
    if not period.start_on <= counted_on <= min(day, period.end_on):
        raise RuleError("counted_on", lazy("People are counted on a day of the period that is over or today."))
    known = {"association_id": association.id, "period_id": period.id, "rate_fen": rate_fen}
    due_on = max(period.due_on, day)
    levy = Levy(**known, counted_on=counted_on, due_on=due_on, basis=basis.strip(), created_by_id=actor.person_id)
    try:
        with db.session.begin_nested():
            db.session.add(levy)
    except IntegrityError:
        raise RuleError("", lazy("There is a levy for this period already.")) from None
    rows = counting.by_association(association, counted_on)
    if not rows:
        raise RuleError("", lazy("There is nobody to count below."))
    for place, count in map(tuple, rows):
        _add_share(actor, levy, association, place, int(count))
    people = counting.keep(levy, association)
    told = {"rate_fen": rate_fen, "counted_on": counted_on.isoformat(), "people": people, "associations": len(rows)}
    audit.record(actor, "levy.lay", levy, told, association_id=association.id)
    return levy


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

    Raises RuleError by the field: amount (nothing, or more than is open), received_on, way.
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
            ledger.hold_open(receiver, received_on, "received_on")
            db.session.add(paid)
            db.session.flush()
            _raise_paid(share, amount_fen)
            _post_payment(actor, share, paid, received_on)
    except IntegrityError:  # the same form, in the same moment
        return _same(share, queries.payment_by_key(key), (amount_fen, received_on, str(way)))
    told = {"amount_fen": amount_fen, "on": received_on.isoformat(), "way": str(way)}
    audit.record(actor, "levy.pay", paid, told, association_id=receiver.id)
    return paid


def void(actor: Account, paid: LevyPayment, reason: str) -> None:
    """A payment that was none: the share is open again, both books take it back today (load `share` as for pay)."""
    receiver = paid.share.levy.association
    if not can(actor, rules.RIGHT, receiver, whole=True):
        raise RuleError("", lazy("You do not record dues here."))
    reason = rules.check_reason(reason)
    stands = update(LevyPayment).where(LevyPayment.id == paid.id, LevyPayment.voided_at.is_(None))
    if change(stands.values(voided_at=now(), void_reason=reason)) != 1:
        raise RuleError("", lazy("This payment was taken back already."))
    db.session.expire(paid, ["voided_at", "void_reason"])
    _raise_paid(paid.share, -paid.amount_fen)
    _post_payment(actor, paid.share, paid, today(receiver.time_zone), undo=True)
    audit.record(actor, "levy.void", paid, {"reason": reason}, association_id=receiver.id)


def _add_share(actor: Account, levy: Levy, receiver: Association, payer: Association, count: int) -> None:
    """What an association owes, in its books and in those of the other."""
    amount, day = count * levy.rate_fen, today(receiver.time_zone)
    owes = _both(LedgerAccount.LEVY_EXPENSE, LedgerAccount.LEVY_PAYABLE, amount)
    is_owed = _both(LedgerAccount.LEVY_RECEIVABLE, LedgerAccount.LEVY_INCOME, amount)
    try:
        mine = ledger.post(actor, payer, day, EntryKind.LEVY, owes, memo=receiver.display_name)
    except RuleError as error:
        raise RuleError("", lazy("%(name)s: %(what)s", name=payer.display_name, what=str(error))) from None
    theirs = ledger.post(actor, receiver, day, EntryKind.LEVY, is_owed, memo=payer.display_name)
    entries = {"entry_id": mine.id, "owed_entry_id": theirs.id}
    db.session.add(LevyShare(levy_id=levy.id, association_id=payer.id, count=count, amount_fen=amount, **entries))
    db.session.flush()


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
        _post(actor, place, on, _both(*sides, paid.amount_fen), other.display_name)


def _post(actor: Account, place: Association, on: date, lines: list[ledger.Line], memo: str) -> JournalEntry:
    return ledger.post(actor, place, on, EntryKind.LEVY_PAYMENT, lines, memo=memo)


def _both(debit: LedgerAccount, credit: LedgerAccount, amount: int) -> list[ledger.Line]:
    return [ledger.Line(account=debit, debit=amount), ledger.Line(account=credit, credit=amount)]


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
