"""The federation's list of skills and kinds of service: seen by every office, changed by the federation's."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_login import current_user

from portal.associations.list_desk import Desk
from portal.associations.models import Association
from portal.core import web
from portal.core.access import requires
from portal.core.forms import OrderForm
from portal.members.queries import root_id
from portal.volunteers import queries
from portal.volunteers.blueprint import blueprint
from portal.volunteers.forms import NewSkillForm, SkillForm
from portal.volunteers.models import Skill, SkillKind
from portal.volunteers.skills import SKILLS


@blueprint.get("/office/<code>/volunteers/skills")
@requires("volunteers.read")
def skills(code: str) -> str:
    """Both lists with how many volunteers have each, as every office sees them."""
    shown = {**desk.page(g.association), "may": False}
    return web.page("volunteers/skills.html", form=OrderForm(formdata=None), **shown)


def _shown(place: Association) -> dict[str, Any]:
    lists = [(kind, kind.label, queries.list_skills(root_id(place), kind)) for kind in SkillKind]
    return {"lists": lists, "is_root": place.parent_id is None, "may": True}


def _add(root: Association, form: Any) -> Skill:
    return SKILLS.add(current_user, root, form.name.data, {"kind": SkillKind(form.kind.data)})


def _rename(skill: Skill, form: Any) -> None:
    SKILLS.rename(current_user, skill, form.name.data)


desk = Desk(
    blueprint=blueprint, address="skills", kept=SKILLS, counts=queries.count_by_skill, shown=_shown,
    new_form=NewSkillForm, form=SkillForm, add=_add, rename=_rename,
)  # fmt: skip
desk.open()
