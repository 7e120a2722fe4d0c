"""Lines and files as spreadsheets; the faulty rows of a file with what is wrong with each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from sqlalchemy import Select

from portal.bank import contents, queries, reasons
from portal.bank.models import BankFile, BankLine, FileState, LineState
from portal.core.downloads import ListFile, each, words
from portal.core.formats import local
from portal.core.i18n import _, pgettext
from portal.core.money import yuan
from portal.core.spreadsheets import write_csv


def lines(statement: Select[Any]) -> ListFile:
    """Plain columns for accounting."""
    states = words(LineState.labels())
    headings = [
        _("Day of the booking"), pgettext("payment", "Amount"), _("Who paid"), _("Memo"), _("The bank’s number"),
        pgettext("bank line", "State"), _("Why"), _("Payer"), _("File"), pgettext("bank line", "Row"),
    ]  # fmt: skip
    told = reasons.teller()

    def line(one: BankLine) -> Sequence[object]:
        settled = one.state == LineState.MATCHED and one.payment is not None
        return [
            one.booked_on, yuan(one.amount_fen), one.payer_name, one.memo, one.reference, states[one.state],
            told(one), one.payment.payer.name if settled and one.payment else "", one.file.name, one.position,
        ]  # fmt: skip

    return ListFile(pgettext("dues", "Bank"), headings, statement.options(*queries.SHOWN), each(line))


def files(statement: Select[Any], zone: str) -> ListFile:
    states = words(FileState.labels())
    headings = [
        _("File"), pgettext("bank file", "Brought on"), pgettext("bank file", "State"), _("Lines that came in"),
        _("Known already"), pgettext("bank", "Left out"), _("Faulty rows"),
    ]  # fmt: skip

    def line(one: BankFile) -> Sequence[object]:
        state = states[one.state]
        return [one.name, local(one.taken_at, zone), state, one.lines, one.known, one.left_out, one.faulty]

    return ListFile(_("Bank files"), headings, statement, each(line))


def faults(file: BankFile) -> tuple[bytes, str, str]:
    """Content, name and type of the rows that could not be read, with the reasons."""
    found: dict[int, tuple[str, Any]] = {row: (code, column) for row, code, column in file.details.get("faults", ())}
    headings = [pgettext("bank line", "Row"), *file.details["headings"], _("What is wrong")]
    rows = (
        [row.number, *row.cells, str(reasons.FAULTS[found[row.number][0]])]
        for row in contents.rows(file.file_key)
        if row.number in found
    )
    stem = "-".join((PurePath(file.name).stem, pgettext("file", "to mend")))
    return b"".join(write_csv(headings, rows)), f"{stem}.csv", "text/csv"
