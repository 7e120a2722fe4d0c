"""The list of payments as a file: every row that the list holds, amounts in yuan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select

from portal.core.downloads import ListFile, each, words
from portal.core.i18n import _, pgettext
from portal.core.money import yuan
from portal.payments import queries
from portal.payments.models import Method, Payment


def payments(statement: Select[Any]) -> ListFile:
    """Plain columns for accounting: what was taken back stands in a column, and in none of the sums."""
    methods, gone = words(Method.labels()), pgettext("payment", "Taken back")
    headings = [
        _("Date received"), _("Payer"), _("Group"), pgettext("payment", "Method"), _("Collected by"),
        pgettext("payment", "Amount"), pgettext("payment", "Used"), pgettext("payment", "Credit left"),
        pgettext("payment", "State"), _("Bank reference"), _("Note"), _("Recorded by"),
    ]  # fmt: skip

    def line(payment: Payment) -> Sequence[object]:
        return [
            payment.received_on,
            payment.payer.name,
            payment.group.name if payment.group else "",
            methods[payment.method],
            payment.collector.name if payment.collector else "",
            yuan(payment.amount_fen),
            yuan(payment.used_fen),
            yuan(payment.credit_fen),
            gone if payment.reversed_at else "",
            payment.bank_reference or "",
            payment.note,
            payment.recorder.name if payment.recorder else "",
        ]

    return ListFile(pgettext("dues", "Payments"), headings, statement.options(*queries.SHOWN), each(line))
