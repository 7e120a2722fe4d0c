"""Files of a notice: the office adds, describes and takes them out; everybody reads those of what is published."""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import Any

from flask import Response, abort, request
from flask_login import current_user

from portal.core import web
from portal.core.access import can, public, requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.files import store
from portal.core.i18n import _
from portal.core.stored import stored_file
from portal.notices import attachments, desk
from portal.notices.blueprint import blueprint
from portal.notices.drafting import Answer
from portal.notices.forms import AttachForm, DescribeForm
from portal.notices.models import Notice, NoticeAttachment, NoticeVersion
from portal.notices.writing_views import WRITE, load

PAGE = "notices/files.html"
# A picture of 60 megapixels takes 200 MB while it is made smaller: two at a time in each process.
_gate = BoundedSemaphore(2)


@blueprint.get("/office/<code>/notices/<public_id>/files")
@requires(WRITE)
def draft_files(code: str, public_id: str) -> Answer:
    notice, draft = _load(public_id)
    return web.page(PAGE, **_around(notice, draft))


@blueprint.post("/office/<code>/notices/<public_id>/files")
@requires(WRITE)
def attach(code: str, public_id: str) -> Answer:
    """Take in one file, or several at once; what is wrong with one keeps none of them."""
    notice, draft = _load(public_id)
    form = AttachForm()
    try:
        if not form.validate():
            return web.invalid(PAGE, form, **_around(notice, draft) | {"add": form})
        sent = _receive()
        for one in sent:
            attachments.attach(current_user, load(public_id), one, form.alternative.data or "")
    except RuleError as error:
        web.undo()
        return web.refused(PAGE, form, error, **_around(*_load(public_id)) | {"add": form})
    db.session.commit()
    return web.go(".draft_files", _("The files are attached."), public_id=public_id)


@blueprint.post("/office/<code>/notices/<public_id>/files/<file_id>")
@requires(WRITE)
def describe(code: str, public_id: str, file_id: str) -> Answer:
    notice, draft = _load(public_id)
    form = _of(file_id)
    try:
        if not form.validate():
            return web.invalid(PAGE, form, **_around(notice, draft, form))
        attachments.describe(current_user, notice, _find(draft, file_id), form.alternative.data or "")
    except RuleError as error:
        return web.refused(PAGE, form, error, **_around(notice, draft, form))
    db.session.commit()
    return web.go(".draft_files", _("The description is saved."), public_id=public_id)


@blueprint.post("/office/<code>/notices/<public_id>/files/<file_id>/remove")
@requires(WRITE)
def detach(code: str, public_id: str, file_id: str) -> Response:
    notice, draft = _load(public_id)
    try:
        unused = attachments.remove(current_user, notice, _find(draft, file_id))
    except RuleError as error:
        web.undo()
        return web.go(".office_page", error.message, public_id=public_id)
    db.session.commit()
    store.discard(unused)
    return web.go(".draft_files", _("The file is taken out."), public_id=public_id)


@blueprint.get("/notices/files/<file_id>")
@public
def file(file_id: str) -> Response:
    """A file of a published version; of a draft for who may read it. Pictures are shown, all else is saved."""
    row = attachments.get_public(file_id) or _drafted(file_id) or abort(404)
    return stored_file(row.key, row.name, row.media_type, as_attachment=row.media_type != attachments.PICTURE)


def _drafted(file_id: str) -> NoticeAttachment | None:
    found = attachments.get_drafted(file_id) if current_user.is_authenticated else None
    if found is None or not can("notices.read", desk.get_association_of(found[1])):
        return None
    return found[0]


def _receive() -> list[attachments.Sent]:
    files = [file for file in request.files.getlist("file") if file.filename]
    if not files:
        raise RuleError("file", _("Choose a file."))
    if len(files) > attachments.MOST:
        raise RuleError("file", _("At most %(count)s files.", count=attachments.MOST))
    web.undo()  # the access check began a writing transaction: nobody waits while pictures are made smaller
    sent = []
    for file in files:
        try:
            with _gate:
                sent.append(attachments.take_in(file.filename or "", file.read()))
        except RuleError as error:
            raise RuleError("file", f"{file.filename}{_(': ')}{error}") from error
    return sent


def _load(public_id: str) -> tuple[Notice, NoticeVersion]:
    notice = load(public_id)
    return notice, desk.get_draft(notice) or abort(404)


def _find(draft: NoticeVersion, file_id: str) -> NoticeAttachment:
    return attachments.get(draft, file_id) or abort(404)


def _around(notice: Notice, draft: NoticeVersion, sent: DescribeForm | None = None) -> dict[str, Any]:
    """The files, each with a form of its own; what was refused stands as it was sent."""
    rows = attachments.list_of(draft)
    forms = {row.public_id: _of(row.public_id, formdata=None, data={"alternative": row.alternative}) for row in rows}
    if sent is not None:
        forms[sent.file_id] = sent
    add = AttachForm(formdata=None)
    return {"notice": notice, "draft": draft, "rows": rows, "forms": forms, "add": add}


def _of(file_id: str, **values: Any) -> DescribeForm:
    """The form of one file; its field has an id of its own, so that a message leads to it."""
    form = DescribeForm(**values)
    form.file_id, form.alternative.id = file_id, f"alternative-{file_id}"
    return form
