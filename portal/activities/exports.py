"""The list as a file: the rows and columns that the page shows, no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.activities.models import KINDS, STATES, ActivityLog
from portal.activities.queries import Figures, figures_of
from portal.core.database import db
from portal.core.i18n import _, pgettext

CHUNK = 500


def headings() -> list[str]:
    return [
        _("Date"),
        pgettext("activity", "Name"),
        pgettext("activity", "Kind"),
        _("Place"),
        _("Association"),
        _("Group"),
        pgettext("activity", "People"),
        _("Service minutes"),
        _("Photos"),
        _("State"),
    ]


def rows(statement: Any) -> Iterator[list[Any]]:
    """The entries of a list, read in portions so that a long one fits into memory.

    By a session of its own, and with words that were looked up before: what is streamed is read when the
    request, its session and its language are gone.
    """
    words = {key.value: str(label) for key, label in KINDS.items()} | {
        key: str(label) for key, label in STATES.items()
    }
    return _read(statement, Session(db.engine), words)


def _read(statement: Any, session: Session, words: Mapping[str, str]) -> Iterator[list[Any]]:
    with session:
        for logs in session.scalars(statement.execution_options(yield_per=CHUNK)).partitions():
            figures = figures_of(logs, session)
            yield from (_row(log, figures[log.id], words) for log in logs)


def _row(log: ActivityLog, figures: Figures, words: Mapping[str, str]) -> list[Any]:
    return [
        log.held_on,
        log.title,
        words[log.kind],
        log.place,
        log.association.display_name,
        log.group.name if log.group else "",
        figures.people,
        figures.minutes,
        figures.photos,
        words[log.state],
    ]
