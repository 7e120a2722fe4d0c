"""The skills and kinds of service that a federation keeps. Whoever has one that ends keeps it."""

from __future__ import annotations

from portal.associations.lists import Kept
from portal.associations.models import Association
from portal.core.database import db
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
SKILLS = Kept(model=Skill, room="volunteers", noun="skill", apart="kind")


def begin_skills(root: Association) -> None:
    """The first list of a federation: what helpers can do, and what they would like to do."""
    for kind, names in FIRST_SKILLS.items():
        for position, name in enumerate(names):
            db.session.add(Skill(association_id=root.id, kind=kind, name=name, position=position))
    db.session.flush()
