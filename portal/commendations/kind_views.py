"""The federation's kinds of commendation, where they are changed."""

from __future__ import annotations

from typing import Any

from flask import abort, g
from flask_login import current_user

from portal.associations.topmost import topmost
from portal.commendations import kinds as lists
from portal.commendations import queries
from portal.commendations.blueprint import blueprint
from portal.commendations.forms import KindForm, NewKindForm, PlainForm
from portal.commendations.models import CommendationKind
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import OrderForm
from portal.core.i18n import _

MANAGE = "associations.manage"


@blueprint.get("/office/<code>/commendations/kinds")
@requires(MANAGE)
def manage_kinds(code: str) -> str:
    return _page(OrderForm(formdata=None))


def _page(form: Any) -> str:
    root = topmost()
    return web.page(
        "commendations/kinds.html",
        kinds=queries.list_kinds(root.id),
        ended=queries.list_ended_kinds(root.id),
        counts=queries.count_by_kind(root.id),
        form=form,
    )


@blueprint.route("/office/<code>/commendations/kinds/add", methods=["GET", "POST"])
@requires(MANAGE)
def add_kind(code: str) -> Any:
    root, form = topmost(), NewKindForm()
    if not form.validate_on_submit():
        return web.form_page("commendations/kind_form.html", form, kind=None)
    try:
        made = lists.add_kind(current_user, root, str(form.name.data), str(form.scope.data), form.english.data or "")
    except RuleError as error:
        return web.refused("commendations/kind_form.html", form, error, kind=None)
    db.session.commit()
    return web.go(".manage_kinds", _("“%(name)s” was added.", name=made.name))


@blueprint.route("/office/<code>/commendations/kinds/<public_id>", methods=["GET", "POST"])
@requires(MANAGE)
def rename_kind(code: str, public_id: str) -> Any:
    kind = _kind(public_id)
    form = KindForm(obj=kind)
    if not form.validate_on_submit():
        return web.form_page("commendations/kind_form.html", form, kind=kind)
    try:
        lists.rename_kind(current_user, kind, str(form.name.data), form.english.data or "")
    except RuleError as error:
        return web.refused("commendations/kind_form.html", form, error, kind=_kind(public_id))
    db.session.commit()
    return web.go(".manage_kinds", _("The name was changed."))


@blueprint.post("/office/<code>/commendations/kinds/<public_id>/order")
@requires(MANAGE)
def order_kind(code: str, public_id: str) -> Any:
    """One step up or down in the list."""
    kind, form = _kind(public_id), OrderForm()
    if not form.validate_on_submit():
        abort(400)
    lists.order_kind(current_user, topmost(), kind, up=form.is_up)
    db.session.commit()
    return web.go(".manage_kinds", _anchor=f"kind-{public_id}")


@blueprint.route("/office/<code>/commendations/kinds/<public_id>/end", methods=["GET", "POST"])
@requires(MANAGE)
def end_kind(code: str, public_id: str) -> Any:
    """Asks once more: no new call names it."""
    kind, form = _kind(public_id), PlainForm()
    held = queries.count_by_kind(topmost().id).get(kind.id, 0)
    if not form.validate_on_submit():
        return web.form_page("commendations/kind_end.html", form, kind=kind, held=held)
    lists.end_kind(current_user, kind)
    db.session.commit()
    return web.go(".manage_kinds", _("“%(name)s” cannot be chosen any more.", name=kind.name))


@blueprint.post("/office/<code>/commendations/kinds/<public_id>/restore")
@requires(MANAGE)
def restore_kind(code: str, public_id: str) -> Any:
    """What had ended can be chosen again."""
    kind = _kind(public_id, ended=True)
    try:
        lists.restore_kind(current_user, topmost(), kind)
    except RuleError as error:
        web.undo()
        form = OrderForm(formdata=None)
        form.refuse(error)
        g.form_failed = True
        return _page(form), 422
    db.session.commit()
    return web.go(".manage_kinds", _("“%(name)s” can be chosen again.", name=kind.name))


def _kind(public_id: str, *, ended: bool = False) -> CommendationKind:
    found = queries.get_kind(topmost().id, public_id)
    return found if found is not None and (found.ended_on is not None) == ended else abort(404)
