"""Nominations, candidates and suggestions as rows of a sheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select

from portal.commendations.models import CallCategory, Nomination, NominationState, SuggestionState
from portal.commendations.nomination_words import Consent, consent_of, dues_shown
from portal.commendations.proposing import Proposed
from portal.core.downloads import ListFile, each, words
from portal.core.formats import local
from portal.core.i18n import _, pgettext


def nominations(statement: Select[Any], zone: str) -> ListFile:
    """The rows that the list shows, with what the record said."""
    states, consents = words(NominationState.labels()), {one: one.label for one in Consent}
    read = _evidence_reader()

    def line(one: Nomination) -> list[object]:
        return [
            one.call.title, one.category.kind.name, one.association.name, one.name, states[one.state],
            consents[consent_of(one)], read(one), one.reason, local(one.nominated_at, zone).date(),
        ]  # fmt: skip

    headings = [
        pgettext("commendations", "Call"), pgettext("commendation", "Kind"), _("Association"), _("Name"), _("State"),
        pgettext("consent", "Consent"), _("The record shows"), pgettext("nomination", "Reason"), _("Put forward on"),
    ]  # fmt: skip
    return ListFile(pgettext("commendations", "Nominations"), headings, statement, each(line))


def _evidence_reader() -> Any:
    """What the record said in one cell, in words that are looked up while the request lasts."""
    person = {"minutes": _("Service hours"), "years": _("Years"), "led": _("Activities led"), "stars": _("Stars")}
    team = {"members": _("Members"), "volunteers": _("Volunteers"), "minutes": _("Service hours")}
    team["logs"] = _("Entries in the log book")

    def read(one: Nomination) -> str:
        labels = team if one.evidence.get("of") == "team" else person
        told = {name: one.evidence.get(name, 0) for name in labels} if one.evidence else {}
        shown = {name: round(value / 60, 1) if name == "minutes" else value for name, value in told.items()}
        return ", ".join(f"{labels[name]} {value}" for name, value in shown.items())

    return read


def candidates(category: CallCategory, meeting: Iterable[Proposed], near: Iterable[Proposed]) -> ListFile:
    """Those whose record shows all that is asked, then those who lack one thing."""
    rows = [
        [
            category.kind.name, one.person.name, one.facts.years, round(one.facts.minutes / 60, 1), one.facts.led,
            one.facts.stars, dues_shown(one.facts), one.missing,
            pgettext("suggestion", "Put forward") if one.nomination else "",
        ]
        for one in (*meeting, *near)
    ]  # fmt: skip
    headings = [
        pgettext("commendation", "Kind"), _("Name"), _("Years"), _("Service hours"), _("Activities led"), _("Stars"),
        _("Dues of the period"), _("What is missing"), _("State"),
    ]  # fmt: skip
    return ListFile(pgettext("commendations", "Candidates by the record"), headings, rows)


def suggestions(statement: Select[Any], zone: str) -> ListFile:
    """What was said and answered; never who said it."""
    states = words(SuggestionState.labels())

    def line(one: Any) -> list[object]:
        return [
            local(one.received_at, zone).date(), one.category.call.title, one.category.kind.name, one.nominee,
            one.reason, states[one.state], one.answer,
        ]  # fmt: skip

    headings = [
        pgettext("letter", "Received on"), pgettext("commendations", "Call"), pgettext("commendation", "Kind"),
        _("Who is meant"), pgettext("nomination", "Reason"), _("State"), pgettext("suggestion", "Answer"),
    ]  # fmt: skip
    return ListFile(pgettext("commendations", "Suggestions"), headings, statement, each(line))
