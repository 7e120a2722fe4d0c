"""Officers and terms as files, as their pages show them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from portal.core.downloads import ListFile, each, words
from portal.core.i18n import _, pgettext
from portal.offices.models import Appointment, Term
from portal.offices.rights import Position


def officers(held: Sequence[Appointment], consents: Collection[int], day: date) -> ListFile:
    """Who holds which office today and who will, and whether the public page names them."""
    line, shown = _line(day), _("Shown in public")
    public = {(True, True): shown, (True, False): _("Consent missing")}
    lines = [[*line(one), public.get((one.is_public, one.person_id in consents), _("Not shown"))] for one in held]
    return ListFile(_("Officers"), [*_headings(), _("Public page")], lines)


def earlier(statement: Any, day: date) -> ListFile:
    return ListFile(_("Earlier officers"), _headings(), statement, each(_line(day)))


def terms(found: Sequence[Term], counts: Mapping[int, tuple[int, int]], day: date) -> ListFile:
    """Every term with its days, its state and how many appointments it has had."""
    states = {True: pgettext("term", "Over"), False: pgettext("term", "Running"), None: pgettext("term", "Coming")}
    lines = [
        [term.name, term.start_on, term.end_on, states[_is_over(term, day)], counts.get(term.id, (0, 0))[0]]
        for term in found
    ]
    headings = [_("Term"), _("First day"), _("Last day"), _("State"), _("Appointments")]
    return ListFile(_("Terms"), headings, lines)


def _is_over(term: Term, day: date) -> bool | None:
    """None of one that has not begun."""
    return None if term.start_on > day else bool(term.end_on and term.end_on < day)


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
