"""The disclosure calendar that a federation keeps: duties added, changed, ordered, ended. Never commits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from portal.associations import lists
from portal.associations.models import Association, Level
from portal.core.audit import Actor, changed, record
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.core.text import printable
from portal.disclosure import queries
from portal.disclosure.models import DisclosureDuty, Frequency
from portal.notices.models import NoticeKind
from portal.notices.subject_queries import list_subjects

LONGEST, LONGEST_BASIS, MOST_DAYS = 40, 200, 250
# What a federation begins with; it changes it as it likes. Title, kind, subject, how often, within working days.
FIRST_DUTIES = (
    ("年度收支情况", NoticeKind.ACCOUNTS, "财务公开", Frequency.YEAR, 15),
    ("会费收支情况", NoticeKind.ACCOUNTS, "财务公开", Frequency.HALF_YEAR, 10),
    ("下一年度活动计划", NoticeKind.NOTICE, "协会工作", Frequency.YEAR, 20),
    ("年度工作总结", NoticeKind.NOTICE, "协会工作", Frequency.YEAR, 20),
    ("表彰结果", NoticeKind.RESULT, "评比表彰", Frequency.YEAR, 20),
    ("章程", NoticeKind.POLICY, "章程制度", Frequency.ONCE, 20),
    ("任职名单", NoticeKind.NOTICE, "组织建设", Frequency.ONCE, 10),
    ("服务指南", NoticeKind.POLICY, "会员服务", Frequency.ONCE, 20),
)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a duty says. `level`: associations of this level owe it; empty: all of them."""

    title: str
    kind: str
    frequency: str
    within_days: int
    subject_id: int | None = None
    level: str | None = None
    basis: str = ""


def begin_duties(root: Association, starts_on: date | None = None) -> None:
    """The first calendar of a federation: what anybody may expect to read of an association."""
    subjects = {subject.name: subject.id for subject in list_subjects(root.id)}
    for position, (title, kind, subject, frequency, within_days) in enumerate(FIRST_DUTIES):
        row = DisclosureDuty(
            association_id=root.id, subject_id=subjects.get(subject), title=title, kind=kind, level=None,
            frequency=frequency, within_days=within_days, position=position, starts_on=starts_on or today(),
        )  # fmt: skip
        db.session.add(row)
    db.session.flush()


def add_duty(actor: Actor, root: Association, terms: Terms, starts_on: date) -> DisclosureDuty:
    """A new line at the end of the calendar; owed from the period in which `starts_on` lies."""
    said = _checked(terms)
    duty = DisclosureDuty(
        association_id=root.id, starts_on=starts_on, created_by_id=getattr(actor, "person_id", None)
    )
    duty.position = lists.end_of(queries.list_duties(root.id))
    for name, value in asdict(said).items():
        setattr(duty, name, value)
    db.session.add(duty)
    db.session.flush()
    record(actor, "disclosure.add_duty", duty, {**asdict(said), "starts_on": starts_on.isoformat()})
    return duty


def change_duty(actor: Actor, duty: DisclosureDuty, terms: Terms) -> None:
    """Other words, another subject or level, more or fewer days. How often stays: periods were counted by it, so one
    ends a duty and adds another. Raises RuleError.
    """
    said = _checked(terms)
    if said.frequency != duty.frequency:
        raise RuleError("frequency", lazy("How often cannot be changed: end this duty and add another."))
    before = {name: getattr(duty, name) for name in asdict(said)}
    for name, value in asdict(said).items():
        setattr(duty, name, value)
    if changes := changed(before, asdict(said)):
        record(actor, "disclosure.change_duty", duty, changes)


def order_duty(actor: Actor, root: Association, duty: DisclosureDuty, *, up: bool) -> None:
    lists.order(actor, "disclosure.order_duties", queries.list_duties(root.id), duty, up=up)


def end_duty(actor: Actor, duty: DisclosureDuty) -> None:
    """Owed for no period that has not ended; what was published for it stays linked."""
    if duty.ended_on is not None:
        raise RuleError("", lazy("This has ended already."))
    duty.ended_on = today()
    record(actor, "disclosure.end_duty", duty, {"title": duty.title})


def _checked(terms: Terms) -> Terms:
    values: dict[str, Any] = {**asdict(terms), "title": printable(terms.title).strip(), "level": terms.level or None}
    if not values["title"] or len(values["title"]) > LONGEST:
        raise RuleError("title", _("Write what is to be published, in at most %(count)s characters.", count=LONGEST))
    if terms.kind not in set(NoticeKind):
        raise RuleError("kind", lazy("Choose the kind of notice."))
    if terms.frequency not in set(Frequency):
        raise RuleError("frequency", lazy("Choose how often."))
    if values["level"] not in {None, *Level}:
        raise RuleError("level", lazy("Choose who owes it."))
    if not 0 < terms.within_days <= MOST_DAYS:
        raise RuleError("within_days", _("From 1 to %(most)s working days.", most=MOST_DAYS))
    if len(terms.basis) > LONGEST_BASIS:
        raise RuleError("basis", _("At most %(count)s characters", count=LONGEST_BASIS))
    return Terms(**values)
