"""Office pages that read the plan: the year by month and its files, one activity."""

from __future__ import annotations

from flask import Response, abort, g, request
from flask_login import current_user

from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import now, today
from portal.core.feature import Entry, Feature
from portal.core.i18n import lazy_pgettext
from portal.core.paging import page_number, paginate
from portal.plans import (
    below_views,
    copy_views,
    exports,
    festivals,
    listing,
    month,
    plan_queries,
    planning_views,
    public_views,
    queries,
    recruitment,
    session_views,
)
from portal.plans.blueprint import blueprint
from portal.plans.models import Activity, ActivityState

__all__ = ["below_views", "blueprint", "copy_views", "feature", "planning_views", "public_views", "session_views"]

# The pages of a session lie beside the plan's address; so do those that the floors above hang on it.
ALSO = ("plans", "signups", "attendance")
feature = Feature(
    "plans",
    blueprint,
    office=(Entry(lazy_pgettext("navigation", "Plan"), "plans.office_plan", 28, "activities.read", also=ALSO),),
)


@blueprint.get("/office/<code>/plan")
@requires("activities.read")
def office_plan(code: str) -> str:
    """The year's plan by month, and what of it is overdue."""
    form = listing.filter_form(g.association)
    wanted = listing.wanted(form, g.association)
    page = paginate(plan_queries.list_plan(current_user, g.association, wanted), page_number(), listing.SIZE)
    days = festivals.days_of(wanted.year, queries.list_own_days(g.association))
    is_filtered = bool(wanted.state or wanted.kind or wanted.group)
    context = {
        "months": listing.months(page, wanted.year, days, every=not is_filtered),
        "figures": plan_queries.figures_of(page.rows),
        "overdue": plan_queries.list_overdue(current_user, "activities.read", g.association),
        "is_filtered": is_filtered,
        "this_year": today(g.association.time_zone).year,
    }
    return web.page("plans/plan.html", form=form, page=page, year=wanted.year, moment=now(), **context)


@blueprint.get("/office/<code>/plan/list.<any(xlsx, csv):form>")
@requires("activities.read")
def download(code: str, form: str) -> Response:
    """The same activities as a file; who may see them is asked again."""
    wanted = listing.wanted(listing.filter_form(g.association), g.association)
    statement = plan_queries.list_plan(current_user, g.association, wanted)
    return downloads.send(form, exports.plan(statement, wanted.year), "plans.office_plan")


@blueprint.get("/office/<code>/plan/calendar")
@requires("activities.read")
def calendar(code: str) -> str:
    """A month of the plan as a calendar: sessions, what is planned, festival days, days on which offices work."""
    first = month.chosen(request.args.get("month", ""), today(g.association.time_zone))
    before, after = month.beside(first)
    context = {
        "weeks": month.weeks(g.association, first),
        "before": before,
        "after": after,
    }
    return web.page("plans/calendar.html", first=first, moment=now(), words=ActivityState.labels(), **context)


@blueprint.get("/office/<code>/plan/<public_id>")
@requires("activities.read")
def activity(code: str, public_id: str) -> str:
    """One activity with its sessions, and what can be done with it now."""
    shown = load(public_id)
    lacking = {one.id: recruitment.missing_words(one, shown) for one in shown.sessions}
    return web.page("plans/activity.html", activity=shown, lacking=lacking, moment=now())


def load(public_id: str) -> Activity:
    return queries.get_activity(current_user, "activities.read", g.association, public_id) or abort(404)
