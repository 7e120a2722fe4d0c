"""The list as a file: the rows and columns that the page shows; numbers in clear only where they were asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from portal.core.calendar import today
from portal.core.database import db
from portal.core.i18n import _
from portal.register.columns import COLUMNS, Words, values
from portal.register.queries import count_covered

CHUNK = 500
CLEAR = ("identity_number", "phone")  # only through a reason that is kept, see services.reveal_all


def headings(columns: Sequence[str], clear: Sequence[str] = ()) -> list[str]:
    """The name and the chosen columns; numbers in clear stand at the end."""
    words = {"identity_number": _("Identity number"), "phone": _("Phone")}
    return [_("Name"), *(str(COLUMNS[name]) for name in _kept(columns, clear)), *(words[name] for name in clear)]


def _kept(columns: Sequence[str], clear: Sequence[str]) -> list[str]:
    """A column that stands in clear at the end does not stand masked before."""
    return [name for name in columns if name not in clear]


def rows(statement: Select[Any], columns: Sequence[str], clear: Sequence[str] = ()) -> Iterator[list[Any]]:
    """The memberships of a list, read in portions so that a long one fits into memory.

    By a session of its own, and with words that were looked up before: what is streamed is read when the
    request, its session and its language are gone.
    """
    return _read(statement, Session(db.engine), ("name", *_kept(columns, clear)), clear, Words(), today())


def _read(
    statement: Select[Any], session: Session, columns: Sequence[str], clear: Sequence[str], words: Words, day: date
) -> Iterator[list[Any]]:
    with session:
        for portion in session.scalars(statement.execution_options(yield_per=CHUNK)).partitions():
            covered = count_covered(portion, session)
            for row in portion:
                shown = values(row, covered.get(row.id, 0), words, day)
                yield [shown[name] for name in columns] + [getattr(row.person, name) for name in clear]
