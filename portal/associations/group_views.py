"""The office's groups: listed with their leaders, added, renamed, ordered, ended."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g
from flask_login import current_user

from portal.associations import exports, group_services, queries, ties
from portal.associations.forms import GroupForm
from portal.associations.models import Group
from portal.associations.views import blueprint
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import BaseForm, OrderForm
from portal.core.i18n import _


@blueprint.get("/office/<code>/groups")
@requires("office.enter")
def groups(code: str) -> str:
    """Every group with its area, its leaders and how many people belong to it; the ended ones below."""
    return web.page(
        "associations/groups.html",
        groups=queries.list_groups(g.association),
        ended=queries.list_ended_groups(g.association),
        ties=ties.ask().groups(g.association),
        nobody=ties.GroupTies(),
        form=OrderForm(),
    )


@blueprint.get("/office/<code>/groups/list.<any(xlsx, csv):form>")
@requires("office.enter")
def groups_file(code: str, form: str) -> Response:
    """The same as a file."""
    live, ended = queries.list_groups(g.association), queries.list_ended_groups(g.association)
    return downloads.send(form, exports.groups(live, ended, ties.ask().groups(g.association)))


@blueprint.route("/office/<code>/groups/add", methods=["GET", "POST"])
@requires("associations.manage")
def add_group(code: str) -> Any:
    form = GroupForm()
    if not form.validate_on_submit():
        return web.form_page("associations/group_form.html", form, group=None)
    try:
        group = group_services.create_group(current_user, g.association, **form.values())
    except RuleError as error:
        return web.refused("associations/group_form.html", form, error, group=None)
    db.session.commit()
    return web.go("associations.groups", _("The group “%(name)s” was added.", name=group.name))


@blueprint.route("/office/<code>/groups/<public_id>", methods=["GET", "POST"])
@requires("associations.manage")
def edit_group(code: str, public_id: str) -> Any:
    group = _group(public_id)
    form = GroupForm(obj=group)
    if not form.validate_on_submit():
        return web.form_page("associations/group_form.html", form, group=group)
    try:
        group_services.update_group(current_user, g.association, group, **form.values())
    except RuleError as error:
        return web.refused("associations/group_form.html", form, error, group=_group(public_id))
    db.session.commit()
    return web.go("associations.groups", _("The group was changed."))


@blueprint.post("/office/<code>/groups/<public_id>/order")
@requires("associations.manage")
def order_group(code: str, public_id: str) -> Any:
    """One step up or down; whoever presses twice moves it twice."""
    group, form = _group(public_id), OrderForm()
    if not form.validate_on_submit():
        abort(400)
    group_services.order_group(current_user, g.association, group, up=form.is_up)
    db.session.commit()
    return web.go("associations.groups", _anchor=f"group-{public_id}")


@blueprint.route("/office/<code>/groups/<public_id>/end", methods=["GET", "POST"])
@requires("associations.manage")
def end_group(code: str, public_id: str) -> Any:
    """Says what stands in the way, or asks once more and ends it."""
    group, form = _group(public_id), BaseForm()
    held = ties.ask().groups(g.association).get(group.id, ties.GroupTies())
    context = {"held": held, "standing": 0 if held.people else ties.count_standing(group)}
    if not form.validate_on_submit():
        return web.form_page("associations/group_end.html", form, group=group, **context)
    try:
        group_services.end_group(current_user, g.association, group)
    except RuleError as error:
        return web.refused("associations/group_end.html", form, error, group=_group(public_id), **context)
    db.session.commit()
    return web.go("associations.groups", _("The group “%(name)s” has ended.", name=group.name))


def _group(public_id: str) -> Group:
    """A live group of this association, otherwise 404."""
    group = queries.get_group(g.association, public_id)
    return group if group is not None and group.ended_on is None else abort(404)
