"""A bank's file on its way: brought, its columns, what it holds, taken in, what became of it."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, abort, current_app, g

from portal.accounts.reader import me
from portal.bank import contents, exports, fields, queries, reading, reasons, services, tasks
from portal.bank.blueprint import blueprint
from portal.bank.forms import PlainForm, UploadForm, columns_form
from portal.bank.models import BankFile, FileState
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.core.jobs import queue
from portal.core.paging import page_number, paginate
from portal.core.spreadsheets import SpreadsheetError
from portal.imports.reasons import letters
from portal.payments.models import Method

RIGHT = services.RIGHT
ROWS = 150_000
SAMPLE, FAULTS = 5, 20
UNDER_WAY = (FileState.CHECKING, FileState.RUNNING)


@blueprint.get("/office/<code>/dues/bank/files")
@requires(RIGHT, whole=True)
def files(code: str) -> str:
    """Every file, with what became of its lines."""
    page = paginate(queries.files_of(g.association), page_number())
    return web.page("bank/files.html", page=page, counts=queries.counts_by_file(page.rows))


@blueprint.get("/office/<code>/dues/bank/files/list.<any(xlsx, csv):form>")
@requires(RIGHT, whole=True)
def files_file(code: str, form: str) -> Response:
    """The same as a file."""
    file = exports.files(queries.files_of(g.association), g.association.time_zone)
    return downloads.send(form, file, "bank.files")


@blueprint.route("/office/<code>/dues/bank/files/new", methods=["GET", "POST"])
@requires(RIGHT, whole=True)
def upload(code: str) -> Any:
    """A file comes in."""
    form = UploadForm()
    if not form.validate_on_submit():
        return web.form_page("bank/upload.html", form)
    try:
        file = _receive(form)
    except SpreadsheetError as error:
        return web.refused("bank/upload.html", form, RuleError("file", str(error)))
    db.session.commit()
    queue.send(tasks.clear_old)
    queue.send_later(contents.KEPT_FOR, tasks.clear_old)
    return web.go("bank.columns", public_id=file.public_id)


def _receive(form: UploadForm) -> BankFile:
    """Read the file and keep it. While it is read no transaction keeps others waiting."""
    given = form.file.data
    web.undo()
    content = given.read()
    table = reading.read_file(content, max(ROWS, current_app.config["IMPORT_ROWS"]))
    key = contents.keep(table.headings, table.rows)
    way = queries.method_of(g.association, table.headings)
    way = way or (Method.MOBILE if fields.is_mobile(table.headings) else Method.TRANSFER)
    digest = hashlib.sha256(content).hexdigest()
    return services.begin(me(), g.association, str(given.filename or ""), digest, table, key, way)


def load(public_id: str) -> BankFile:
    """The association's file; anything else is 404."""
    return queries.get_file(g.association, public_id) or abort(404)


@blueprint.route("/office/<code>/dues/bank/files/<public_id>/columns", methods=["GET", "POST"])
@requires(RIGHT, whole=True)
def columns(code: str, public_id: str) -> Any:
    """Which column holds what. Sending it begins the check."""
    file = load(public_id)
    if queries.standing(file) not in services.OPEN or not contents.has(file.file_key):
        return web.go("bank.file", public_id=public_id)
    form = _columns_form(file)
    if not form.validate_on_submit():
        return _columns_page(file, form)
    try:
        job = _check(file, form)
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return _columns_page(load(public_id), form)
    db.session.commit()
    queue.send(tasks.check, job.public_id, file.id)
    return web.go("bank.file", public_id=public_id)


def _check(file: BankFile, form: Any) -> Any:
    services.name_columns(file, form.mapping, form.method.data)
    return services.start(me(), file, FileState.CHECKING, "bank.check")


def _columns_form(file: BankFile) -> Any:
    """What was said before, else what can be guessed."""
    columns = list(enumerate(file.details["headings"]))
    said = {int(column): name for column, name in file.columns.items()}
    mapping = said or fields.guess(columns, queries.said_of(g.association))
    known = {f"column_{index}": mapping.get(index, "") for index, _heading in columns}
    return columns_form(columns, method=file.method, **known)


def _columns_page(file: BankFile, form: Any) -> Any:
    rows = contents.rows(file.file_key)
    sample = [row.cells for row, _n in zip(rows, range(SAMPLE), strict=False)]
    return web.form_page("bank/columns.html", form, file=file, sample=sample, before=queries.taken_before(file))


@blueprint.get("/office/<code>/dues/bank/files/<public_id>")
@requires(RIGHT, whole=True)
def file(code: str, public_id: str) -> Any:
    """Where the file stands: how far its work is, what was found, what became of its lines."""
    shown = load(public_id)
    state, job = queries.standing(shown), queries.get_job(shown)
    if state in UNDER_WAY or (job is not None and job.state in ("waiting", "running")):
        return web.page("bank/_wait.html" if web.htmx else "bank/wait.html", file=shown, job=job)
    if web.htmx:  # the page that waited is drawn anew
        return Response(status=204, headers={"HX-Refresh": "true"})
    if state == FileState.UPLOADED and contents.has(shown.file_key):
        return web.go("bank.columns", public_id=public_id)
    return _file_page(shown, state, PlainForm())


def _file_page(shown: BankFile, state: str, form: Any, error: RuleError | None = None) -> Any:
    faults = [
        (f"{letters(column)}{row}" if column is not None else str(row), str(reasons.FAULTS[code]))
        for row, code, column in shown.details.get("faults", ())[:FAULTS]
    ]
    context = {
        "file": shown, "state": state, "job": queries.get_job(shown), "faults": faults,
        "counts": queries.counts_by_file([shown]).get(shown.id, {}), "has_file": contents.has(shown.file_key),
    }  # fmt: skip
    if error is not None:
        return web.refused("bank/file.html", form, error, **context)
    return web.page("bank/file.html", form=form, **context)


@blueprint.post("/office/<code>/dues/bank/files/<public_id>/take")
@requires(RIGHT, whole=True)
def take(code: str, public_id: str) -> Any:
    """Take in what was shown."""
    shown, form = load(public_id), PlainForm()
    state = queries.standing(shown)
    if not form.validate_on_submit() or state not in (FileState.CHECKED, FileState.FAILED):
        return web.go("bank.file", public_id=public_id)
    try:
        job = services.start(me(), shown, FileState.RUNNING, "bank.take_in")
    except RuleError as error:
        return _file_page(shown, state, form, error)
    db.session.commit()
    queue.send(tasks.take_in, job.public_id, shown.id, me().id)
    return web.go("bank.file", public_id=public_id)


@blueprint.route("/office/<code>/dues/bank/files/<public_id>/discard", methods=["GET", "POST"])
@requires(RIGHT, whole=True)
def discard(code: str, public_id: str) -> Any:
    """Let a file go that is not taken in."""
    shown, form = load(public_id), PlainForm()
    if not form.validate_on_submit():
        return web.form_page("bank/discard.html", form, file=shown)
    try:
        key = services.discard(me(), shown)
    except RuleError as error:
        return web.refused("bank/discard.html", form, error, file=load(public_id))
    db.session.commit()
    contents.remove(key)
    return web.go("bank.files", _("The file was discarded; nothing of it is kept."))


@blueprint.get("/office/<code>/dues/bank/files/<public_id>/faults")
@requires(RIGHT, whole=True)
def faults(code: str, public_id: str) -> Response:
    """The rows that could not be read, to look at."""
    shown = load(public_id)
    if not contents.has(shown.file_key) or not shown.details.get("faults"):
        abort(404)
    return web.download(*exports.faults(shown))
