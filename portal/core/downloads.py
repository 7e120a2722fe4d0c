"""A list as a file: all the rows that its page shows, in their order, as a workbook or as CSV.

The address of the file asks what the address of the page asks, and its view puts the same question to the database;
so it shows the same people, masked alike. Like the page it is read with a GET and leaves no trace in the log: numbers
in clear, which do, go another way (register.numbers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, flash, g, redirect, request, url_for
from sqlalchemy.orm import Session

from portal.core import web
from portal.core.calendar import today
from portal.core.database import db
from portal.core.i18n import _
from portal.core.paging import count_rows
from portal.core.spreadsheets import XLSX, write_csv, write_xlsx

CHUNK = 500
MOST_IN_EXCEL = 1_048_575  # what a sheet of Excel holds below its headings

Line = Sequence[object]
Lines = Callable[[Sequence[Any], Session], Iterable[Line]]


@dataclass(frozen=True)
class ListFile:
    """What a list is called, its columns, and its rows: a statement read in portions, or lines that stand ready.

    `lines` makes lines of a portion's rows. It asks only the session that it is given and uses words that were looked
    up before: what is streamed is read when the request, its session and its language are gone.
    """

    title: str
    headings: Sequence[str]
    source: Any
    lines: Lines | None = None

    @property
    def is_too_long(self) -> bool:
        """Whether it does not go into a workbook."""
        return self.lines is not None and count_rows(self.source, MOST_IN_EXCEL + 1) > MOST_IN_EXCEL

    def read(self) -> Iterator[Line]:
        if self.lines is None:
            return iter(self.source)
        return _portions(self.source, self.lines, Session(db.engine))


def each(line: Callable[[Any], Line]) -> Lines:
    """Lines that are made of one row each; the row is an object where the statement asks for nothing beside it."""
    return lambda found, _session: map(line, found)


def words(labels: Mapping[Any, Any]) -> dict[str, str]:
    """The words of a column in the reader's language, looked up while the request lasts."""
    return {str(key): str(label) for key, label in labels.items()}


def send(form: str, file: ListFile, back: str = "", day: date | None = None) -> Response:
    """The file as `form` (xlsx or csv), named by the list, the association and the day.

    `back` is the list's own page, which sends whoever wants too much for Excel to the CSV.
    """
    if form == "xlsx" and file.is_too_long:
        flash(_("Excel holds too few rows for this list: fetch it as CSV."), "warning")
        return redirect(_asking_the_same(url_for(back)), 303)  # type: ignore[return-value]
    name = f"{file.title}-{g.association.display_name}-{day or today(g.association.time_zone)}"
    if form == "csv":
        return web.download(write_csv(file.headings, file.read()), f"{name}.csv", "text/csv")
    return web.download(write_xlsx(file.headings, file.read(), file.title), f"{name}.xlsx", XLSX)


def install(app: Flask) -> None:
    app.jinja_env.globals["file_address"] = file_address


def file_address(endpoint: str, form: str, **values: Any) -> str:
    """Where the list of this page is fetched as a file."""
    return _asking_the_same(url_for(endpoint, form=form, **values))


def _asking_the_same(path: str) -> str:
    """An address that asks what this page's address asks, but for the number of the page."""
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    return f"{path}?{urlencode(asked)}" if asked else path


def _portions(statement: Any, lines: Lines, session: Session) -> Iterator[Line]:
    """Read in portions, so that a long list fits into memory."""
    with session:
        found = session.execute(statement.execution_options(yield_per=CHUNK))
        is_one = len(statement.column_descriptions) == 1
        for portion in (found.scalars() if is_one else found).partitions():
            yield from lines(portion, session)
