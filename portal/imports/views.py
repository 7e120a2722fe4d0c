"""The register from somebody's spreadsheet: the list of imports, the file, what becomes of it, letting it go."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, g
from flask_login import current_user

from portal.core import downloads, jobs, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.feature import Feature
from portal.core.i18n import _
from portal.core.jobs import queue
from portal.core.paging import page_number, paginate
from portal.core.spreadsheets import SpreadsheetError
from portal.imports import contents, exports, queries, services, tasks
from portal.imports.forms import PlainForm, UploadForm
from portal.imports.models import ImportState, RegisterImport

WRITE = "members.write"
blueprint = Blueprint("imports", __name__)

feature = Feature("imports", blueprint)


def load(public_id: str) -> RegisterImport:
    """The association's import; anything else is 404."""
    return queries.get_import(g.association, public_id) or abort(404)


@blueprint.get("/office/<code>/imports")
@requires(WRITE, whole=True)
def office_list(code: str) -> str:
    """Every import of the association, with what became of it."""
    page = paginate(queries.imports_of(g.association), page_number())
    return web.page("imports/list.html", page=page)


@blueprint.get("/office/<code>/imports/list.<any(xlsx, csv):form>")
@requires(WRITE, whole=True)
def download(code: str, form: str) -> Response:
    """The same as a file."""
    file = exports.imports(queries.imports_of(g.association), g.association.time_zone)
    return downloads.send(form, file, "imports.office_list")


@blueprint.route("/office/<code>/imports/new", methods=["GET", "POST"])
@requires(WRITE, whole=True)
def new(code: str) -> Any:
    """A file comes in."""
    form = UploadForm()
    if not form.validate_on_submit():
        return web.form_page("imports/new.html", form)
    try:
        shown = _receive(form)
    except SpreadsheetError as error:
        return web.refused("imports/new.html", form, RuleError("file", str(error)))
    db.session.commit()
    queue.send(tasks.clear_old)
    queue.send_later(contents.KEPT_FOR, tasks.clear_old)
    return web.go("imports.columns", public_id=shown.public_id)


def _receive(form: UploadForm) -> RegisterImport:
    """Read the file and keep what may be kept of it. While it is read no transaction keeps others waiting."""
    file = form.file.data
    web.undo()
    found = contents.read_upload(file.read(), current_app.config["IMPORT_ROWS"])
    key = contents.keep(found)
    return services.begin(current_user, g.association, str(file.filename or ""), found, key)


@blueprint.get("/office/<code>/imports/<public_id>")
@requires(WRITE, whole=True)
def show(code: str, public_id: str) -> Any:
    """Where an import stands: the page of its state."""
    shown = load(public_id)
    state = queries.standing(shown)
    if state in (ImportState.CHECKING, ImportState.RUNNING) or _is_busy(shown):
        template = "imports/_wait.html" if web.htmx else "imports/wait.html"
        return web.page(template, shown=shown, job=queries.get_job(shown))
    if web.htmx:  # the page that waited is drawn anew
        return Response(status=204, headers={"HX-Refresh": "true"})
    if state == ImportState.UPLOADED:
        return web.go("imports.columns", public_id=public_id)
    return web.go("imports.rows" if state == ImportState.CHECKED else "imports.result", public_id=public_id)


def _is_busy(shown: RegisterImport) -> bool:
    job = queries.get_job(shown)
    return job is not None and job.state in ("waiting", "running")


def send(task: Any, shown: RegisterImport, job: jobs.Job, *more: Any) -> Response:
    """After the commit: hand the work over and go to the page that waits for it."""
    queue.send(task, job.public_id, shown.id, *more)
    return web.go("imports.show", public_id=shown.public_id)


@blueprint.route("/office/<code>/imports/<public_id>/discard", methods=["GET", "POST"])
@requires(WRITE, whole=True)
def discard(code: str, public_id: str) -> Any:
    """Let an import go that is not taken in, and its file with it."""
    shown, form = load(public_id), PlainForm()
    if not form.validate_on_submit():
        return web.form_page("imports/discard.html", form, shown=shown)
    try:
        key = services.discard(current_user, shown)
    except RuleError as error:
        return web.refused("imports/discard.html", form, error, shown=load(public_id))
    db.session.commit()
    contents.remove(key)
    return web.go("imports.office_list", _("The import was discarded; the file is gone."))


from portal.imports import column_views, result_views  # noqa: E402, F401 - their routes belong to this blueprint
