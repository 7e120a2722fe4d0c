"""Office pages on the way to publication: write, preview, check, publish, correct, discard."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, g, request
from flask_login import current_user

from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.files import store
from portal.core.i18n import _
from portal.core.text import printable, render
from portal.notices import desk, links, queries, services, stages
from portal.notices.blueprint import blueprint
from portal.notices.drafting import Answer, Drafting
from portal.notices.drafts import missing, revision_of
from portal.notices.forms import ReviewForm
from portal.notices.listing import whole
from portal.notices.models import Notice, NoticeStatus, NoticeVersion, Validity
from portal.notices.public_views import around

WRITE, PUBLISH = "notices.write", "notices.publish"


@blueprint.get("/office/<code>/notices/new")
@requires(WRITE)
def new(code: str) -> Answer:
    return Drafting.start().page()


@blueprint.post("/office/<code>/notices/new")
@requires(WRITE)
def create(code: str) -> Answer:
    return _save(Drafting.sent())


@blueprint.get("/office/<code>/notices/<public_id>/edit")
@requires(WRITE)
def edit(code: str, public_id: str) -> Answer:
    notice = load(public_id)
    draft = desk.get_draft(notice)
    if draft is None:
        return web.go(".office_page", _("There is no draft any more."), public_id=public_id)
    return Drafting.reopen(notice, draft).page(preview=True)


@blueprint.post("/office/<code>/notices/<public_id>/edit")
@requires(WRITE)
def update(code: str, public_id: str) -> Answer:
    """Save the draft. Was it discarded meanwhile, what was typed is offered as a new one."""
    notice = find(public_id)
    if notice is None and not desk.was_discarded(g.association, public_id):
        abort(404)
    drafting = Drafting.sent(notice)
    if notice is None and not drafting.wants_preview:
        gone = RuleError(
            "", _("This draft was discarded meanwhile. What you typed stands below: save it as a new one.")
        )
        return drafting.renew().refuse(gone)
    return _save(drafting)


def _save(drafting: Drafting) -> Answer:
    """Keep the draft; then the page that shows it as the public will see it, or back to the form."""
    if drafting.wants_preview:
        return drafting.page(preview=True)
    if not drafting.form.validate():
        return drafting.refuse()
    try:
        with db.session.begin_nested():
            notice = _keep(drafting)
    except RuleError as error:
        return drafting.refuse(error)
    db.session.commit()
    if "files" in request.form:
        return web.go(".draft_files", public_id=notice.public_id)
    if "later" in request.form:
        return web.go(".edit", _("The draft is saved."), public_id=notice.public_id)
    return web.go(".check", public_id=notice.public_id)


def _keep(drafting: Drafting) -> Notice:
    if drafting.notice is None:
        seen: dict[str, Any] = {"entry_key": drafting.entry_key or abort(400)}
    else:
        seen = {"notice": drafting.notice, "revision": drafting.form.revision.data or ""}
    return services.save_draft(current_user, g.association, drafting.content(), drafting.placing(), **seen)


@blueprint.post("/office/<code>/notices/preview")
@requires(WRITE)
def preview(code: str) -> str:
    """The text as it will look, while it is typed; nothing is kept."""
    body = printable(request.form.get("body", ""))[:100_000]
    return web.partial("notices/_preview.html", preview=render(body))


@blueprint.get("/office/<code>/notices/<public_id>/check")
@requires("notices.read")
def check(code: str, public_id: str) -> Answer:
    """The draft as the public will see it, what it lacks, and the way to publish it."""
    notice = load(public_id)
    draft = desk.get_draft(notice)
    if draft is None:
        return web.go(".office_page", public_id=public_id)
    return web.page("notices/check.html", **_checked(notice, draft))


def _checked(notice: Notice, draft: NoticeVersion) -> dict[str, Any]:
    document, html = queries.get_checked(notice.id), render(draft.body)
    said = around(document)
    return {
        "notice": notice,
        "draft": draft,
        "html": html,
        "links": links.check(html),
        "faults": missing(notice, draft, today(g.association.time_zone)),
        "revision": revision_of(notice, draft),
        **stages.of(notice, draft, html),
        **said,
        "holds": Validity.VALID if said["holds"] == Validity.DRAFT else said["holds"],
    }


@blueprint.post("/office/<code>/notices/<public_id>/publish")
@requires(PUBLISH)
def publish(code: str, public_id: str) -> Answer:
    """Publish the version that was checked. Sent twice, the answer is the same."""
    number, revision = whole(request.form.get("number", "")), request.form.get("revision", "")
    try:
        with db.session.begin_nested():
            services.publish(current_user, load(public_id), number=number, revision=revision)
    except RuleError as error:
        return checked_again(public_id, error)
    db.session.commit()
    return web.go(".published", public_id=public_id)


def checked_again(public_id: str, error: Any = None, form: Any = None) -> Answer:
    """The page of the draft as it stands now, with what a rule or a form says against the next step."""
    notice = load(public_id)
    draft = desk.get_draft(notice)
    if draft is None:
        message = error.message if error else _("There is no draft any more.")
        return web.go(".office_page", message, public_id=public_id)
    given = {"reviewing": form} if isinstance(form, ReviewForm) else {"scheduling": form} if form else {}
    return web.invalid("notices/check.html", form, error=error, **(_checked(notice, draft) | given))


@blueprint.get("/office/<code>/notices/<public_id>/published")
@requires("notices.read")
def published(code: str, public_id: str) -> Answer:
    """The confirmation: its index number, and where everybody can read it."""
    notice = load(public_id)
    if notice.status != NoticeStatus.PUBLISHED:
        return web.go(".office_page", public_id=public_id)
    return web.page("notices/published.html", notice=notice, version=desk.get_current(notice), base_url=_base_url())


@blueprint.post("/office/<code>/notices/<public_id>/correct")
@requires(WRITE)
def correct(code: str, public_id: str) -> Response:
    """Begin a correction, or go on with the one that somebody began."""
    try:
        services.begin_correction(current_user, load(public_id))
    except RuleError as error:
        db.session.rollback()
        return web.go(".office_page", error.message, public_id=public_id)
    db.session.commit()
    return web.go(".edit", public_id=public_id)


@blueprint.get("/office/<code>/notices/<public_id>/discard")
@requires(WRITE)
def ask_discard(code: str, public_id: str) -> Answer:
    notice = load(public_id)
    draft = desk.get_draft(notice)
    if draft is None:
        return web.go(".office_page", _("There is no draft any more."), public_id=public_id)
    return web.page("notices/discard.html", notice=notice, draft=draft)


@blueprint.post("/office/<code>/notices/<public_id>/discard")
@requires(WRITE)
def discard(code: str, public_id: str) -> Response:
    """Throw the draft away; asked twice, the answer is the same."""
    notice = find(public_id)
    if notice is None and not desk.was_discarded(g.association, public_id):
        abort(404)
    if notice is not None and desk.get_draft(notice) is not None:
        unused = services.discard_draft(current_user, notice)
        db.session.commit()
        store.discard(unused)
    return web.go(".office_list", _("The draft is discarded."))


def _base_url() -> str:
    return str(current_app.extensions["portal.settings"].base_url)


def find(public_id: str) -> Notice | None:
    return desk.get_notice(current_user, g.association, public_id)


def load(public_id: str) -> Notice:
    """The notice, if it is this association's and the reader may see it."""
    return find(public_id) or abort(404)
