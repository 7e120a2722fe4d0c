"""The subjects under which a federation files what is published. What is published keeps the word of its day."""

from __future__ import annotations

from portal.associations.lists import Kept
from portal.associations.models import Association
from portal.core.database import db
from portal.notices.models import NoticeSubject

# The list that a federation begins with; it changes it as it likes.
FIRST_SUBJECTS = (
    "协会工作", "组织建设", "章程制度", "财务公开", "会员服务", "志愿服务", "教育培训", "走访关怀", "评比表彰",
    "考核评估", "居民自治", "来信来访",
)  # fmt: skip
SUBJECTS = Kept(model=NoticeSubject, room="notices", noun="subject")


def begin_subjects(root: Association) -> None:
    """The first list of a federation."""
    for position, name in enumerate(FIRST_SUBJECTS):
        db.session.add(NoticeSubject(association_id=root.id, name=name, position=position))
    db.session.flush()
