"""Which charges a payment settles: allocated, freed, what is left used for the oldest. Never commits.

Two who settle at once take the rows in one order, charges by their id and then payments by theirs, each by one
conditional statement: neither side is ever exceeded, and nobody waits for one who waits for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import date

from sqlalchemy import update

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit
from portal.core.calendar import now, today
from portal.core.database import change, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.dues import queries as dues
from portal.dues import services as charges
from portal.dues.models import Charge
from portal.ledger import queries as journal
from portal.ledger import services as ledger
from portal.ledger.models import DuesPeriod, EntryKind, LedgerAccount
from portal.payments import queries, rules
from portal.payments.models import Allocation, Payment

Parts = Sequence[tuple[Charge, int]]


def allocate(
    actor: Account | None, payment: Payment, charge: Charge, amount_fen: int, on: date | None = None
) -> Allocation:
    """Let so much of a payment settle a charge of the same association (load `payment.association`).

    Raises RuleError("amount") when it is more than is open of the charge or left of the payment; then nothing of it
    was written.
    """
    return allocate_all(actor, payment, [(charge, amount_fen)], on)[0]


def allocate_all(actor: Account | None, payment: Payment, parts: Parts, on: date | None = None) -> list[Allocation]:
    """The same for several charges, all or none."""
    association, on = payment.association, on or today(payment.association.time_zone)
    rules.check_may_change(actor, association, payment.group_id)
    rules.check_parts(actor, association, parts, payment)
    with db.session.begin_nested():
        made = apply(actor, payment, parts, on, ledger.hold_open(association, on))
    told = {"amount_fen": sum(amount for _charge, amount in parts), "charges": [charge.id for charge, _ in parts]}
    audit.record(actor, "payments.allocate", payment, told, person_id=payment.payer_id)
    return made


def apply(
    actor: Account | None, payment: Payment, parts: Parts, on: date, held: DuesPeriod | None = None
) -> list[Allocation]:
    """Settle, without asking who may: of parts that were checked, in a period that is held open."""
    ordered = sorted(_summed(parts).items(), key=lambda part: part[0].id)
    for charge, amount_fen in ordered:
        charges.settle(charge.id, paid=amount_fen)
        db.session.expire(charge, ["paid_fen"])
    use(payment, sum(amount_fen for _charge, amount_fen in ordered))
    by = actor.person_id if actor else None
    made = [
        Allocation(payment_id=payment.id, charge_id=charge.id, amount_fen=amount_fen, created_by_id=by)
        for charge, amount_fen in ordered
    ]
    db.session.add_all(made)
    posted = [line for charge, amount in ordered for line in lines(payment.id, charge.id, amount)]
    ledger.post(actor, payment.association, on, EntryKind.ALLOCATION, posted, held=held)
    db.session.flush()
    return made


def hold_later(association: Association, charge_ids: Sequence[int], held: DuesPeriod) -> None:
    """Before any charge is held: the books of the days from which on `apply_from` may settle them."""
    for day in sorted(set(open_later(association, charge_ids, held).values())):
        with suppress(RuleError):  # it is asked again where something is settled on it
            ledger.hold_open(association, day)


def open_later(association: Association, charge_ids: Sequence[int], held: DuesPeriod) -> dict[int, date]:
    """Which charges were made, or freed, in a later period than the one that is held, and when: money settles them
    from that day on, so that no year ends with less than nothing owed. It stays so once the charges are held.
    """
    if not charge_ids or today(association.time_zone) <= held.end_on:
        return {}
    return journal.open_since(charge_ids, held.end_on)


def apply_from(actor: Account | None, payment: Payment, parts: Parts, on: date, held: DuesPeriod) -> None:
    """Settle on a day, and what was open later only on its own."""
    later: dict[int, date] = {}
    if today(payment.association.time_zone) > held.end_on:
        ids = list(queries.hold_charges([charge.id for charge, _fen in parts]))
        later = open_later(payment.association, ids, held)
    by_day: dict[date, list[tuple[Charge, int]]] = {}
    for charge, fen in parts:
        by_day.setdefault(max(on, later.get(charge.id, on)), []).append((charge, fen))
    for day, those in sorted(by_day.items(), key=lambda one: one[0]):
        apply(actor, payment, those, day, held if held.start_on <= day <= held.end_on else None)


def use(payment: Payment, amount_fen: int) -> None:
    """So much more of a payment is used up; a negative amount frees it. Raises RuleError("amount")."""
    left = (amount_fen <= queries.CREDIT_FEN, Payment.used_fen + amount_fen >= 0)
    statement = update(Payment).where(Payment.id == payment.id, queries.STANDS, *left)
    if change(statement.values(used_fen=Payment.used_fen + amount_fen)) != 1:
        raise RuleError("amount", lazy("That is more than is left of the payment."))
    db.session.expire(payment, ["used_fen"])


def release(actor: Account | None, allocation: Allocation, on: date | None = None) -> None:
    """Free what a payment settles: the charge is open again, the money the payer's credit.

    `allocation.payment` is loaded with its association. Raises RuleError where somebody freed it meanwhile.
    """
    payment = allocation.payment
    on = on or today(payment.association.time_zone)
    rules.check_may_change(actor, payment.association, payment.group_id)
    charge = db.session.get_one(Charge, allocation.charge_id)
    rules.check_may_change(actor, payment.association, charge.group_id)
    with db.session.begin_nested():
        ledger.hold_open(payment.association, on)
        free(actor, payment, [allocation], on)
    told = {"amount_fen": allocation.amount_fen, "charge": allocation.charge_id}
    audit.record(actor, "payments.release", payment, told, person_id=payment.payer_id)


def free(actor: Account | None, payment: Payment, allocations: Iterable[Allocation], on: date) -> None:
    """Free allocations of one payment, without asking who may; charges first, in their order."""
    freed = sorted(allocations, key=lambda one: (one.charge_id, one.id))
    for one in freed:
        charges.settle(one.charge_id, paid=-one.amount_fen)
    ids = [one.id for one in freed]
    live = (Allocation.id.in_(ids), Allocation.released_at.is_(None))
    use(payment, -sum(one.amount_fen for one in freed))
    if change(update(Allocation).where(*live).values(released_at=now())) != len(ids):
        raise RuleError("", lazy("Somebody changed this payment meanwhile. Look at it again."))
    for one in freed:
        db.session.expire(one, ["released_at"])
    posted = [line for one in freed for line in lines(payment.id, one.charge_id, -one.amount_fen)]
    ledger.post(actor, payment.association, on, EntryKind.RELEASE, posted)


def unsettle(actor: Account | None, association: Association, charge_id: int, on: date) -> None:
    """From a day on nothing settled a charge: what was freed later was free from then on."""
    for (payment_id, day), fen in sorted(journal.settled_from(charge_id, on).items(), key=lambda one: one[0][::-1]):
        kind = EntryKind.RELEASE if fen < 0 else EntryKind.ALLOCATION
        if fen:
            ledger.post(actor, association, day, kind, lines(payment_id, charge_id, fen))


def oldest_first(
    association: Association, payer_id: int, amount_fen: int, groups: Collection[int] | None = None
) -> list[tuple[Charge, int]]:
    """What so much money settles of what a payer owes (in some groups), the oldest first; the charges are held."""
    found = dues.open_charges(association, payer_id=payer_id)
    owed = [charge.id for charge in found if groups is None or charge.group_id in groups]
    held = queries.hold_charges(owed)
    return parts_of(amount_fen, [held[charge_id] for charge_id in owed])


def parts_of(amount_fen: int, owed: Iterable[Charge]) -> list[tuple[Charge, int]]:
    """What so much money settles of each of the charges, in their order, as far as it goes."""
    parts: list[tuple[Charge, int]] = []
    for charge in owed:
        part = min(charge.open_fen, amount_fen)
        if part > 0:
            parts.append((charge, part))
            amount_fen -= part
    return parts


def use_credit(actor: Account | None, association: Association, payer_id: int, on: date | None = None) -> int:
    """What a payer has to the good settles what they owe, the oldest of both first; how much it settled, in fen.

    Nothing is dated before its money came, or was free again.
    """
    on = on or today(association.time_zone)
    before = done = queries.credit_fen(association, payer_id)
    if not before:
        return 0
    with db.session.begin_nested():
        held = ledger.hold_open(association, on)
        is_over = held.end_on < today(association.time_zone)
        owed = dues.open_charges(association, payer_id=payer_id) if is_over else ()
        hold_later(association, [charge.id for charge in owed], held)
        wanted = oldest_first(association, payer_id, before)
        for payment in queries.hold_credit(association, payer_id):
            parts, wanted = _split(wanted, payment.credit_fen)
            amount = sum(fen for _charge, fen in parts)
            if parts:
                day = _day(payment, amount, max(on, payment.received_on))
                apply_from(actor, payment, parts, day, held)
                done -= amount
    return before - done


def _day(payment: Payment, amount_fen: int, on: date) -> date:
    """The day, or the one from which on so much of the payment is left."""
    if journal.credit_from(payment.id, on) >= amount_fen:
        return on
    return max(on, queries.last_entry_on(payment.id) or on)


def _summed(parts: Parts) -> dict[Charge, int]:
    """One amount for each charge, however often it is named."""
    summed: dict[Charge, int] = {}
    for charge, amount_fen in parts:
        summed[charge] = summed.get(charge, 0) + amount_fen
    return summed


def _split(parts: Parts, amount_fen: int) -> tuple[list[tuple[Charge, int]], list[tuple[Charge, int]]]:
    """What so much money settles of the parts, and what stays of them."""
    taken: list[tuple[Charge, int]] = []
    rest: list[tuple[Charge, int]] = []
    for charge, wanted in parts:
        part = min(wanted, amount_fen)
        amount_fen -= part
        if part:
            taken.append((charge, part))
        if wanted > part:
            rest.append((charge, wanted - part))
    return taken, rest


def lines(payment_id: int, charge_id: int, amount_fen: int) -> tuple[ledger.Line, ledger.Line]:
    """Credit becomes what is received of a charge; with a negative amount the other way round."""
    about = {"charge_id": charge_id, "payment_id": payment_id}
    to, back = max(amount_fen, 0), max(-amount_fen, 0)
    return (
        ledger.Line(account=LedgerAccount.CREDIT, debit=to, credit=back, **about),
        ledger.Line(account=LedgerAccount.RECEIVABLE, debit=back, credit=to, **about),
    )
