"""What waits to be looked at: attendances without a check-out, or with one too soon; an officer decides each."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.attendance import exports, queries, rules, services
from portal.attendance.blueprint import blueprint
from portal.attendance.forms import ReviewForm
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.signups.models import SignUp

SIZE = 25


@blueprint.get("/office/<code>/attendance/review")
@requires(queries.RIGHT)
def review(code: str) -> str:
    page = paginate(queries.odd(current_user, g.association), page_number(), SIZE)
    return web.page("attendance/review.html", page=page, review_of=rules.review_of)


@blueprint.get("/office/<code>/attendance/review/list.<any(xlsx, csv):form>")
@requires(queries.RIGHT)
def review_file(code: str, form: str) -> Response:
    """The same list as a file; who may see it is asked again."""
    file = exports.odd(queries.odd(current_user, g.association), g.association.time_zone)
    return downloads.send(form, file, "attendance.review")


@blueprint.route("/office/<code>/attendance/review/<public_id>", methods=["GET", "POST"])
@requires(queries.RIGHT)
def decide(code: str, public_id: str) -> Any:
    """So many minutes, or none, for a reason; minutes then wait for somebody else's approval."""
    sign_up, form = load(public_id), ReviewForm()
    context = _context(sign_up)
    if not form.validate_on_submit():
        return web.form_page("attendance/decide.html", form, **context)
    try:
        minutes = 0 if "none" in request.form else _minutes(form)
        services.settle(sign_up, minutes, form.reason.data or "", me())
    except RuleError as error:
        return web.refused("attendance/decide.html", form, error, **context)
    db.session.commit()
    return web.go("attendance.review", _("It is looked at."))


def _minutes(form: ReviewForm) -> int:
    if not form.minutes.data:
        raise RuleError("minutes", _("Enter the minutes, or choose that none are given."))
    return form.minutes.data


def _context(sign_up: SignUp) -> dict[str, Any]:
    assert sign_up.in_at is not None or sign_up.review == ""
    most = rules.minutes_between(sign_up.session, sign_up.in_at, sign_up.session.ends_at) if sign_up.in_at else 0
    return {"sign_up": sign_up, "session": sign_up.session, "odd": rules.review_of(sign_up), "most": most}


def load(public_id: str) -> SignUp:
    return queries.get_odd(current_user, g.association, public_id) or abort(404)
