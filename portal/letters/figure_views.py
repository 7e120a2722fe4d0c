"""Figures of letters in the office: a year or a quarter, by the parts of the tree, beside the year before."""

from __future__ import annotations

from flask import Response, g, request

from portal.accounts.reader import me
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.paging import asked_year
from portal.letters import exports, figures
from portal.letters.blueprint import blueprint
from portal.letters.figures import QUARTERS, Figures, Period
from portal.letters.models import LetterChannel, LetterKind
from portal.letters.sight import RIGHT


@blueprint.get("/office/<code>/letters/figures")
@requires(RIGHT)
def figures_page(code: str) -> str:
    shown = {"kinds": LetterKind.labels(), "channels": LetterChannel.labels(), "quarters": QUARTERS}
    found, this_year = _figures(), today().year
    return web.page("letters/figures.html", found=found, rates=exports.rates, this_year=this_year, **shown)


@blueprint.get("/office/<code>/letters/figures.<any(xlsx, csv):form>")
@requires(RIGHT)
def figures_file(code: str, form: str) -> Response:
    return downloads.send(form, exports.figures(_figures()), "letters.figures_page")


def _figures() -> Figures:
    return figures.figures_of(me(), g.association, _period(), today())


def _period() -> Period:
    """What the address asks for; what it does not know asks for this year."""
    quarter = request.args.get("quarter", "")
    return Period(asked_year(today().year), int(quarter) if quarter in map(str, QUARTERS) else None)
