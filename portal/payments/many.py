"""Many payments at once, as a bank's file brings them: the rules of a single one, each step one statement for all.

All of them or none: whoever brings them divides them into portions, and asks one by one where a portion is refused.
Locks are taken as a single payment takes them: the payers, the books by their days, the charges by their ids, then
the rest.
Never commits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit
from portal.core.database import db, insert_all
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.dues import services as dues
from portal.dues.models import Charge
from portal.ledger import services as ledger
from portal.ledger.models import DuesPeriod, EntryKind, LedgerAccount
from portal.offices.access import can
from portal.payments import allocating, queries, rules, services
from portal.payments.models import Allocation, Method, Payment


@dataclass(frozen=True, kw_only=True)
class Sure:
    """Money in the bank of which is known whose it is, and what it settles to the last fen: charge → amount."""

    payer_id: int
    amount_fen: int
    received_on: date
    method: str
    key: str
    bank_reference: str
    parts: Mapping[int, int]


def record_all(actor: Account, association: Association, wanted: Sequence[Sure]) -> list[Payment]:
    """Record them, in their order. Raises RuleError or IntegrityError where one cannot be recorded; then nothing was
    written.
    """
    if not can(actor, rules.RIGHT, association, whole=True):
        raise RuleError("", lazy("You do not record dues here."))
    with db.session.begin_nested():
        payers = {one.payer_id for one in wanted}
        if queries.hold_payers(payers) != payers:
            raise RuleError("payer", rules.NOBODY)
        held = ledger.hold_all(association, (one.received_on for one in wanted), "received_on")
        first = min(held.values(), key=lambda one: one.end_on)
        wanted_ids = sorted({charge_id for one in wanted for charge_id in one.parts})
        allocating.hold_later(association, wanted_ids, first)
        charges = queries.hold_charges(wanted_ids)
        later = allocating.open_later(association, wanted_ids, first)
        for one in wanted:
            _check(association, one, charges)
        insert_all(Payment, [_row(actor, association, one, charges) for one in wanted], by="key")
        payments = queries.by_keys([one.key for one in wanted])
        _settle(actor, wanted, payments)
        held |= ledger.hold_all(association, later.values())
        _post(actor, association, payments, wanted, held, later)
        _note(actor, association, payments)
        services.recorded.send(association, payments=payments, actor=actor)
    return payments


def _check(association: Association, one: Sure, charges: Mapping[int, Charge]) -> None:
    """What a single payment is refused for, of what can differ here."""
    rules.check_amount(one.amount_fen)
    if one.method not in (Method.TRANSFER, Method.MOBILE):
        raise RuleError("method", lazy("Choose how the money came."))
    owed = [charges[charge_id] for charge_id in one.parts if charge_id in charges]
    is_theirs = {(charge.payer_id, charge.association_id) for charge in owed} == {(one.payer_id, association.id)}
    is_open = all(0 < one.parts[charge.id] <= charge.open_fen for charge in owed)
    if len(owed) != len(one.parts) or not is_theirs or not is_open or sum(one.parts.values()) > one.amount_fen:
        raise RuleError("amount", lazy("That is more than is still open."))


def _row(actor: Account, association: Association, one: Sure, charges: Mapping[int, Charge]) -> dict[str, Any]:
    groups: Sequence[int | None] = list({charges[charge_id].group_id for charge_id in one.parts})
    if len(groups) > 1:
        groups = queries.groups_of(association, one.payer_id)[:1]
    return {
        "association_id": association.id,
        "group_id": groups[0] if groups else None,
        "payer_id": one.payer_id,
        "received_on": one.received_on,
        "method": str(one.method),
        "amount_fen": one.amount_fen,
        "used_fen": sum(one.parts.values()),
        "key": one.key,
        "bank_reference": one.bank_reference,
        "recorded_by_id": actor.person_id,
    }


def _settle(actor: Account, wanted: Sequence[Sure], payments: Sequence[Payment]) -> None:
    paid: Counter[int] = Counter()
    rows = []
    for one, payment in zip(wanted, payments, strict=True):
        paid.update(one.parts)
        known = {"payment_id": payment.id, "created_by_id": actor.person_id}
        rows += [{**known, "charge_id": charge_id, "amount_fen": fen} for charge_id, fen in sorted(one.parts.items())]
    dues.settle_all(paid)
    insert_all(Allocation, rows)


def _post(
    actor: Account, association: Association, payments: Sequence[Payment], wanted: Sequence[Sure],
    held: Mapping[date, DuesPeriod], later: Mapping[int, date],
) -> None:  # fmt: skip
    postings = []
    for one, payment in zip(wanted, payments, strict=True):
        came = (
            ledger.Line(account=services.where_it_is(payment), debit=one.amount_fen, payment_id=payment.id),
            ledger.Line(account=LedgerAccount.CREDIT, credit=one.amount_fen, payment_id=payment.id),
        )
        known: Any = {"association_id": association.id}
        of: Any = {"on": one.received_on, "period": held[one.received_on], "kind": EntryKind.PAYMENT}
        postings.append(ledger.Posting(**known, **of, lines=came))
        for day, parts in sorted(_by_day(one, held, later).items()):
            settled = [line for part in sorted(parts.items()) for line in allocating.lines(payment.id, *part)]
            of = {"on": day, "period": held[day], "kind": EntryKind.ALLOCATION}
            postings.append(ledger.Posting(**known, **of, lines=settled))
    ledger.post_all(actor, postings)


def _by_day(one: Sure, held: Mapping[date, DuesPeriod], later: Mapping[int, date]) -> dict[date, dict[int, int]]:
    """What it settles: on the day of the money, or on which a charge of a later period was made."""
    found: dict[date, dict[int, int]] = {}
    for charge_id, fen in one.parts.items():
        made = later.get(charge_id, one.received_on)
        day = made if made > held[one.received_on].end_on else one.received_on
        found.setdefault(day, {})[charge_id] = fen
    return found


def _note(actor: Account, association: Association, payments: Sequence[Payment]) -> None:
    told = (
        {"amount_fen": one.amount_fen, "method": one.method, "on": one.received_on.isoformat()} for one in payments
    )
    about = [(one, changes, one.payer_id) for one, changes in zip(payments, told, strict=True)]
    audit.record_all(actor, "payments.record", about, association.id)
