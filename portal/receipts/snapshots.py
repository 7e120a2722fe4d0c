"""What is printed on receipts, as it is in the moment in which they are issued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.associations.models import Association
from portal.associations.queries import DEMONSTRATION
from portal.core.database import db
from portal.payments.models import Payment
from portal.receipts import queries


def of(association: Association, payments: Sequence[Payment]) -> dict[int, dict[str, Any]]:
    """By payment. An organisation's money is confirmed to the organisation, with the person who paid it."""
    settled = queries.settled([payment.id for payment in payments])
    names = queries.names({one for payment in payments for one in (payment.payer_id, _taken_by(payment))})
    root = db.session.get_one(Association, association.path_ids[0])
    known = {
        "association": association.name,
        "federation": root.name,
        "is_demo": root.public_id == DEMONSTRATION,
    }
    return {payment.id: _of(payment, settled.get(payment.id, []), names) | known for payment in payments}


def _of(payment: Payment, lines: Sequence[queries.Settled], names: Mapping[int | None, str]) -> dict[str, Any]:
    organisations = {line.organisation for line in lines}
    organisation = organisations.pop() if len(organisations) == 1 else ""
    payer = names[payment.payer_id]
    return {
        "payer": organisation or payer,
        "through": payer if organisation else "",
        "amount_fen": payment.amount_fen,
        "received_on": payment.received_on.isoformat(),
        "method": payment.method,
        "received_by": names.get(_taken_by(payment), ""),
        "lines": [[line.period, line.organisation or line.person, line.amount_fen, line.member] for line in lines],
        "credit_fen": payment.amount_fen - sum(line.amount_fen for line in lines),
        "bank_reference": payment.bank_reference or "",
    }


def _taken_by(payment: Payment) -> int | None:
    return payment.collector_id or payment.recorded_by_id
