"""The list as a file: the rows and columns that the page shows, no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from portal.activities.figures import Figures, figures_of
from portal.activities.models import STATES, ActivityLog
from portal.core.downloads import ListFile, each, words
from portal.core.i18n import _, pgettext
from portal.plans.kinds import ActivityKind


def entries(statement: Any) -> ListFile:
    labels = words(ActivityKind.labels()) | words(STATES)

    def lines(logs: Sequence[ActivityLog], session: Session) -> Iterator[list[Any]]:
        figures = figures_of(logs, session)
        return (_line(log, figures[log.id], labels) for log in logs)

    return ListFile(_("Activity log"), _headings(), statement, lines)


def _headings() -> list[str]:
    return [
        _("Date"),
        pgettext("activity", "Name"),
        pgettext("activity", "Kind"),
        _("Place"),
        _("Association"),
        _("Group"),
        pgettext("activity", "People"),
        _("Service minutes"),
        _("Minutes waiting"),
        _("Photos"),
        _("State"),
    ]


def _line(log: ActivityLog, figures: Figures, labels: Mapping[str, str]) -> list[Any]:
    return [
        log.held_on,
        log.title,
        labels[log.kind],
        log.place,
        log.association.display_name,
        log.group.name if log.group else "",
        figures.people,
        figures.minutes,
        figures.waiting,
        figures.photos,
        labels[log.state],
    ]


def stories(statement: Any) -> ListFile:
    """What sister associations show in public."""
    labels = words(ActivityKind.labels())
    headings = [
        _("Date"),
        pgettext("activity", "Name"),
        pgettext("activity", "Kind"),
        _("Association"),
        _("Place"),
        _("Summary"),
    ]
    line = each(lambda log: [log.held_on, log.title, labels[log.kind], log.association.name, log.place, log.summary])
    return ListFile(_("Exchange"), headings, statement, line)
