"""The list of receipts as a file: every row that the list holds, amounts in yuan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select

from portal.core.downloads import ListFile, each, words
from portal.core.i18n import _, pgettext
from portal.core.money import yuan
from portal.payments.models import Method
from portal.receipts import listing, numbers
from portal.receipts.models import Receipt


def receipts(statement: Select[Any]) -> ListFile:
    """Void ones stand among the others, so that no number lacks; their amount is in a column of its own."""
    methods, void = words(Method.labels()), pgettext("receipt", "Void")
    headings = [
        pgettext("receipt", "No."), pgettext("receipt", "Date"), _("Payer"), pgettext("payment", "Amount"),
        pgettext("receipt", "Amount of void receipts"), pgettext("payment", "Method"),
        pgettext("receipt", "Received by"), pgettext("receipt", "State"), _("Reason"),
    ]  # fmt: skip

    def line(receipt: Receipt) -> Sequence[object]:
        printed, is_void = receipt.snapshot, receipt.voided_at is not None
        amount = yuan(printed["amount_fen"])
        return [
            numbers.shown(receipt.association, receipt.year, receipt.number),
            receipt.issued_on,
            printed["payer"],
            None if is_void else amount,
            amount if is_void else None,
            methods[printed["method"]],
            printed["received_by"],
            void if is_void else "",
            receipt.void_reason,
        ]

    return ListFile(pgettext("dues", "Receipts"), headings, statement.options(*listing.SHOWN), each(line))
