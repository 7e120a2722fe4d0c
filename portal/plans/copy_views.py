"""Last year's plan copied: a preview with ticks and days, then once."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import g, request
from flask_login import current_user

from portal.core import web
from portal.core.access import requires
from portal.core.calendar import read_date, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import BaseForm
from portal.core.i18n import _, ngettext
from portal.offices.queries import list_officers
from portal.plans import copying, listing, queries, services
from portal.plans.blueprint import blueprint

WRITE = services.RIGHT
PAGE = "plans/copy.html"


@blueprint.route("/office/<code>/plan/copy", methods=["GET", "POST"])
@requires(WRITE)
def copy_form(code: str) -> Any:
    """What was planned last year, to be ticked; sent twice, nothing is copied twice."""
    form, year = BaseForm(), _year()
    context = {"proposals": copying.propose(current_user, g.association, year), "year": year, "picked": picked()}
    if not form.validate_on_submit():
        return web.form_page(PAGE, form, **context)
    try:
        added = _copy(year)
    except RuleError as error:
        return web.refused(PAGE, form, error, **context)
    db.session.commit()
    said = ngettext("%(num)d activity is in the plan.", "%(num)d activities are in the plan.", len(added))
    return web.go("plans.office_plan", said, year=year)


def _copy(year: int) -> list[Any]:
    officers = list_officers(g.association, today(g.association.time_zone))
    groups = queries.list_groups(current_user, WRITE, g.association)
    people = [held.person for held in officers]
    chosen = {public_id: _day(public_id) for public_id in picked() or ()}
    return copying.copy_year(current_user, g.association, year, chosen, groups=groups, people=people)


def picked() -> set[str] | None:
    """Those ticked; None before the form was sent."""
    return set(request.form.getlist("pick")) if request.method == "POST" else None


def _day(public_id: str) -> date:
    day = read_date(request.form.get(f"on-{public_id}", ""))
    if day is None:
        raise RuleError("", _("Write the date as year-month-day, for example 2026-11-07."))
    return day


def _year() -> int:
    return listing.chosen_year(g.association)
