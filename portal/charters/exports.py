"""The office's list of charters as rows of a sheet."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from portal.charters.models import CharterKind, CharterState
from portal.core.downloads import ListFile, each
from portal.core.formats import local
from portal.core.i18n import _, pgettext


def charters(statement: Select[Any], zone: str) -> ListFile:
    """The rows that the list shows."""

    def line(row: Any) -> list[object]:
        ended = local(row.ended_at, zone).date() if row.ended_at else None
        begun = local(row.created_at, zone).date()
        return [row.title, CharterKind(row.kind).label, CharterState(row.state).label, begun, ended]

    headings = [_("Title"), _("Kind"), _("State"), pgettext("charter", "Begun"), pgettext("charter", "Ended")]
    return ListFile(pgettext("office", "Charters"), headings, statement, each(line))
