"""The skills and kinds of service that a federation keeps: added, renamed, ordered, ended. Never commits."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

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
    skill = Skill(association_id=root.id, kind=kind, position=_last(root, kind) + 1)
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
    """Change places with the one before or after it; at either end nothing happens."""
    skills = list(queries.list_skills(root.id, SkillKind(skill.kind)))
    here = skills.index(skill)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(skills):
        return
    skills[here], skills[there] = skills[there], skills[here]
    for position, each in enumerate(skills):
        each.position = position
    record(actor, "volunteers.order_skills", skill, {"position": [here, there]})


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
    kind = SkillKind(skill.kind)
    if any(other.name == skill.name for other in queries.list_skills(root.id, kind)):
        raise RuleError("", lazy("Another one has this name now: rename that one first."))
    skill.ended_on, skill.position = None, _last(root, kind) + 1
    record(actor, "volunteers.restore_skill", skill, {"name": skill.name})


def _last(root: Association, kind: SkillKind) -> int:
    return max((skill.position for skill in queries.list_skills(root.id, kind)), default=-1)


def _write(skill: Skill, name: str) -> None:
    """Two officers may choose the same name in the same moment; the table keeps it single."""
    plain = printable(name).strip()[:LONGEST]
    if not plain:
        raise RuleError("name", lazy("Enter a name."))
    try:
        with db.session.begin_nested():
            skill.name = plain
            db.session.add(skill)
    except IntegrityError:
        raise RuleError("name", lazy("Another one has this name.")) from None
