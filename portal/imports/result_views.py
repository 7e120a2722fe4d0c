"""After the check: every row with its verdict, the officer's choices, taking in, the result, the faults, undoing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, request
from flask_login import current_user

from portal.core import access, downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, ngettext
from portal.core.paging import page_number, paginate
from portal.imports import contents, exports, queries, reasons, services, tasks, undoing
from portal.imports.forms import ChoiceForm, ConfirmForm, PlainForm
from portal.imports.models import OUTCOMES, ImportRow, ImportState, RegisterImport, RowVerdict
from portal.imports.views import WRITE, blueprint, load, send
from portal.people.queries import version_in_force

UNDER_WAY = (ImportState.CHECKING, ImportState.CHECKED, ImportState.RUNNING)


@blueprint.get("/office/<code>/imports/<public_id>/rows")
@requires(WRITE, whole=True)
def rows(code: str, public_id: str) -> Any:
    """What the check found of each row."""
    shown = load(public_id)
    if queries.standing(shown) != ImportState.CHECKED:
        return web.go("imports.show", public_id=public_id)
    return _rows_page(shown, ChoiceForm(formdata=None))


def _rows_page(shown: RegisterImport, form: Any) -> str:
    verdict = _verdict()
    page = paginate(queries.rows_of(shown, verdict), page_number())
    people = queries.people_by_id(access.reached("members.read"), [row.matched_id for row in page.rows])
    context = {"page": page, "verdict": verdict, "verdicts": OUTCOMES, "people": people}
    context |= {"names": _names(shown, page.rows), "undecided": queries.count_undecided(shown), "said": reasons.shown}
    context["counts"] = queries.count_by_outcome(shown)
    return web.page("imports/rows.html", shown=shown, form=form, **context)


def _verdict() -> str:
    asked = request.args.get("verdict", "")
    return asked if asked in OUTCOMES else ""


@blueprint.get("/office/<code>/imports/<public_id>/rows/list.<any(xlsx, csv):form>")
@requires(WRITE, whole=True)
def rows_file(code: str, public_id: str, form: str) -> Any:
    """The same rows as a file."""
    shown = load(public_id)
    if queries.standing(shown) != ImportState.CHECKED:
        return web.go("imports.show", public_id=public_id)
    statement = queries.rows_of(shown, _verdict())
    found = db.session.scalars(statement).all()
    people = queries.people_by_id(access.reached("members.read"), [row.matched_id for row in found if row.matched_id])
    file = exports.rows(statement, found, _names(shown, found), people, _("Rows of the file"))
    return downloads.send(form, file, "imports.office_list")


def _names(shown: RegisterImport, found: Sequence[ImportRow]) -> dict[int, str]:
    """The names in the file for these rows: no other cell is shown, and nothing of it is in the database."""
    file = contents.load(shown.file_key)
    column = next((int(index) for index, field in shown.mapping.items() if field == "name"), None)
    if file is None or column is None:
        return {}
    table = services.table_of(shown, file)
    place = [index for index, _heading in table.columns].index(column)
    wanted = {row.number for row in found}
    return {n: cells[place] for n, cells in zip(table.numbers, table.rows, strict=True) if n in wanted}


@blueprint.post("/office/<code>/imports/<public_id>/rows/<int(max=9999999):number>")
@requires(WRITE, whole=True)
def choose(code: str, public_id: str, number: int) -> Any:
    """The officer's choice for one row that is perhaps in the register."""
    shown = load(public_id)
    row, form = queries.get_row(shown, number) or abort(404), ChoiceForm()
    if queries.standing(shown) != ImportState.CHECKED:
        return web.go("imports.show", public_id=public_id)
    try:
        if form.validate():
            services.choose(row, str(form.choice.data))
    except RuleError as error:
        web.undo()
        return _back(public_id, str(error), "warning")
    db.session.commit()
    return _back(public_id)


