"""The office's list of notice periods as rows of a sheet."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select

from portal.core.downloads import ListFile, each
from portal.core.i18n import _, pgettext
from portal.objections.models import Matter, PeriodState


def periods(statement: Select[Any], day: date) -> ListFile:
    """The rows that the list shows."""

    def line(row: Any) -> list[object]:
        is_over = row.state == PeriodState.OPEN and row.end_on < day
        state = _("Being decided") if is_over else PeriodState(row.state).label
        return [
            row.title, Matter(row.matter).label, row.start_on, row.end_on, state, row.objections, row.waiting,
            row.decision,
        ]  # fmt: skip

    headings = [
        _("Title"), _("What is to be decided"), _("First day"), _("Last day"), _("State"), _("Objections"),
        pgettext("objections", "Waiting"), _("Decision"),
    ]  # fmt: skip
    return ListFile(pgettext("office", "Notice periods"), headings, statement, each(line))
