"""Where a figure comes from: the list or the figures behind it, for whoever may open them."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, url_for

from portal.core.access import can
from portal.core.i18n import lazy_pgettext
from portal.reports.blueprint import blueprint
from portal.reports.exports import headings
from portal.reports.measures import Measure
from portal.reports.overview import View
from portal.reports.word import notes

RATES = (lazy_pgettext("source", "Rates of dues"), "statements.rates")
LOG = (lazy_pgettext("source", "Log book"), "activities.office_list")
LETTERS = (lazy_pgettext("source", "Letters in figures"), "letters.figures_page")
SOURCES = {
    "members": (lazy_pgettext("source", "Register"), "register.members"),
    "due": RATES, "paid": RATES, "net": RATES, "gross": RATES,
    "entries": LOG,
    "months": (lazy_pgettext("source", "Months of the log book"), "activities.months"),
    "hours": (lazy_pgettext("source", "Hours by group"), "dossiers.figures"),
    "letters": LETTERS, "closed": LETTERS,
    "on_time": (lazy_pgettext("source", "Disclosure calendar"), "disclosure.calendar"),
    "honours": (lazy_pgettext("source", "Register of honours"), "honours.office_list"),
}  # fmt: skip
BRANCH = {"on_time": "disclosure.below", "months": "dossiers.figures"}  # of an association that has others below


@blueprint.app_template_global("year_source")
def source(measure: Measure, found: View) -> tuple[Any, str] | None:
    """What the list is called, and its address; None where the reader may not open it."""
    label, endpoint = SOURCES[measure.key]
    if found.rows:
        endpoint = BRANCH.get(measure.key, endpoint)
    view = current_app.view_functions.get(endpoint)
    right = getattr(view, "access", None)
    if right is None or not can(right, whole=getattr(view, "for_the_whole", False)):
        return None
    values = _asking(endpoint, found)
    return None if values is None else (label, url_for(endpoint, code=g.association.code, **values))


def _asking(endpoint: str, found: View) -> dict[str, Any] | None:
    """What the list is asked for, so that it shows what was counted; None where there is nothing to show."""
    span = found.span
    if endpoint == "statements.rates":
        return {"period": found.period.public_id} if found.period else None
    if endpoint == "activities.office_list":
        dates = {"start": span.first.isoformat(), "end": span.last.isoformat()}
        return {**dates, "below": "y"} if found.rows else dates
    if endpoint == "honours.office_list":
        return {"side": "received", "year": span.year}
    return {} if endpoint in ("register.members", "disclosure.calendar", "disclosure.below") else {"year": span.year}


blueprint.add_app_template_global(headings, "year_heads")
blueprint.add_app_template_global(notes, "year_notes")
