"""What a federation settles for all its associations: the kinds of membership and how numbers are made."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user

from portal.associations.models import Association
from portal.associations.topmost import topmost
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import BaseForm, OrderForm
from portal.core.i18n import _
from portal.members import exports, kind_queries, kinds, numbers, queries
from portal.members.blueprint import blueprint
from portal.members.forms import KindForm, NewKindForm, SchemeForm
from portal.members.models import Holder, MembershipKind

MANAGE = "associations.manage"


@blueprint.get("/office/<code>/kinds")
@requires(MANAGE)
def list_kinds(code: str) -> str:
    """The kinds in use with how many memberships each has, the ended ones below, and the scheme of numbers."""
    return _page(OrderForm())


@blueprint.get("/office/<code>/kinds/list.<any(xlsx, csv):form>")
@requires(MANAGE)
def kinds_file(code: str, form: str) -> Response:
    """The kinds as a file, those in use no longer at the end."""
    root = topmost()
    found = [*queries.list_kinds(root), *kind_queries.list_ended(root)]
    return downloads.send(form, exports.kinds(found, kind_queries.count_by_kind(root)), "members.list_kinds")


def _page(form: Any) -> str:
    root = topmost()
    pattern, digits = numbers.scheme_of(root)
    return web.page(
        "members/kinds.html",
        kinds=queries.list_kinds(root),
        ended=kind_queries.list_ended(root),
        counts=kind_queries.count_by_kind(root),
        holders=Holder.labels(),
        pattern=pattern,
        digits=digits,
        examples=_examples(root, pattern, digits),
        form=form,
    )


@blueprint.route("/office/<code>/kinds/add", methods=["GET", "POST"])
@requires(MANAGE)
def add_kind(code: str) -> Any:
    root, form = topmost(), NewKindForm()
    if not form.validate_on_submit():
        return web.form_page("members/kind_form.html", form, kind=None)
    try:
        holder = Holder(form.holder.data)
        kind = kinds.add_kind(current_user, root, str(form.name.data), holder, bool(form.is_open.data))
    except RuleError as error:
        return web.refused("members/kind_form.html", form, error, kind=None)
    db.session.commit()
    return web.go("members.list_kinds", _("The kind “%(name)s” was added.", name=kind.name))


@blueprint.route("/office/<code>/kinds/<public_id>", methods=["GET", "POST"])
@requires(MANAGE)
def edit_kind(code: str, public_id: str) -> Any:
    kind = _kind(public_id)
    form = KindForm(obj=kind)
    if not form.validate_on_submit():
        return web.form_page("members/kind_form.html", form, kind=kind)
    try:
        kinds.update_kind(current_user, kind, str(form.name.data), bool(form.is_open.data))
    except RuleError as error:
        return web.refused("members/kind_form.html", form, error, kind=_kind(public_id))
    db.session.commit()
    return web.go("members.list_kinds", _("The kind was changed."))


@blueprint.post("/office/<code>/kinds/<public_id>/order")
@requires(MANAGE)
def order_kind(code: str, public_id: str) -> Any:
    """One step up or down in the list."""
    kind, form = _kind(public_id), OrderForm()
    if not form.validate_on_submit():
        abort(400)
    kinds.order_kind(current_user, g.association, kind, up=form.is_up)
    db.session.commit()
    return web.go("members.list_kinds", _anchor=f"kind-{public_id}")


@blueprint.route("/office/<code>/kinds/<public_id>/end", methods=["GET", "POST"])
@requires(MANAGE)
def end_kind(code: str, public_id: str) -> Any:
    """Asks once more: nobody joins as this any more."""
    kind, form = _kind(public_id), BaseForm()
    held = kind_queries.count_by_kind(g.association).get(kind.id, 0)
    if not form.validate_on_submit():
        return web.form_page("members/kind_end.html", form, kind=kind, held=held)
    try:
        kinds.end_kind(current_user, g.association, kind)
    except RuleError as error:
        return web.refused("members/kind_end.html", form, error, kind=_kind(public_id), held=held)
    db.session.commit()
    return web.go("members.list_kinds", _("Nobody joins as “%(name)s” any more.", name=kind.name))


@blueprint.post("/office/<code>/kinds/<public_id>/restore")
@requires(MANAGE)
def restore_kind(code: str, public_id: str) -> Any:
    """A kind that had ended is in use again."""
    kind = _kind(public_id, ended=True)
    try:
        kinds.restore_kind(current_user, g.association, kind)
    except RuleError as error:
        web.undo()
        form = OrderForm(formdata=None)
        form.refuse(error)
        g.form_failed = True
        return _page(form), 422
    db.session.commit()
    return web.go("members.list_kinds", _("“%(name)s” is in use again.", name=kind.name))


@blueprint.route("/office/<code>/number-scheme", methods=["GET", "POST"])
@requires(MANAGE)
def number_scheme(code: str) -> Any:
    """The pattern and the digits; first what the next numbers would be, then it is settled."""
    root, form, now = topmost(), SchemeForm(), numbers.scheme_of(topmost())
    if not form.is_submitted():
        form.pattern.data, form.digits.data = now
    context: dict[str, Any] = {"now": now, "given": _examples(root, *now), "examples": None}
    if not form.validate_on_submit():
        return web.form_page("members/number_scheme.html", form, **context)
    pattern, digits = numbers.tidy(str(form.pattern.data)), form.digits.data or 0
    try:
        numbers.check_pattern(pattern, digits)
        if request.form.get("settle") != "yes":
            context["examples"] = _examples(root, pattern, digits)
            return web.page("members/number_scheme.html", form=form, **context)
        numbers.set_scheme(current_user, root, pattern, digits)
    except RuleError as error:
        return web.refused("members/number_scheme.html", form, error, **context)
    db.session.commit()
    return web.go("members.list_kinds", _("New members are numbered so from now on."))


def _examples(root: Association, pattern: str, digits: int) -> list[tuple[str, str]]:
    """The next number at some associations."""
    places = kind_queries.list_examples(root)
    return [(place.display_name, numbers.preview(pattern, digits, place, today())) for place in places]


def _kind(public_id: str, *, ended: bool = False) -> MembershipKind:
    found = kind_queries.get_kind(topmost(), public_id)
    return found if found is not None and (found.ended_on is not None) == ended else abort(404)
