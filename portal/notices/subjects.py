"""The subjects under which a federation files what is published: added, renamed, ordered, ended. Never commits."""

from __future__ import annotations

from portal.associations import lists
from portal.associations.models import Association
from portal.core.audit import Actor, record
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.text import is_blank, printable
from portal.notices.models import NoticeSubject
from portal.notices.subject_queries import list_subjects

# The list that a federation begins with; it changes it as it likes.
FIRST_SUBJECTS = (
    "协会工作", "组织建设", "章程制度", "财务公开", "会员服务", "志愿服务", "教育培训", "走访关怀", "评比表彰",
    "考核评估", "居民自治", "来信来访",
)  # fmt: skip
LONGEST = 20


def begin_subjects(root: Association) -> None:
    """The first list of a federation."""
    for position, name in enumerate(FIRST_SUBJECTS):
        db.session.add(NoticeSubject(association_id=root.id, name=name, position=position))
    db.session.flush()


def add_subject(actor: Actor, root: Association, name: str) -> NoticeSubject:
    """A new subject at the end of the list."""
    subject = NoticeSubject(association_id=root.id, position=lists.end_of(list_subjects(root.id)))
    _write(subject, name)
    record(actor, "notices.add_subject", subject, {"name": subject.name})
    return subject


def rename_subject(actor: Actor, subject: NoticeSubject, name: str) -> None:
    """Another word for the same. What is published keeps the word under which it was published."""
    before = subject.name
    _write(subject, name)
    if subject.name != before:
        record(actor, "notices.rename_subject", subject, {"name": [before, subject.name]})


def order_subject(actor: Actor, root: Association, subject: NoticeSubject, *, up: bool) -> None:
    lists.order(actor, "notices.order_subjects", list_subjects(root.id), subject, up=up)


def end_subject(actor: Actor, subject: NoticeSubject) -> None:
    """Nothing new is filed under it; what is filed stays."""
    if subject.ended_on is not None:
        raise RuleError("", lazy("This has ended already."))
    subject.ended_on = today()
    record(actor, "notices.end_subject", subject, {"name": subject.name})


def restore_subject(actor: Actor, root: Association, subject: NoticeSubject) -> None:
    """What had ended can be chosen again, at the end of the list."""
    if subject.ended_on is None:
        raise RuleError("", lazy("This is in use."))
    taken = lazy("Another one has this name now: rename that one first.")
    lists.restore(subject, list_subjects(root.id), taken)
    record(actor, "notices.restore_subject", subject, {"name": subject.name})


def _write(subject: NoticeSubject, name: str) -> None:
    plain = " ".join(printable(name).split())[:LONGEST]
    if is_blank(plain):
        raise RuleError("name", lazy("Enter a name."))
    lists.write(subject, lazy("Another one has this name."), name=plain)
