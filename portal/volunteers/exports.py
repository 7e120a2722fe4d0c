"""Lists of volunteers as files: registrations, and the terms that end."""

from __future__ import annotations

from typing import Any

from portal.core.calendar import today
from portal.core.downloads import ListFile, each, words
from portal.core.formats import local
from portal.core.i18n import _, pgettext
from portal.people.models import Channel
from portal.volunteers.models import RegistrationState, Volunteer, VolunteerRegistration


def registrations(statement: Any) -> ListFile:
    """Those of a list, with the days that the open ones wait."""
    states, ways = words(RegistrationState.labels()), words(Channel.labels())
    day = today()

    def line(row: VolunteerRegistration) -> list[Any]:
        received = local(row.submitted_at, row.association.time_zone).date()
        waits = row.state == RegistrationState.SUBMITTED
        return [
            row.name,
            row.association.display_name,
            received,
            ways[row.channel],
            states[row.state],
            (day - received).days if waits else None,
        ]

    headings = [
        _("Name"), _("Association"), pgettext("join", "Received"), pgettext("application", "Came in"), _("State"),
        _("Days waiting"),
    ]  # fmt: skip
    return ListFile(_("Registrations of volunteers"), headings, statement, each(line))


def terms(statement: Any) -> ListFile:
    """Volunteers whose term ends."""

    def line(row: Volunteer) -> list[Any]:
        return [
            row.person.name,
            row.person.masked_phone,
            row.group.name if row.group else "",
            row.started_on,
            row.term_end_on,
        ]

    headings = [
        _("Name"), _("Phone"), _("Group"), pgettext("volunteer", "Since"), pgettext("volunteer", "Appointed until"),
    ]  # fmt: skip
    return ListFile(_("Terms that end"), headings, statement, each(line))
