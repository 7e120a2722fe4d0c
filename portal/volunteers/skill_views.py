"""The federation's list of skills and kinds of service: seen by every office, changed by the federation's."""

from __future__ import annotations

from typing import Any

from flask import abort, g
from flask_login import current_user

from portal.associations.topmost import topmost
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import OrderForm
from portal.core.i18n import _
from portal.members.queries import root_id
from portal.volunteers import queries
from portal.volunteers import skills as lists
from portal.volunteers.blueprint import blueprint
from portal.volunteers.forms import NewSkillForm, PlainForm, SkillForm
from portal.volunteers.models import Skill, SkillKind

MANAGE = "associations.manage"


@blueprint.get("/office/<code>/volunteers/skills")
@requires("volunteers.read")
def skills(code: str) -> str:
    """Both lists with how many volunteers have each, as every office sees them."""
    return _page(OrderForm(formdata=None), may=False)


@blueprint.get("/office/<code>/skills")
@requires(MANAGE)
def manage_skills(code: str) -> str:
    """The same where they are changed: the federation's own page."""
    topmost()
    return _page(OrderForm(formdata=None), may=True)


def _page(form: Any, *, may: bool) -> str:
    root = root_id(g.association)
    return web.page(
        "volunteers/skills.html",
        lists=[(kind, kind.label, queries.list_skills(root, kind)) for kind in SkillKind],
        ended=queries.list_ended_skills(root),
        counts=queries.count_by_skill(root),
        is_root=g.association.parent_id is None,
        may=may,
        form=form,
    )


@blueprint.route("/office/<code>/skills/add", methods=["GET", "POST"])
@requires(MANAGE)
def add_skill(code: str) -> Any:
    root, form = topmost(), NewSkillForm()
    if not form.validate_on_submit():
        return web.form_page("volunteers/skill_form.html", form, skill=None)
    try:
        made = lists.add_skill(current_user, root, SkillKind(form.kind.data), str(form.name.data))
    except RuleError as error:
        return web.refused("volunteers/skill_form.html", form, error, skill=None)
    db.session.commit()
    return web.go("volunteers.manage_skills", _("“%(name)s” was added.", name=made.name))


@blueprint.route("/office/<code>/skills/<public_id>", methods=["GET", "POST"])
@requires(MANAGE)
def rename_skill(code: str, public_id: str) -> Any:
    skill = _skill(public_id)
    form = SkillForm(obj=skill)
    if not form.validate_on_submit():
        return web.form_page("volunteers/skill_form.html", form, skill=skill)
    try:
        lists.rename_skill(current_user, skill, str(form.name.data))
    except RuleError as error:
        return web.refused("volunteers/skill_form.html", form, error, skill=_skill(public_id))
    db.session.commit()
    return web.go("volunteers.manage_skills", _("The name was changed."))


@blueprint.post("/office/<code>/skills/<public_id>/order")
@requires(MANAGE)
def order_skill(code: str, public_id: str) -> Any:
    """One step up or down in its list."""
    skill, form = _skill(public_id), OrderForm()
    if not form.validate_on_submit():
        abort(400)
    lists.order_skill(current_user, topmost(), skill, up=form.is_up)
    db.session.commit()
    return web.go("volunteers.manage_skills", _anchor=f"skill-{public_id}")


@blueprint.route("/office/<code>/skills/<public_id>/end", methods=["GET", "POST"])
@requires(MANAGE)
def end_skill(code: str, public_id: str) -> Any:
    """Asks once more: nobody chooses it any more."""
    skill, form = _skill(public_id), PlainForm()
    held = queries.count_by_skill(topmost().id).get(skill.id, 0)
    if not form.validate_on_submit():
        return web.form_page("volunteers/skill_end.html", form, skill=skill, held=held)
    try:
        lists.end_skill(current_user, skill)
    except RuleError as error:
        return web.refused("volunteers/skill_end.html", form, error, skill=_skill(public_id), held=held)
    db.session.commit()
    return web.go("volunteers.manage_skills", _("“%(name)s” cannot be chosen any more.", name=skill.name))


@blueprint.post("/office/<code>/skills/<public_id>/restore")
@requires(MANAGE)
def restore_skill(code: str, public_id: str) -> Any:
    """What had ended can be chosen again."""
    skill = _skill(public_id, ended=True)
    try:
        lists.restore_skill(current_user, topmost(), skill)
    except RuleError as error:
        web.undo()
        form = OrderForm(formdata=None)
        form.refuse(error)
        g.form_failed = True
        return _page(form, may=True), 422
    db.session.commit()
    return web.go("volunteers.manage_skills", _("“%(name)s” can be chosen again.", name=skill.name))


def _skill(public_id: str, *, ended: bool = False) -> Skill:
    found = queries.get_skill(topmost().id, public_id)
    return found if found is not None and (found.ended_on is not None) == ended else abort(404)
