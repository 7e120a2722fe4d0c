"""The paper list, entered afterwards by keyboard."""

from __future__ import annotations

from typing import Any

from flask import request

from portal.accounts.reader import me
from portal.attendance import list_views, queries, services
from portal.attendance.blueprint import blueprint
from portal.attendance.paper import PaperDraft
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import ngettext

PAPER = "attendance/paper.html"


@blueprint.route("/office/<code>/attendance/<public_id>/paper", methods=["GET", "POST"])
@requires(queries.RIGHT)
def paper(code: str, public_id: str) -> Any:
    """Times of everybody on one page. Saved twice it changes nothing; what is wrong is said by its box."""
    session = list_views.load(public_id)
    draft = PaperDraft(session)
    context = {"session": session, "draft": draft, "is_over": session.ends_at <= now()}
    if draft.is_detour:
        return web.page(PAPER, form=draft.form, **context)
    if not draft.validate():
        return web.form_page(PAPER, draft.form, **context)
    try:
        said = _save(draft)
    except RuleError as error:
        return web.refused(PAPER, draft.form, error, **context)
    db.session.commit()
    return web.go("attendance.one_list", said, public_id=public_id)


def _save(draft: PaperDraft) -> str:
    count = draft.save(me())
    if "close" in request.form:
        services.close_list(draft.session, me())
    return ngettext("%(num)d person is entered.", "%(num)d people are entered.", count)
