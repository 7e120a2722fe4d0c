"""The list as a file: the applications that the page shows, no more."""

from __future__ import annotations

from typing import Any

from portal.applications.models import ApplicationState, MembershipApplication
from portal.applications.sent import days_waiting
from portal.core.downloads import ListFile, each, words
from portal.core.formats import local
from portal.core.i18n import _, pgettext
from portal.people.models import Channel


def applications(statement: Any) -> ListFile:
    """Those of a list, with the days that the open ones wait."""
    states, ways = words(ApplicationState.labels()), words(Channel.labels())

    def line(row: MembershipApplication) -> list[Any]:
        return [
            row.organisation_name or row.name,
            row.association.display_name,
            row.kind.name,
            row.group.name if row.group else "",
            local(row.submitted_at, row.association.time_zone).date(),
            ways[row.channel],
            states[row.state],
            days_waiting(row) if ApplicationState(row.state).is_open else None,
        ]

    return ListFile(_("Applications"), _headings(), statement, each(line))


def _headings() -> list[str]:
    return [
        _("Name"),
        _("Association"),
        _("Kind"),
        _("Group"),
        pgettext("join", "Received"),
        pgettext("application", "Came in"),
        _("State"),
        _("Days waiting"),
    ]
