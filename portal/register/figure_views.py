"""The figures of the register: as drawings and tables on a page, and as a file."""

from __future__ import annotations

from flask import Response, g

from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.register import exports
from portal.register.blueprint import blueprint
from portal.register.figures import figures_of
from portal.register.words import band_label


@blueprint.get("/office/<code>/members/figures")
@requires("reports.read")
def figures(code: str) -> str:
    """Totals of this association and all below it; nobody is named."""
    return web.page("register/figures.html", figures=figures_of(g.association), band_label=band_label, day=today())


@blueprint.get("/office/<code>/members/figures.<any(xlsx, csv):form>")
@requires("reports.read")
def figures_file(code: str, form: str) -> Response:
    """The same as a file."""
    return downloads.send(form, exports.figures(figures_of(g.association)))
