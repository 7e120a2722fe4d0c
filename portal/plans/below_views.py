"""The plans of all associations below on one page: what is planned, open and held, by branch and month."""

from __future__ import annotations

from flask import Response, g, request

from portal.accounts.reader import me
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.i18n import _
from portal.plans import below as plans
from portal.plans import exports, listing
from portal.plans.blueprint import blueprint
from portal.plans.models import ActivityState


@blueprint.get("/office/<code>/plan/below")
@requires(plans.RIGHT)
def below(code: str) -> str:
    year, state = _year(), request.args.get("state", "")
    rows = _rows(year)
    context = {
        "rows": rows,
        "total": plans.total(rows, _("Total")),
        "state": state if state in set(ActivityState) else "",
        "states": ActivityState,
        "months": plans.MONTHS,
    }
    return web.page("plans/below.html", year=year, **context)


@blueprint.get("/office/<code>/plan/below.<any(xlsx, csv):form>")
@requires(plans.RIGHT)
def below_file(code: str, form: str) -> Response:
    """The same as one long table: branch, month, and how many in each state; who may see them is asked again."""
    year = _year()
    return downloads.send(form, exports.below(_rows(year), year))


def _rows(year: int) -> list[plans.Branch]:
    return plans.branches(me(), g.association, year)


def _year() -> int:
    return listing.chosen_year(g.association)
