"""Hand-overs elsewhere: on a payment's page where its cash is, and before a book is closed."""

from __future__ import annotations

from flask import url_for

from portal.associations.models import Association
from portal.core.database import db
from portal.core.formats import money
from portal.core.i18n import _, pgettext
from portal.handovers import queries
from portal.handovers.models import HandOver
from portal.ledger.closing import Finding, check
from portal.ledger.models import DuesPeriod
from portal.payments.models import Payment
from portal.payments.parts import Part, part


@part(20)
def tell_payment(payment: Payment) -> Part | None:
    """In whose hands the cash is, or when it was handed over."""
    if payment.collector_id is None or payment.reversed_at is not None:
        return None
    handed = db.session.get(HandOver, payment.hand_over_id) if payment.hand_over_id else None
    return Part(pgettext("dues", "Hand-over"), "handovers/_payment.html", {"payment": payment, "hand_over": handed})


@check
def at_collectors(association: Association, period: DuesPeriod) -> list[Finding]:
    """Cash of the period that collectors still hold: worth knowing, no hindrance."""
    held = queries.at_collectors_fen(association, period.end_on)
    if not held:
        return []
    text = _("Collectors still hold %(fen)s yuan in cash.", fen=money(held))
    return [Finding(text, url_for("handovers.hand_overs", code=association.code), blocks=False)]
