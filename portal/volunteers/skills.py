"""The skills and kinds of service that a federation keeps: added, renamed, ordered, ended. Never commits."""

from __future__ import annotations

from portal.associations import lists
from portal.associations.models import Association
from portal.core.audit import Actor, record
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.text import printable
from portal.volunteers import queries
from portal.volunteers.models import Skill, SkillKind

# The list that a federation begins with; it changes it as it likes.
FIRST_SKILLS = {
    SkillKind.SKILL: (
        "急救", "心理疏导", "法律咨询", "理发", "水电维修", "家电维修", "电脑手机辅导", "书法写春联", "摄影摄像",
        "文艺表演", "手工制作", "外语", "手语", "驾驶", "文字宣传", "组织协调",
    ),
    SkillKind.INTEREST: (
        "环境清洁", "敬老助老", "文化宣传", "秩序引导", "课后辅导", "便民服务", "应急支援", "文体活动", "邻里互助",
    ),
}  # fmt: skip
LONGEST = 20


def begin_skills(root: Association) -> None:
    """The first list of a federation: what helpers can do, and what they would like to do."""
    for kind, names in FIRST_SKILLS.items():
        for position, name in enumerate(names):
            db.session.add(Skill(association_id=root.id, kind=kind, name=name, position=position))
    db.session.flush()


def add_skill(actor: Actor, root: Association, kind: SkillKind, name: str) -> Skill:
    """A new word at the end of its list."""
    skill = Skill(association_id=root.id, kind=kind, position=lists.end_of(queries.list_skills(root.id, kind)))
    _write(skill, name)
    record(actor, "volunteers.add_skill", skill, {"kind": kind, "name": skill.name})
    return skill


def rename_skill(actor: Actor, skill: Skill, name: str) -> None:
    """Another word for the same; whoever has it shows the new one."""
    before = skill.name
    _write(skill, name)
    if skill.name != before:
        record(actor, "volunteers.rename_skill", skill, {"name": [before, skill.name]})


def order_skill(actor: Actor, root: Association, skill: Skill, *, up: bool) -> None:
    skills = queries.list_skills(root.id, SkillKind(skill.kind))
    lists.order(actor, "volunteers.order_skills", skills, skill, up=up)


def end_skill(actor: Actor, skill: Skill) -> None:
    """Nobody chooses it any more; whoever has it keeps it."""
    if skill.ended_on is not None:
        raise RuleError("", lazy("This has ended already."))
    skill.ended_on = today()
    record(actor, "volunteers.end_skill", skill, {"name": skill.name})


def restore_skill(actor: Actor, root: Association, skill: Skill) -> None:
    """What had ended can be chosen again, at the end of its list."""
    if skill.ended_on is None:
        raise RuleError("", lazy("This is in use."))
    taken = lazy("Another one has this name now: rename that one first.")
    lists.restore(skill, queries.list_skills(root.id, SkillKind(skill.kind)), taken)
    record(actor, "volunteers.restore_skill", skill, {"name": skill.name})


def _write(skill: Skill, name: str) -> None:
    plain = printable(name).strip()[:LONGEST]
    if not plain:
        raise RuleError("name", lazy("Enter a name."))
    lists.write(skill, lazy("Another one has this name."), name=plain)