@blueprint.post("/office/<code>/imports/<public_id>/rows")
@requires(WRITE, whole=True)
def choose_all(code: str, public_id: str) -> Any:
    """The same choice for all rows that wait for one."""
    shown, form = load(public_id), ChoiceForm()
    if queries.standing(shown) != ImportState.CHECKED:
        return web.go("imports.show", public_id=public_id)
    chosen = 0
    if form.validate():
        waiting = db.session.scalars(queries.rows_of(shown, RowVerdict.POSSIBLE)).all()
        chosen = services.choose_all(waiting, str(form.choice.data))
    db.session.commit()
    return _back(public_id, ngettext("Chosen for %(num)d row.", "Chosen for %(num)d rows.", chosen))


def _back(public_id: str, message: str = "", tone: str = "done") -> Response:
    """The list of rows again, at the page and filter where the officer was."""
    if message:
        flash(message, tone)
    kept = {name: request.args[name] for name in ("verdict", "page") if name in request.args}
    return web.go("imports.rows", public_id=public_id, **kept)


@blueprint.route("/office/<code>/imports/<public_id>/confirm", methods=["GET", "POST"])
@requires(WRITE, whole=True)
def confirm(code: str, public_id: str) -> Any:
    """Say what will happen, and have it stated that the forms are held."""
    shown, form = load(public_id), ConfirmForm()
    if queries.standing(shown) != ImportState.CHECKED:
        return web.go("imports.show", public_id=public_id)
    context: dict[str, Any] = {"version": version_in_force(), "undecided": queries.count_undecided(shown)}
    context["counts"] = queries.count_by_outcome(shown)
    if not form.validate_on_submit():
        return web.form_page("imports/confirm.html", form, shown=shown, **context)
    try:
        job = _begin(shown)
    except RuleError as error:
        return web.refused("imports/confirm.html", form, error, shown=load(public_id), **context)
    db.session.commit()
    return send(tasks.take_in, shown, job, context["version"])


def _begin(shown: Any) -> Any:
    services.check_ready(shown)
    total = sum(shown.counts.get(verdict, 0) for verdict in RowVerdict)
    return services.start(current_user, shown, ImportState.RUNNING, "imports.take_in", [ImportState.CHECKED], total)


@blueprint.get("/office/<code>/imports/<public_id>/result")
@requires(WRITE, whole=True)
def result(code: str, public_id: str) -> Any:
    """What an import did, or why it did nothing."""
    shown = load(public_id)
    state, job = queries.standing(shown), queries.get_job(shown)
    has_file = contents.load(shown.file_key) is not None
    if state in UNDER_WAY or (state == ImportState.UPLOADED and has_file):
        return web.go("imports.show", public_id=public_id)
    return web.page("imports/result.html", shown=shown, state=state, job=job, has_file=has_file)


@blueprint.get("/office/<code>/imports/<public_id>/faults")
@requires(WRITE, whole=True)
def faults(code: str, public_id: str) -> Response:
    """The faulty rows, in the officer's own format."""
    shown = load(public_id)
    found = contents.load(shown.file_key)
    if found is None or queries.standing(shown) not in (ImportState.CHECKED, ImportState.DONE):
        abort(404)
    faulty = db.session.scalars(queries.rows_of(shown, RowVerdict.FAULTY))
    said = {row.number: row.reasons for row in faulty}
    table = services.table_of(shown, found)
    return web.download(*exports.faults_file(found, table, said, shown.file_name))


@blueprint.route("/office/<code>/imports/<public_id>/undo", methods=["GET", "POST"])
@requires(WRITE, whole=True)
def undo(code: str, public_id: str) -> Any:
    """Take a whole import out again, as long as nothing has been built on it."""
    shown, form = load(public_id), PlainForm()
    if shown.state != ImportState.DONE:
        return web.go("imports.show", public_id=public_id)
    in_the_way = undoing.obstacles(undoing.made_by(shown))
    if in_the_way or not form.validate_on_submit():
        page = web.page("imports/undo.html", form=form, shown=shown, obstacles=in_the_way)
        return page, 409 if form.is_submitted() and in_the_way else 200
    try:
        job = services.start(current_user, shown, ImportState.DONE, "imports.undo", [ImportState.DONE], 0)
    except RuleError as error:
        return web.refused("imports/undo.html", form, error, shown=load(public_id), obstacles=[])
    db.session.commit()
    return send(tasks.undo, shown, job)
