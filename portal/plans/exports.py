"""The year's plan as a file: the rows that the page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.core.calendar import now
from portal.core.downloads import ListFile, words
from portal.core.i18n import _, pgettext
from portal.plans.below import MONTHS, Branch
from portal.plans.festivals import NAMES
from portal.plans.kinds import ActivityKind
from portal.plans.models import Activity, ActivityState
from portal.plans.plan_queries import Figures, figures_of


def plan(statement: Any, year: int) -> ListFile:
    labels, moment = words(ActivityKind.labels() | ActivityState.labels() | NAMES), now()

    def lines(found: Sequence[Activity], session: Session) -> Iterator[list[Any]]:
        figures = figures_of(found, session)
        return (_line(one, figures[one.id], labels, moment) for one in found)

    return ListFile(_("Plan of %(year)s", year=year), _headings(), statement, lines)


def below(rows: Sequence[Branch], year: int) -> ListFile:
    """By branch and month, how many in each state; months without an activity are left out."""
    states = ActivityState.labels()
    headings = [_("Association"), _("Month"), *(str(label) for label in states.values())]
    lines = [
        [row.name, f"{year}-{month:02}", *(row.of(month, state) for state in states)]
        for row in rows
        for month in MONTHS
        if any(row.of(month, state) for state in states)
    ]
    return ListFile(_("Plans of %(year)s in figures", year=year), headings, lines)


def _headings() -> list[str]:
    return [
        _("Day"),
        pgettext("activity", "Name"),
        pgettext("activity", "Kind"),
        _("Festival day"),
        _("Place"),
        _("Group"),
        _("Sessions"),
        _("Places wanted"),
        _("Places taken"),
        _("State"),
        _("Reason for cancelling"),
    ]


def _line(one: Activity, figures: Figures, labels: Mapping[str, str], moment: datetime) -> list[Any]:
    return [
        one.planned_on,
        one.title,
        labels[one.kind],
        labels.get(one.festival, one.festival),
        one.place,
        one.group.name if one.group else "",
        figures.sessions,
        figures.wanted,
        figures.taken,
        labels[one.state_at(moment)],
        one.cancel_reason,
    ]
