"""The figures of volunteering: as drawings with their tables on a page, and as a file."""

from __future__ import annotations

from flask import Response, g

from portal.accounts.reader import me
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.paging import asked_year
from portal.dossiers import figure_exports
from portal.dossiers.blueprint import blueprint
from portal.dossiers.figures import RIGHT, Figures, figures_of
from portal.dossiers.heat import calendar


@blueprint.get("/office/<code>/volunteers/figures")
@requires(RIGHT)
def figures(code: str) -> str:
    """A year of this association and all below it; nobody is named."""
    found, day = _figures(), today(g.association.time_zone)
    return web.page("dossiers/figures.html", figures=found, heat=calendar(found, day), this_year=day.year)


@blueprint.get("/office/<code>/volunteers/figures.<any(xlsx, csv):form>")
@requires(RIGHT)
def figures_file(code: str, form: str) -> Response:
    return downloads.send(form, figure_exports.figures(_figures()))


def _figures() -> Figures:
    return figures_of(me(), g.association, asked_year(today(g.association.time_zone).year))
