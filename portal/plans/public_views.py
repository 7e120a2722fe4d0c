"""What everybody may read of the plan: sessions open for sign-up, and the recruitment notice of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, request, url_for

from portal.associations.queries import get_association, get_root
from portal.core import web
from portal.core.access import public
from portal.core.calendar import now
from portal.core.documents import qr_svg
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.core.shared import shared
from portal.plans import parts, queries, recruitment, weeks
from portal.plans.blueprint import blueprint
from portal.plans.models import ActivitySession

SIZE = 20


def _standings(sessions: Sequence[ActivitySession]) -> dict[int, Any]:
    moment = now()
    return {one.id: recruitment.standing(one, moment) for one in sessions}


@blueprint.get("/activities/open")
@public
@shared
def public_open() -> str:
    """Sessions for which one can sign up, the soonest first, of everybody or of one association and those below."""
    code, place = request.args.get("association", ""), request.args.get("place", "").strip()
    of = (get_association(code) or abort(404)) if code else None
    skills = queries.list_skills(root) if (root := of or get_root()) else []
    skill, week = request.args.get("skill", ""), weeks.chosen(request.args.get("week", ""))
    start, end = weeks.bounds(week) if week else (None, None)
    wanted = queries.Wanted(path=of.path if of else "", place=place, skill=skill, start=start, end=end)
    page = paginate(queries.upcoming(wanted), page_number(), SIZE)
    context = {
        "standings": _standings(page.rows),
        "skills": skills,
        "weeks": weeks.coming(),
        "asked": {"place": place, "skill": skill, "week": week},
        "is_filtered": bool(place or skill or week),
    }
    return web.page("plans/open.html", page=page, of=of, **context)


@blueprint.get("/activities/sessions/<public_id>")
@public
@shared
def notice(public_id: str) -> str:
    """The recruitment notice of a session (order 67), and how its places stand."""
    shown = queries.get_public_session(public_id) or abort(404)
    context = {
        "content": recruitment.content_of(shown, shown.activity),
        "standing": recruitment.standing(shown, now()),
        "parts": parts.parts_of("notice", shown),
    }
    return web.page("plans/notice.html", session=shown, activity=shown.activity, **context)


@blueprint.get("/activities/sessions/<public_id>/print")
@public
@shared
def notice_sheet(public_id: str) -> str:
    """The same as a sheet to hang up."""
    shown = queries.get_public_session(public_id) or abort(404)
    content = recruitment.content_of(shown, shown.activity)
    address = url_for("plans.notice", public_id=shown.public_id, _external=True)
    qr = qr_svg(address, _("QR code to sign up"))
    return web.page(
        "plans/sheet.html", session=shown, activity=shown.activity, content=content, address=address, qr=qr
    )
