"""What everybody may read: the yearly statements that associations disclose. Sums, never a name."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request
from sqlalchemy import Select

from portal.core import web
from portal.core.access import public
from portal.core.database import db
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.core.shared import shared
from portal.core.spreadsheets import XLSX, write_csv, write_xlsx
from portal.statements import exports, queries
from portal.statements.blueprint import blueprint
from portal.statements.year_views import labels
from portal.transparency.models import ChainKind
from portal.transparency.queries import proof_of

MOST_TEXT, MOST_YEAR = 60, 9999


@blueprint.get("/statements", endpoint="public_list")
@public
@shared
def listed() -> str:
    """By year, found by the association's name."""
    text, year = _asked()
    page = paginate(_statement(), page_number())
    return web.page("statements/public_list.html", page=page, text=text, year=year, years=queries.years())


@blueprint.get("/statements/list.<any(xlsx, csv):form>")
@public
def public_list_file(form: str) -> Response:
    """The same as a file: one line for each association and year."""
    found = db.session.scalars(_statement()).all()
    headings, lines = exports.disclosed(found)
    name = _("Yearly statements of dues")
    if form == "csv":
        return web.download(write_csv(headings, lines), f"{name}.csv", "text/csv")
    return web.download(write_xlsx(headings, lines, name), f"{name}.xlsx", XLSX)


@blueprint.get("/statements/<public_id>", endpoint="public")
@public
@shared
def one(public_id: str) -> str:
    """One statement as it was disclosed; of a withdrawn one why."""
    statement = queries.get_public(public_id) or abort(404)
    return web.page("statements/public.html", statement=statement, figures=statement.figures, labels=labels(),
                    entry=proof_of(public_id, kind=ChainKind.STATEMENT))  # fmt: skip


def _asked() -> tuple[str, int | None]:
    year = request.args.get("year", type=int)
    return request.args.get("q", "")[:MOST_TEXT].strip(), year if year and 0 < year <= MOST_YEAR else None


def _statement() -> Select[Any]:
    return queries.listing(*_asked())
