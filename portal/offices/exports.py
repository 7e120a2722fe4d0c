"""Officers as a file: those of today and to come, or those that are past, as the page shows them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

from portal.core.downloads import ListFile, each, words
from portal.core.i18n import _, pgettext
from portal.offices.models import Appointment
from portal.offices.rights import Position


def officers(held: Sequence[Appointment], consents: Collection[int], day: date) -> ListFile:
    """Who holds which office today and who will, and whether the public page names them."""
    line, shown = _line(day), _("Shown in public")
    public = {(True, True): shown, (True, False): _("Consent missing")}
    lines = [[*line(one), public.get((one.is_public, one.person_id in consents), _("Not shown"))] for one in held]
    return ListFile(_("Officers"), [*_headings(), _("Public page")], lines)


def earlier(statement: Any, day: date) -> ListFile:
    return ListFile(_("Earlier officers"), _headings(), statement, each(_line(day)))


def _headings() -> list[str]:
    office, state = pgettext("offices", "Office"), _("State")
    return [_("Name"), office, _("Rights hold"), _("First day"), _("Last day"), _("Term"), state]


def _line(day: date) -> Callable[[Appointment], list[Any]]:
    """How an appointment is told, in words that are looked up now."""
    offices = words(Position.labels())
    reach = {True: _("Here and everywhere below"), False: pgettext("rights", "Here")}
    states = {
        "live": pgettext("appointment", "In office"),
        "coming": pgettext("offices", "Coming"),
        "over": pgettext("appointment", "Ended"),
        "withdrawn": pgettext("appointment", "Withdrawn"),
    }

    def line(held: Appointment) -> list[Any]:
        return [
            held.person.name,
            offices[held.position],
            held.group.name if held.group else reach[held.covers_subtree],
            held.start_on,
            None if held.is_withdrawn else held.end_on,
            held.term.name if held.term else "",
            states[_state(held, day)],
        ]

    return line


def _state(held: Appointment, day: date) -> str:
    if held.is_withdrawn:
        return "withdrawn"
    if held.has_ended_by(day):
        return "over"
    return "live" if held.is_live_on(day) else "coming"
