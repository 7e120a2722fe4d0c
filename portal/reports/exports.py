"""The year as a workbook: numbers as numbers, each with its unit beside it."""

from __future__ import annotations

from typing import Any

from portal.associations.models import Association
from portal.core.formats import date_long, date_short
from portal.core.i18n import _, pgettext
from portal.core.workbooks import write_sheets
from portal.reports.counts import Span
from portal.reports.measures import MEASURES
from portal.reports.overview import Row, View


def headings(found: View) -> list[str]:
    """Of the figures of the association itself, without the first column's."""
    siblings = [_("Mean of %(number)s beside it", number=len(found.siblings))] if found.siblings else []
    return [until(found.span), until(found.span.before), pgettext("year", "Difference"), *siblings]


def until(span: Span) -> str:
    """The year, and while it runs up to when."""
    return _("%(year)s to %(day)s", year=span.year, day=date_short(span.last)) if span.is_running else str(span.year)


def name_of(row: Row) -> str:
    return _("%(name)s itself", name=row.name) if row.is_alone else row.name


def workbook(found: View, association: Association) -> bytes:
    """The association's figures; the parts below it on a sheet of their own."""
    title = _("%(year)s in one view", year=found.span.year)
    known = [pgettext("figures", "Figure"), pgettext("figures", "Unit"), *headings(found)]
    sheets: list[Any] = [(title, known, [_line(one, found) for one in MEASURES])]
    if found.rows:
        shown = [f"{one.label} ({one.shape.unit})" if one.shape.unit else str(one.label) for one in MEASURES]
        rows = [[name_of(row), *(one.plain(one.of(row.counts)) for one in MEASURES)] for row in found.rows]
        total = [association.display_name, *(one.plain(one.of(found.now)) for one in MEASURES)]
        sheets.append((_("By association"), [_("Association"), *shown], [*rows, total]))
    return write_sheets(sheets)


def _line(measure: Any, found: View) -> list[Any]:
    values = [measure.plain(measure.of(found.now)), measure.plain(measure.of(found.before))]
    siblings = [measure.plain(measure.mean(found.siblings))] if found.siblings else []
    return [str(measure.label), measure.shape.unit, *values, measure.difference(found.now, found.before), *siblings]


def period_in_words(span: Span) -> str:
    """From when to when the figures are."""
    return _("%(start)s to %(end)s", start=date_long(span.first), end=date_long(span.last))
