"""Office pages of notices: the list and its file, a notice in the record, withdrawing and pinning it."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user

from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.feature import Entry, Feature
from portal.core.files import store
from portal.core.formats import local
from portal.core.i18n import _, lazy, lazy_pgettext
from portal.core.paging import page_number
from portal.core.text import printable
from portal.notices import (
    attachment_views,
    clock,
    desk,
    exports,
    hits,
    index_views,
    indexing,
    machine_views,
    public_views,
    queries,
    review_views,
    services,
    subject_views,
    tabs,
    writing_views,
)
from portal.notices.blueprint import blueprint
from portal.notices.forms import ReasonForm
from portal.notices.models import NoticeKind, NoticeStatus, validity, way_of
from portal.notices.writing_views import load

__all__ = [
    "attachment_views",
    "blueprint",
    "clock",
    "feature",
    "index_views",
    "indexing",
    "machine_views",
    "public_views",
    "review_views",
    "subject_views",
    "tabs",
    "writing_views",
]  # fmt: skip

ROOMS = ("disclosure", "objections", "charters")  # what stands under the same tabs
feature = Feature(
    "notices",
    blueprint,
    public=(
        Entry(lazy("Notices"), "notices.public_list", 10),
        Entry(lazy("Policies"), "notices.policies", 15, also=("disclosure",)),
    ),
    office=(Entry(lazy_pgettext("office", "Notices"), "notices.office_list", 60, "notices.read", also=ROOMS),),
)


@blueprint.get("/office/<code>/notices")
@requires("notices.read")
def office_list(code: str) -> str:
    """Drafts, published and withdrawn ones, as the address filters them."""
    state, words = _asked()
    page = desk.list_office(current_user, g.association, state, words, page_number())
    return web.page(
        "notices/office_list.html",
        page=page,
        counts=desk.count_states(current_user, g.association),
        state=state,
        **hits.shown(words, page.rows),
        day=today(g.association.time_zone),
        validity=validity,
        way_of=way_of,
        kinds=NoticeKind.labels(),
        local=local,
    )


@blueprint.get("/office/<code>/notices/list.<any(xlsx, csv):form>")
@requires("notices.read")
def download(code: str, form: str) -> Response:
    """The same list as a file."""
    statement = desk.office_rows(current_user, g.association, *_asked())
    return downloads.send(form, exports.notices(statement, g.association.time_zone), "notices.office_list")


@blueprint.get("/office/<code>/notices/<public_id>")
@requires("notices.read")
def office_page(code: str, public_id: str) -> Any:
    """A notice in the record: what the public sees, its versions, and what can be done with it."""
    notice = load(public_id)
    if notice.status == NoticeStatus.DRAFT:
        return web.go(".check", public_id=public_id)
    document = queries.get_public(public_id) or abort(404)
    draft = desk.get_draft(notice)
    around = public_views.around(document)
    return web.page("notices/office_page.html", notice=notice, draft=draft, record=desk.get_record(notice), **around)


@blueprint.get("/office/<code>/notices/<public_id>/withdraw")
@requires("notices.publish")
def ask_withdraw(code: str, public_id: str) -> Any:
    notice = load(public_id)
    if notice.status != NoticeStatus.PUBLISHED:
        return web.go(".office_page", public_id=public_id)
    return web.page("notices/withdraw.html", notice=notice, form=ReasonForm(), draft=desk.get_draft(notice))


@blueprint.post("/office/<code>/notices/<public_id>/withdraw")
@requires("notices.publish")
def withdraw(code: str, public_id: str) -> Any:
    notice, form = load(public_id), ReasonForm()
    if not form.validate():
        return web.invalid("notices/withdraw.html", form, notice=notice, draft=desk.get_draft(notice))
    try:
        with db.session.begin_nested():
            unused = services.withdraw(current_user, notice, form.reason.data or "")
    except RuleError as error:
        form.refuse(error)
        return web.invalid("notices/withdraw.html", form, notice=notice, draft=None)
    db.session.commit()
    store.discard(unused)
    return web.go(".office_page", _("The notice is withdrawn. It stays in the record."), public_id=public_id)


@blueprint.post("/office/<code>/notices/<public_id>/pin")
@requires("notices.publish")
def pin(code: str, public_id: str) -> Response:
    """Let it stand first in the list, or no longer."""
    wanted = request.form.get("is_pinned") == "yes"
    message: Any = _("It now stands first in the list.") if wanted else _("It stands by its date again.")
    try:
        with db.session.begin_nested():
            services.set_pinned(current_user, load(public_id), wanted)
    except RuleError as error:
        message = error.message
    db.session.commit()
    return web.go(".office_page", message, public_id=public_id)


def _asked() -> tuple[str, str]:
    """The state and the words that the address asks for."""
    state, words = request.args.get("state", ""), printable(request.args.get("q", ""))
    return state if state in desk.STATES else "", " ".join(words[:60].split())
