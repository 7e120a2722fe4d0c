"""Pages of attendance in the office: the lists of sessions, one list, and what else belongs to them."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from flask_login import current_user

from portal.attendance import exports, in_views, list_views, paper_views, parts, queries, review_views, scan_views
from portal.attendance.blueprint import blueprint
from portal.attendance.listing import Listing
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import now
from portal.core.database import db
from portal.core.feature import Feature

__all__ = ["blueprint", "feature", "in_views", "list_views", "paper_views", "parts", "review_views", "scan_views"]

feature = Feature("attendance", blueprint)


@blueprint.get("/office/<code>/attendance")
@requires(queries.RIGHT)
def lists(code: str) -> str:
    """Sessions of today and the next days, and those that are over and whose lists nobody closed."""
    near, still_open = (ask(current_user, g.association) for ask in (queries.list_near, queries.list_open))
    context = {
        "near": near,
        "still_open": still_open,
        "figures": queries.figures_of_all([*near, *still_open]),
        "odd": db.session.scalar(queries.counting_odd(current_user, g.association)),
        "moment": now(),
    }
    return web.page("attendance/lists.html", **context)


@blueprint.get("/office/<code>/attendance/<public_id>")
@requires(queries.RIGHT)
def one_list(code: str, public_id: str) -> Any:
    """Who is expected, here and gone, with a tap for each; and whoever is looked for to be added."""
    session, query = list_views.load(public_id), request.args.get("q", "").strip()
    if web.htmx and "seen" in request.args:
        return list_views.read_again(session, request.args["seen"])
    found = queries.find_helpers(current_user, session, query)
    if web.htmx and "q" in request.args:
        return web.partial("attendance/_found.html", session=session, found=found, query=query)
    context = {"found": found, "query": query, "listing": Listing(session), "waiting": queries.count_waiting(session)}
    return web.page("attendance/list.html", session=session, activity=session.activity, **context)


@blueprint.get("/office/<code>/attendance/<public_id>/list.<any(xlsx, csv):form>")
@requires(queries.RIGHT)
def list_file(code: str, public_id: str, form: str) -> Response:
    """A session's list as a file; who may see it is asked again."""
    session = list_views.load(public_id)
    return downloads.send(form, exports.one_list(session, queries.of_session(session)))
