"""Dues at a glance, and the rates rolled up the tree."""

from __future__ import annotations

from flask import Response, abort, g, request
from flask_login import current_user

from portal.associations.models import Association
from portal.associations.queries import get_below
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.i18n import _
from portal.core.paging import sort_key
from portal.ledger import queries as ledger
from portal.ledger.models import DuesPeriod
from portal.offices.access import group_ids
from portal.statements import exports, overview, rates
from portal.statements.blueprint import blueprint
from portal.statements.rates import Report, Row

RIGHT = "dues.read"
SORTS = ("rate", "open", "charged")


@blueprint.get("/office/<code>/dues", endpoint="overview")
@requires(RIGHT)
def at_a_glance(code: str) -> str:
    """How far this period is collected, what waits, and the way to collect."""
    whole = group_ids(current_user, RIGHT, g.association) is None
    return web.page("statements/overview.html", glance=overview.glance(request.args.get("period", "")), whole=whole)


@blueprint.get("/office/<code>/dues/rates", endpoint="rates")
@requires(RIGHT, whole=True)
def rates_of(code: str) -> str:
    """One row for each association below with its whole subtree; below a grass-roots one its groups."""
    period, before, periods = _periods()
    if period is None:
        return web.page("statements/rates.html", period=None)
    top = _top()
    report = rates.of_tree(top, period, before)
    groups = [] if report.rows else rates.of_groups(top, period)
    sort = sort_key(SORTS)
    shown = {"rows": _sorted(report.rows, sort), "sort": sort, "top": top, "groups": groups}
    asked = {"period": period, "before": before, "periods": periods}
    return web.page("statements/rates.html", report=report, **shown, **asked)


@blueprint.get("/office/<code>/dues/rates/list.<any(xlsx, csv):form>")
@requires(RIGHT, whole=True)
def rates_file(code: str, form: str) -> Response:
    """The same as a file."""
    period, before, _all = _periods()
    if period is None:
        abort(404)
    top = _top()
    report, title = rates.of_tree(top, period, before), f"{_('Collection rates')}-{period.name}"
    if report.rows:
        report = Report(_sorted(report.rows, sort_key(SORTS)), report.total)
        return downloads.send(form, exports.rates(title, report), "statements.rates")
    return downloads.send(form, exports.groups(title, rates.of_groups(top, period)), "statements.rates")


def _periods() -> tuple[DuesPeriod | None, DuesPeriod | None, list[DuesPeriod]]:
    """The period that the address asks for, the one before it, and all; a group leader has the own page."""
    periods = list(ledger.list_periods(g.association))
    asked = next((one for one in periods if one.public_id == request.args.get("period")), None)
    period = asked or overview.today_in(periods, today(g.association.time_zone))
    before = next((one for one in periods if period and one.end_on < period.start_on), None)
    return period, before, periods


def _top() -> Association:
    """The association itself, or the one below it that the address names: sums are for everybody above."""
    code = request.args.get("at", "")
    if not code or code == g.association.code:
        return g.association  # type: ignore[no-any-return]
    return get_below(g.association, code) or abort(404)


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    """In the order of the codes, or as asked; what has no rate last."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        return rows
    if name == "rate":
        rated = [row for row in rows if row.now.net is not None]
        others = [row for row in rows if row.now.net is None]
        return [*sorted(rated, key=lambda row: row.now.net or 0, reverse=sort[0] == "-"), *others]
    return sorted(rows, key=lambda row: getattr(row.now, f"{name}_fen"), reverse=sort[0] == "-")
