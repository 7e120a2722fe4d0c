"""The groups of a roster: what each is there for, who leads it, how many serve in it."""

from __future__ import annotations

from typing import Any

from flask import abort, g
from flask_login import current_user

from portal.associations import queries as places
from portal.associations.models import Group
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _
from portal.members.queries import root_id
from portal.register.scope import scope_of
from portal.volunteers import queries, roster_group_queries, roster_services
from portal.volunteers.blueprint import blueprint
from portal.volunteers.models import Skill
from portal.volunteers.roster_forms import GroupSkillsForm
from portal.volunteers.roster_listing import RIGHT


@blueprint.get("/office/<code>/volunteers/groups")
@requires("volunteers.read")
def groups(code: str) -> str:
    """Every group of the association, or a leader's own; one without a leader in office is marked."""
    scope = scope_of(current_user, g.association, RIGHT)
    shown = roster_group_queries.list_shown(current_user, scope)
    without = None if scope.groups is not None else _count_without()
    return web.page("volunteers/roster_groups.html", shown=shown, without=without)


def _count_without() -> int:
    return roster_group_queries.count_by_group(current_user, g.association.id).get(None, 0)


@blueprint.route("/office/<code>/volunteers/groups/<public_id>", methods=["GET", "POST"])
@requires("volunteers.write")
def group_skills(code: str, public_id: str) -> Any:
    """Say what a group is there for."""
    group, form = _group(public_id), GroupSkillsForm()
    skills = _offer(form, group)
    if not form.validate_on_submit():
        return web.form_page("volunteers/roster_group_skills.html", form, group=group)
    wanted = [skill for skill in skills if skill.public_id in (form.skills.data or ())]
    try:
        roster_services.set_group_skills(current_user, g.association, group, wanted)
    except RuleError as error:
        return web.refused("volunteers/roster_group_skills.html", form, error, group=_group(public_id))
    db.session.commit()
    return web.go("volunteers.groups", _("The skills of “%(name)s” are kept.", name=group.name))


def _offer(form: GroupSkillsForm, group: Group) -> list[Skill]:
    """The federation's list, and what the group has that the list has ended."""
    has = [row.skill for row in roster_group_queries.list_group_skills([group.id])]
    listed = list(queries.list_skills(root_id(g.association)))
    offered = [*listed, *(skill for skill in has if skill not in listed)]
    form.skills.choices = choices([(skill.public_id, skill.name) for skill in offered])
    if not form.is_submitted():
        form.skills.data = [skill.public_id for skill in has]
    return offered


def _group(public_id: str) -> Group:
    """A live group of this association, otherwise 404."""
    group = places.get_group(g.association, public_id)
    return group if group is not None and group.ended_on is None else abort(404)
