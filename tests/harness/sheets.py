"""A list's files as a reader gets them: the workbook and the CSV, which must say the same."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl

from portal.core.spreadsheets import FORMULA_STARTS
from tests.harness.client import PortalClient


def fetch(client: PortalClient, address: str) -> list[list[str]]:
    """The lines of `…/list?asked` as Excel and as CSV, the headings left out; no cell of either is calculated."""
    path, _, asked = address.partition("?")
    book, text = (client.get(f"{path}.{form}?{asked}") for form in ("xlsx", "csv"))
    assert (book.status_code, text.status_code) == (200, 200), (book.text[:500], text.text[:500])
    cells = list(openpyxl.load_workbook(io.BytesIO(book.data)).active.iter_rows())
    assert not [cell.value for row in cells for cell in row if cell.data_type == "f" or cell.hyperlink]
    lines = list(csv.reader(io.StringIO(text.data.decode("utf-8-sig"))))
    assert not [cell for line in lines for cell in line if cell.startswith(FORMULA_STARTS)]
    shown = [[_text(cell) for cell in row] for row in cells]
    assert shown == [[_unguarded(cell) for cell in line] for line in lines]
    return shown[1:]


def _text(cell: Any) -> str:
    if cell.value is None:
        return ""
    if cell.is_date:
        return f"{cell.value:%Y-%m-%d %H:%M}" if "hh" in cell.number_format else f"{cell.value:%Y-%m-%d}"
    return str(cell.value)


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def answers(cast: Any, sign_in: Any, address: str) -> dict[str, int]:
    """What each of the cast and a stranger at the door gets, by the status of the answer."""
    return {role: sign_in(account).get(address).status_code for role, account in cast.accounts().items()}


def links(page: Any) -> list[str]:
    """The files that a page offers."""
    return [link["href"] for link in page.select(".downloads a[download]")]
