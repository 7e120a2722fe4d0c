"""The journal and the cash book as files with plain accounting columns, as many rows as there are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import contains_eager

from portal.core.downloads import ListFile, each, words
from portal.core.i18n import _, pgettext
from portal.core.money import yuan
from portal.ledger.models import EntryKind, JournalEntry, JournalLine, LedgerAccount


def journal(statement: Select[Any]) -> ListFile:
    """One row for each line, debit and credit in columns of their own."""
    kinds, accounts = words(EntryKind.labels()), words(LedgerAccount.labels())

    def line(row: JournalLine) -> list[Any]:
        entry = row.entry
        return [
            entry.entry_on, entry.public_id, kinds[entry.kind], accounts[row.account], yuan(row.debit_fen or None),
            yuan(row.credit_fen or None), entry.memo, row.charge_id, row.payment_id,
        ]  # fmt: skip

    headings = [
        _("Date"), _("Entry"), _("Event"), pgettext("ledger", "Account"), pgettext("ledger", "Debit (yuan)"),
        pgettext("ledger", "Credit (yuan)"), _("Note"), pgettext("ledger", "Charge"), pgettext("ledger", "Payment"),
    ]  # fmt: skip
    shown = contains_eager(JournalLine.entry).load_only(
        JournalEntry.entry_on, JournalEntry.public_id, JournalEntry.kind, JournalEntry.memo
    )
    return ListFile(pgettext("ledger", "Journal"), headings, statement.options(shown), each(line))


def cash_book(title: str, rows: list[Any]) -> ListFile:
    """The rows of the page: day, event, what came, what went, what there is."""
    kinds = words(EntryKind.labels())
    headings = [
        _("Date"), _("Entry"), _("Event"), _("Note"), pgettext("cash book", "In (yuan)"),
        pgettext("cash book", "Out (yuan)"), pgettext("cash book", "Balance (yuan)"),
    ]  # fmt: skip
    lines = [
        [
            row.entry_on,
            row.public_id,
            kinds[row.kind],
            row.memo,
            yuan(row.came or None),
            yuan(row.went or None),
            yuan(row.balance),
        ]
        for row in rows
    ]
    return ListFile(title, headings, lines)
