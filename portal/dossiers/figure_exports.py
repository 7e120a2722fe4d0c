"""All figures of volunteering as one long table: what is counted, of what, how many."""

from __future__ import annotations

from typing import Any

from portal.core.downloads import ListFile
from portal.core.i18n import _, pgettext
from portal.dossiers.figures import MONTHS, Figures

HOUR = 60


def figures(found: Figures) -> ListFile:
    months = [f"{found.year}-{month:02}" for month in MONTHS]
    rows: list[list[Any]] = []
    for row in found.rows:
        name = row.name or _("Without a group")
        rows += [[_("Hours: %(name)s", name=name), at, n / HOUR] for at, n in zip(months, row.minutes, strict=True)]
    for at, one in zip(months, found.turnout, strict=True):
        rows += [[_("Expected"), at, one.expected], [_("Came"), at, one.came]]
    rows += [[_("Entries of the day"), day.isoformat(), number] for day, number in sorted(found.days.items())]
    for book in found.books:
        rows += [[_("Entries"), book.name, book.entries], [_("Complete entries"), book.name, book.complete]]
    headings = [pgettext("figures", "Figure"), pgettext("figures", "Of"), pgettext("figures", "Number")]
    return ListFile(_("Figures of volunteering"), headings, rows)
