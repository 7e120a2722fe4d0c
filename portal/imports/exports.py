"""The list of imports as a file; the faulty rows of one in the officer's own format, with the reasons."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from portal.core import spreadsheets
from portal.core.downloads import ListFile, each, words
from portal.core.formats import local
from portal.core.i18n import _, pgettext
from portal.core.spreadsheets import XLSX
from portal.imports import reasons
from portal.imports.contents import Contents, Table
from portal.imports.models import ImportRow, ImportState, RegisterImport
from portal.people.models import Person

CODECS = {"UTF-8": "utf-8-sig", "GB18030": "gb18030", "UTF-16": "utf-16"}


def imports(statement: Any, zone: str) -> ListFile:
    """Every file that was brought, what became of it, how many people it entered and how many rows were faulty."""
    states = words(ImportState.labels())

    def line(one: RegisterImport) -> list[Any]:
        faulty = one.counts.get("faulty", 0) if one.counts else None
        name = one.file_name or one.public_id
        return [name, local(one.created_at, zone), states[one.state], one.counts.get("entered"), faulty]

    headings = [_("File"), _("Uploaded"), _("State"), _("People entered"), _("Faulty rows")]
    return ListFile(pgettext("register", "Imports"), headings, statement, each(line))


def rows(
    statement: Any, shown: Sequence[ImportRow], names: Mapping[int, str], people: Mapping[int, Person], title: str
) -> ListFile:
    """What the check found of each row, why, and who is perhaps meant, the phone masked. No cell but the name."""
    comma = _("; ")
    told = {
        row.number: [row.outcome_label, comma.join(" ".join(filter(None, pair)) for pair in _told(row))]
        for row in shown
    }

    def line(row: ImportRow) -> list[Any]:
        person = people.get(row.matched_id or 0)
        known = [person.name, person.masked_phone] if person else ["", ""]
        return [row.number, names.get(row.number, ""), *told.get(row.number, ["", ""]), *known]

    headings = [_("Row"), _("Name"), pgettext("import", "Found"), _("Why"), _("In the register"), _("Phone")]
    return ListFile(title, headings, statement, each(line))


def _told(row: ImportRow) -> Sequence[Any]:
    return reasons.shown(row.reasons, row.number, row.outcome)


def faults_file(
    found: Contents, table: Table, faulty: Mapping[int, Sequence[Any]], file_name: str
) -> tuple[bytes, str, str]:
    """Content, name and type of the file. Columns over the boundary are not in it: they were never kept."""
    headings = [*table.headings, _("What to mend")]
    rows = [
        [*cells, _said(faulty[number], number)]
        for cells, number in zip(table.rows, table.numbers, strict=True)
        if number in faulty
    ]
    stem = "-".join((PurePath(file_name).stem, pgettext("file", "to mend")))
    if found.kind in ("csv", "tsv"):
        content = _as_text(headings, rows, found)
        return content, f"{stem}.csv", "text/csv"
    return spreadsheets.write_xlsx(headings, rows), f"{stem}.xlsx", XLSX


def _said(found: Sequence[Any], number: int) -> str:
    return _("; ").join(" ".join(part for part in pair if part) for pair in reasons.faults(found, number))


def _as_text(headings: Sequence[str], rows: Sequence[Sequence[str]], found: Contents) -> bytes:
    """As it came: in the same encoding, divided by the same mark; what would be calculated is defused."""
    safe = b"".join(spreadsheets.write_csv(headings, rows)).decode("utf-8-sig")
    target = io.StringIO()
    divided = csv.writer(target, delimiter="\t" if found.kind == "tsv" else ",")
    divided.writerows(csv.reader(io.StringIO(safe, newline="")))
    return target.getvalue().encode(CODECS.get(found.encoding, "utf-8-sig"))
