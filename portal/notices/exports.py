"""The office's list of notices as rows of a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select

from portal.core.calendar import today
from portal.core.database import db
from portal.core.formats import local
from portal.core.i18n import _, pgettext
from portal.notices.models import NoticeKind, NoticeStatus, validity

BATCH = 500


def headings() -> list[str]:
    return [
        _("Index number"),
        _("Title"),
        _("Kind"),
        _("State"),
        _("Validity"),
        pgettext("date", "Published"),
        _("Last change"),
        _("In force until"),
        pgettext("date", "Withdrawn"),
        _("Reason"),
        _("Draft of"),
    ]


def rows(statement: Select[Any], zone: str) -> Iterator[list[object]]:
    """The rows that the list shows, moments in the association's zone."""
    day = today(zone)
    for row in db.session.execute(statement.execution_options(yield_per=BATCH)):
        is_draft = row.status == NoticeStatus.DRAFT
        yield [
            row.index_number or "",
            row.title,
            NoticeKind(row.kind).label,
            NoticeStatus(row.status).label,
            "" if is_draft else validity(row, day).label,
            _moment(row.published_at, zone),
            _moment(row.updated_at, zone),
            row.expires_on,
            _moment(row.withdrawn_at, zone),
            row.withdrawal_reason,
            row.draft_by or "",
        ]


def _moment(moment: Any, zone: str) -> object:
    return local(moment, zone).replace(tzinfo=None) if moment else None
