"""The year in one view: the page, the workbook, the document for the office above."""

from __future__ import annotations

from datetime import date

from flask import Response, g

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.feature import Entry, Feature
from portal.core.i18n import _, lazy
from portal.core.paging import asked_year, sort_key
from portal.core.spreadsheets import XLSX
from portal.reports import deadline_views, exports, sources, word  # noqa: F401 - pages and words hang on the blueprint
from portal.reports.blueprint import blueprint
from portal.reports.measures import BY_KEY, MEASURES
from portal.reports.overview import RIGHT, View, ordered, view_of

FIRST_YEAR = 2000
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

feature = Feature(
    "reports", blueprint, office=(Entry(lazy("Year in one view"), "reports.year", 4, RIGHT),)
)  # fmt: skip


@blueprint.get("/office/<code>/year")
@requires(RIGHT)
def year(code: str) -> str:
    """A year of this association and all below it, beside the year before and the mean of its siblings."""
    found, sort = _found(), sort_key(BY_KEY)
    shown = {"measures": MEASURES, "rows": ordered(found.rows, sort), "sort": sort, "day": _today()}
    return web.page("reports/year.html", found=found, **shown)


@blueprint.get("/office/<code>/year.xlsx")
@requires(RIGHT)
def workbook(code: str) -> Response:
    """The same with numbers as numbers."""
    return web.download(exports.workbook(_found(), g.association), f"{_name()}.xlsx", XLSX)


@blueprint.get("/office/<code>/year.docx")
@requires(RIGHT)
def document(code: str) -> Response:
    """The same as a document to be signed and sent."""
    return web.download(word.document(_found(), g.association, _today()), f"{_name()}.docx", DOCX)


def _found() -> View:
    return view_of(me(), g.association, _year(), _today())


def _year() -> int:
    """What the address asks for; what it does not know asks for this year."""
    return asked_year(_today().year, first=FIRST_YEAR)


def _today() -> date:
    return today(g.association.time_zone)


def _name() -> str:
    title = _("%(year)s in one view", year=_year())
    return f"{title}-{g.association.display_name}-{_today()}"
