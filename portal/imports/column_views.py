"""What was guessed of a file, and what the officer says: the sheet, the columns, what stands in; then the check."""

from __future__ import annotations

from typing import Any

from flask import abort, g
from flask_login import current_user

from portal.associations.queries import list_groups
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.identity import LENGTH, mask_identity, normalise_identity
from portal.imports import contents, fields, queries, services, tasks
from portal.imports.contents import Contents, Table
from portal.imports.forms import SheetForm, columns_form
from portal.imports.models import ImportState, RegisterImport
from portal.imports.views import WRITE, blueprint, load, send
from portal.members.queries import list_kinds

SAMPLE = 5


@blueprint.route("/office/<code>/imports/<public_id>/columns", methods=["GET", "POST"])
@requires(WRITE, whole=True)
def columns(code: str, public_id: str) -> Any:
    """Which column is which field. Sending it begins the check."""
    shown = load(public_id)
    if (found := opened(shown)) is None:
        return web.go("imports.result", public_id=public_id)
    table = services.table_of(shown, found)
    form = columns_form(table.columns, list_kinds(g.association), list_groups(g.association), **_known(shown, table))
    if not form.validate_on_submit():
        return _page(shown, found, table, form, 422 if form.is_submitted() else 200)
    try:
        job = _check(shown, table, form)
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return _page(load(public_id), found, table, form, 422)
    db.session.commit()
    return send(tasks.check, shown, job)


def _check(shown: Any, table: Any, form: Any) -> Any:
    services.name_columns(shown, table, form.mapping, _options(form))
    count = len(table.rows)
    return services.start(current_user, shown, ImportState.CHECKING, "imports.check", [shown.state], count)


def opened(shown: RegisterImport) -> Contents | None:
    """The file of an import that can still be worked on."""
    if queries.standing(shown) not in services.CHECKABLE:
        return None
    return contents.load(shown.file_key)


def _known(shown: RegisterImport, table: Table) -> dict[str, Any]:
    """What the form begins with: what was said before, else what can be guessed."""
    said = {int(column): name for column, name in shown.mapping.items()}
    mapping = said or fields.guess(table.columns, queries.remembered(g.association))
    kinds = list_kinds(g.association)
    first = {"kind": kinds[0].public_id if kinds else "", "joined_on": today().isoformat(), "missing_group": "refuse"}
    known = first | shown.options
    known["joined_on"] = today().fromisoformat(known["joined_on"])
    return known | {f"column_{index}": mapping.get(index, "") for index, _heading in table.columns}


def masked(cell: str) -> str:
    """What stands in a cell; of an identity number not the date of birth, should somebody look over a shoulder."""
    plain = normalise_identity(cell)
    return mask_identity(plain) if len(plain) == LENGTH and plain[:-1].isdecimal() else cell


def _options(form: Any) -> dict[str, Any]:
    return {
        "kind": form.kind.data,
        "group": form.group.data or "",
        "joined_on": form.joined_on.data.isoformat(),
        "missing_group": form.missing_group.data,
    }


def _page(shown: RegisterImport, found: Contents, table: Table, form: Any, status: int) -> Any:
    sheets = SheetForm(formdata=None, sheet=found.tables.index(table))
    sheets.sheet.choices = choices(enumerate(one.name for one in found.tables))
    sample = [[masked(cell) for cell in row] for row in table.rows[:SAMPLE]]
    context = {"shown": shown, "found": found, "table": table, "sample": sample, "sheets": sheets}
    if status != 200:
        return web.invalid("imports/columns.html", form, **context)
    return web.page("imports/columns.html", form=form, **context)


@blueprint.post("/office/<code>/imports/<public_id>/sheet")
@requires(WRITE, whole=True)
def sheet(code: str, public_id: str) -> Any:
    """Another sheet of the workbook."""
    shown = load(public_id)
    found, form = opened(shown) or abort(404), SheetForm()
    form.sheet.choices = choices(enumerate(one.name for one in found.tables))
    if form.validate_on_submit():
        try:
            services.choose_sheet(shown, found, form.sheet.data)
        except RuleError:
            abort(404)
        db.session.commit()
    return web.go("imports.columns", public_id=public_id)
