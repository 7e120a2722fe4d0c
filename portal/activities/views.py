"""Office pages that read the log book: the list and its files, the year's months, one entry."""

from __future__ import annotations

from flask import Response, abort, g
from flask_login import current_user

from portal.activities import (
    entry_views,
    exchange_views,
    exports,
    gallery,
    history,
    listing,
    photo_views,
    plan_part,
    public_views,
    queries,
    serving,
    story_views,
)
from portal.activities.blueprint import blueprint
from portal.activities.figures import figures_of
from portal.activities.models import ActivityLog
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import record_deadline, today
from portal.core.feature import Entry, Feature
from portal.core.i18n import lazy
from portal.core.paging import asked_year, page_number, paginate

__all__ = [
    "blueprint", "entry_views", "exchange_views", "feature", "photo_views", "plan_part", "public_views",
    "story_views",
]  # fmt: skip

feature = Feature(
    "activities",
    blueprint,
    public=(Entry(lazy("Activities"), "activities.public_list", 20),),
    office=(
        Entry(
            lazy("Activities"), "activities.office_list", 30, "activities.read", also=("activities.exchange_list",)
        ),
    ),
)


@blueprint.get("/office/<code>/activities")
@requires("activities.read")
def office_list(code: str) -> str:
    """The log book, as the address filters it."""
    form = listing.filter_form(g.association)
    statement = queries.list_entries(current_user, g.association, listing.wanted(form, g.association))
    page = paginate(statement, page_number())
    figures = figures_of(page.rows)
    below = listing.reaches_below(g.association)
    context = {"below": below, "is_filtered": listing.is_filtered(form)}
    return web.page("activities/list.html", form=form, page=page, figures=figures, **context)


@blueprint.get("/office/<code>/activities/list.<any(xlsx, csv):form>")
@requires("activities.read")
def download(code: str, form: str) -> Response:
    """The same entries as a file; who may see them is asked again."""
    wanted = listing.wanted(listing.filter_form(g.association), g.association)
    file = exports.entries(queries.list_entries(current_user, g.association, wanted))
    return downloads.send(form, file, "activities.office_list")


@blueprint.get("/office/<code>/activities/months")
@requires("activities.read")
def months(code: str) -> str:
    """The log book's year, month by month: it is checked monthly, and a month without an entry is seen."""
    now = today(g.association.time_zone)
    chosen = asked_year(now.year, first=now.year - 20)
    states = queries.month_states(g.association, chosen)
    due = queries.due_logs(g.association, current_user)
    context = {"year": chosen, "now": now, "states": states, "due": due, "month_range": listing.month_range}
    return web.page("activities/months.html", **context)


@blueprint.get("/office/<code>/activities/<public_id>")
@requires("activities.read")
def entry(code: str, public_id: str) -> str:
    """One entry with everything that belongs to it, and what was changed."""
    log = load(public_id)
    corrections = history.list_corrections(log)
    writers = {log.recorded_by, *(one.editor_id for one in corrections)}
    context = {
        "log": log,
        "hours": serving.list_hours(log),
        "may_review": log.state == "complete" and not log.reviewed_at and current_user.person_id not in writers,
        "corrections": corrections,
        "strike": history.last_strike(log) if log.removed_at else None,
        "deadline": None if log.is_complete else record_deadline(log.held_on),
        "open_photos": {one.public_id for one in gallery.list_open_photos(log)} if log.photos else set(),
    }
    return web.page("activities/entry.html", **context)


def load(public_id: str) -> ActivityLog:
    log = queries.get_entry(current_user, "activities.read", g.association, public_id)
    return log or abort(404)
