"""The exchange in the office: stories of sister associations to read, to fetch as a file, to copy as a plan."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user

from portal.activities import exchange, exports, gallery
from portal.activities.blueprint import blueprint
from portal.activities.figures import figures_of
from portal.activities.models import ActivityLog
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.plans import services as plans
from portal.plans.draft import Draft
from portal.plans.kinds import ActivityKind


@blueprint.get("/office/<code>/exchange")
@requires("activities.read")
def exchange_list(code: str) -> str:
    """What sister associations show in public, by kind or by what was typed."""
    kind, text = _asked()
    page = paginate(exchange.stories(g.association, kind, text), page_number(), 20)
    figures = figures_of(page.rows)
    return web.page(
        "activities/exchange.html", page=page, figures=figures, kinds=ActivityKind.labels(), kind=kind, text=text
    )


@blueprint.get("/office/<code>/exchange/list.<any(xlsx, csv):form>")
@requires("activities.read")
def exchange_file(code: str, form: str) -> Response:
    return downloads.send(form, exports.stories(exchange.stories(g.association, *_asked())), ".exchange_list")


@blueprint.get("/office/<code>/exchange/<public_id>")
@requires("activities.read")
def exchange_story(code: str, public_id: str) -> str:
    """One story as everybody may read it."""
    log = _story(public_id)
    photos, figures = gallery.list_open_photos(log), figures_of([log])[log.id]
    return web.page("activities/exchange_story.html", log=log, photos=photos, figures=figures)


@blueprint.route("/office/<code>/exchange/<public_id>/copy", methods=["GET", "POST"])
@requires(plans.RIGHT)
def exchange_copy(code: str, public_id: str) -> Any:
    """The story as a plan of one's own: the day is still to be chosen, the place is empty, the source is named."""
    log, draft = _story(public_id), Draft(g.association)
    if not draft.form.validate_on_submit():
        if request.method == "GET":
            for name, value in exchange.as_plan(log).items():
                draft.form[name].data = value
        return web.form_page("activities/exchange_copy.html", draft.form, log=log, activity=None)
    try:
        key = draft.form.entry_key.data or abort(400)
        planned = plans.plan(current_user, g.association, draft.details(), entry_key=key)
    except RuleError as error:
        return web.refused("activities/exchange_copy.html", draft.form, error, log=_story(public_id), activity=None)
    db.session.commit()
    return web.go("plans.activity", _("It is in the plan."), public_id=planned.public_id)


def _asked() -> tuple[str, str]:
    kind = request.args.get("kind", "")
    return kind if kind in set(ActivityKind) else "", request.args.get("q", "").strip()[:60]


def _story(public_id: str) -> ActivityLog:
    return exchange.get_story(g.association, public_id) or abort(404)
