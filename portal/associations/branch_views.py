"""The associations below an office: listed, added, moved, archived, restored. Each asks before it acts."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user
from sqlalchemy import select

from portal.associations import directory_queries, exports, queries, services, ties
from portal.associations.forms import FORMATION_CHOICES, NewAssociationForm
from portal.associations.models import Association, Formation, Level
from portal.associations.views import LIST_PAGE, blueprint
from portal.core import access, downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import BaseForm, choices
from portal.core.i18n import _
from portal.core.paging import page_number, paginate

MANAGE = "associations.manage"
ENTER = "office.enter"  # all that an archived association allows


@blueprint.get("/office/<code>/associations")
@requires("office.enter")
def branches(code: str) -> str:
    """What stands directly below with its totals; a search looks through the whole branch."""
    text, archived = _asked()
    statement = directory_queries.listed_below(g.association, text, archived=archived)
    page = paginate(statement, page_number(), LIST_PAGE, scalars=False)
    rows = directory_queries.fill(page.rows, with_below=False)
    counts = [queries.count_children(g.association, archived=each) for each in (False, True)]
    context = {"rows": rows, "managed": _managed([row.code for row in rows]), "counts": counts}
    return web.page("associations/branches.html", page=page, text=text, archived=archived, **context)


def _managed(codes: list[str]) -> set[str]:
    """Those that the reader may move, archive or restore, by what _branch asks: entered, and managed from above."""
    above = access.visible(select(Association.id), MANAGE, Association)
    mine = select(Association.code).where(Association.code.in_(codes), Association.parent_id.in_(above))
    return set(db.session.scalars(access.visible(mine, ENTER, Association)))


@blueprint.get("/office/<code>/associations/list.<any(xlsx, csv):form>")
@requires("office.enter")
def branches_file(code: str, form: str) -> Response:
    """The same as a file."""
    text, archived = _asked()
    found = db.session.execute(directory_queries.listed_below(g.association, text, archived=archived)).all()
    return downloads.send(form, exports.branches(directory_queries.fill(found, with_below=False)))


def _asked() -> tuple[str, bool]:
    """What the address looks for, and whether among what is archived."""
    return request.args.get("q", "").strip()[:60], "archived" in request.args


@blueprint.route("/office/<code>/associations/add", methods=["GET", "POST"])
@requires(MANAGE)
def add_branch(code: str) -> Any:
    """A new association directly below this one."""
    form = NewAssociationForm()
    _offer_levels(form, g.association)
    if not form.validate_on_submit():
        return web.form_page("associations/branch_form.html", form)
    try:
        added = services.create_association(current_user, g.association, **form.values())
    except RuleError as error:
        return web.refused("associations/branch_form.html", form, error)
    db.session.commit()
    return web.go("associations.branches", _("%(name)s was added. Appoint its officers next.", name=added.name))


def _offer_levels(form: Any, parent: Association) -> None:
    """Only what can stand below the parent is offered, and chosen where there is no choice."""
    levels = services.LEVELS_BELOW[Level(parent.level)]
    form.level.choices = choices((level, level.label) for level in levels)
    is_attached = parent.level == Level.GRASSROOTS
    form.formation.choices = choices(
        (value, label) for value, label in FORMATION_CHOICES if (value == Formation.AFFILIATED) == is_attached
    )
    for field in (form.level, form.formation):
        if len(field.choices) == 1 and not form.is_submitted():
            field.data = field.choices[0].value


@blueprint.route("/office/<code>/associations/<child>/move", methods=["GET", "POST"])
@requires(MANAGE)
def move_branch(code: str, child: str) -> Any:
    """First the new place is chosen, then what will happen is shown, then it is done."""
    branch = _branch(child, MANAGE)
    form, text = BaseForm(), request.values.get("q", "").strip()[:60]
    parent = _new_parent(request.values.get("parent"))
    if parent is None:
        candidates = access.visible(queries.new_parents(branch, g.association, text), MANAGE, Association)
        found = db.session.scalars(candidates.limit(queries.CANDIDATES + 1)).all()
        return web.page("associations/branch_move.html", branch=branch, candidates=found, text=text, form=form)
    try:
        return _move(form, branch, parent)
    except RuleError as error:
        form.refuse(error)
        return _confirm_move(form, branch, parent), 422


def _move(form: Any, branch: Association, parent: Association) -> Any:
    services.check_move(branch, parent)
    if not form.validate_on_submit():
        return _confirm_move(form, branch, parent)
    services.move_association(current_user, branch, parent)
    db.session.commit()
    message = _("%(name)s now stands below %(parent)s.", name=branch.name, parent=parent.name)
    return web.go("associations.branches", message)


def _confirm_move(form: Any, branch: Association, parent: Association) -> Any:
    g.form_failed = bool(form.form_errors)
    return web.page("associations/branch_move_confirm.html", form=form, parent=parent, **_affected(branch))


def _new_parent(code: str | None) -> Association | None:
    """Where the branch shall go: a place that the reader manages too."""
    if not code:
        return None
    parent = queries.get_association(code)
    if parent is None or not g.association.contains(parent):
        abort(404)
    return parent if access.can(MANAGE, parent) else abort(403)


@blueprint.route("/office/<code>/associations/<child>/archive", methods=["GET", "POST"])
@requires(MANAGE)
def archive_branch(code: str, child: str) -> Any:
    branch, form = _branch(child, ENTER), BaseForm()
    if not form.validate_on_submit():
        return web.form_page("associations/branch_archive.html", form, **_ending(branch))
    try:
        services.archive_association(current_user, branch)
    except RuleError as error:
        return web.refused("associations/branch_archive.html", form, error, **_ending(_branch(child, ENTER)))
    db.session.commit()
    return web.go("associations.branches", _("%(name)s is archived: it can be read, not changed.", name=branch.name))


@blueprint.route("/office/<code>/associations/<child>/restore", methods=["GET", "POST"])
@requires(MANAGE)
def restore_branch(code: str, child: str) -> Any:
    branch, form = _branch(child, ENTER), BaseForm()
    if not form.validate_on_submit():
        return web.form_page("associations/branch_restore.html", form, **_affected(branch))
    try:
        services.restore_association(current_user, branch)
    except RuleError as error:
        return web.refused("associations/branch_restore.html", form, error, **_affected(_branch(child, ENTER)))
    db.session.commit()
    return web.go("associations.branches", _("%(name)s is open again.", name=branch.name))


def _branch(child: str, right: str) -> Association:
    """The association if it stands below this office. The right to manage is asked at the one above it: what is
    archived can only be entered."""
    branch = queries.get_below(g.association, child) or abort(404)
    parent = queries.get_parent(branch)
    return branch if access.can(right, branch) and access.can(MANAGE, parent) else abort(403)


def _ending(branch: Association) -> dict[str, Any]:
    return {**_affected(branch), "bar": services.why_not_archive(branch)}


def _affected(branch: Association) -> dict[str, Any]:
    """What an act on the branch touches, for the page that asks."""
    return {
        "branch": branch,
        "old_parent": queries.get_parent(branch),
        "below": queries.count_below(branch),
        "members": ties.ask().members_below([branch.id]).get(branch.id, 0),
        "officers": ties.ask().officers_below(branch),
    }
