"""The figures of the register: as drawings and tables on a page, and as a workbook."""

from __future__ import annotations

from flask import Response, g

from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.i18n import _
from portal.core.spreadsheets import XLSX, write_xlsx
from portal.register import exports
from portal.register.blueprint import blueprint
from portal.register.figures import figures_of
from portal.register.words import band_label


@blueprint.get("/office/<code>/members/figures")
@requires("reports.read")
def figures(code: str) -> str:
    """Totals of this association and all below it; nobody is named."""
    return web.page("register/figures.html", figures=figures_of(g.association), band_label=band_label, day=today())


@blueprint.get("/office/<code>/members/figures.xlsx")
@requires("reports.read")
def figures_file(code: str) -> Response:
    """The same as a workbook."""
    headings, rows = exports.figures(figures_of(g.association))
    name = f"{_('Figures of the register')}-{g.association.display_name}-{today(g.association.time_zone)}.xlsx"
    return web.download(write_xlsx(headings, rows, _("Figures")), name, XLSX)
