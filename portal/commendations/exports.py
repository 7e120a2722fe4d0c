"""The office's list of calls as rows of a sheet."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select

from portal.commendations.models import CallState
from portal.core.downloads import ListFile, each
from portal.core.i18n import _, pgettext


def calls(statement: Select[Any], day: date) -> ListFile:
    """The rows that the list shows."""

    def line(row: Any) -> list[object]:
        call, nominations = row
        return [
            call.title, call.basis, call.start_on, call.end_on, call.opens_on, call.closes_on,
            CallState(call.state).label, nominations,
        ]  # fmt: skip

    headings = [
        _("Title"), pgettext("call", "Basis"), pgettext("call", "Looked at from"),
        pgettext("call", "Looked at until"), _("Nominations from"), _("Nominations until"), _("State"),
        pgettext("commendations", "Nominations"),
    ]  # fmt: skip
    return ListFile(pgettext("commendations", "Calls"), headings, statement, each(line))
