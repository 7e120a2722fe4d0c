"""Reading the disclosure calendar: its duties, and what an association owes, has published, or is late with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, or_, select
from sqlalchemy.orm import joinedload

from portal.associations.models import Association
from portal.core.database import db
from portal.core.formats import local
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.disclosure.models import Disclosure, DisclosureDuty, Frequency
from portal.disclosure.periods import Asked, asked
from portal.members.queries import root_id
from portal.notices.models import Notice, NoticeStatus

CHOICES = 200
FIELD, LINE = "\x1f", "\x1e"  # no title holds them
TOLD: tuple[Any, ...] = (
    DisclosureDuty.id, DisclosureDuty.title, DisclosureDuty.frequency, DisclosureDuty.within_days,
    DisclosureDuty.starts_on, DisclosureDuty.ended_on, Disclosure.period_on, Notice.status, Notice.expires_on,
)  # fmt: skip


class DueState(Labelled):
    """How it stands with a duty for one period."""

    LATE = "late", lazy_pgettext("disclosure", "Late")
    DUE = "due", lazy_pgettext("disclosure", "Due")
    COMING = "coming", lazy_pgettext("disclosure", "Period runs")
    DONE = "done", lazy_pgettext("disclosure", "Published")

    @property
    def tone(self) -> str:
        return {"late": "red", "due": "amber", "done": "green"}.get(self, "grey")


def is_met_by(notice: Notice | None, duty: DisclosureDuty, day: date) -> bool:
    """Published and not withdrawn; what is owed once and kept up to date, also in force on the day."""
    if notice is None or notice.status != NoticeStatus.PUBLISHED:
        return False
    return duty.frequency != Frequency.ONCE or notice.expires_on is None or notice.expires_on >= day


@dataclass(frozen=True)
class Due(Asked):
    """What an association owes for a period, and the notice that stands for it: published, withdrawn, or a draft."""

    zone: str
    day: date
    notice: Notice | None = None

    @property
    def is_met(self) -> bool:
        return is_met_by(self.notice, self.duty, self.day)

    @property
    def state(self) -> DueState:
        return state_of(self, self.day, is_met=self.is_met)

    @property
    def published_on(self) -> date | None:
        """The day of the first publication of what fulfils it."""
        kept = self.notice
        return local(kept.published_at, self.zone).date() if self.is_met and kept and kept.published_at else None

    @property
    def was_late(self) -> bool:
        return self.published_on is not None and self.published_on > self.due_on


def state_of(one: Asked, day: date, *, is_met: bool) -> DueState:
    if is_met:
        return DueState.DONE
    if day > one.due_on:
        return DueState.LATE
    is_running = one.duty.frequency != Frequency.ONCE and day <= one.ends_on
    return DueState.COMING if is_running else DueState.DUE


def list_duties(root: int, *, ended: bool = False) -> Sequence[DisclosureDuty]:
    """The federation's calendar in its order; with `ended`, also what ended, for the periods before."""
    statement = select(DisclosureDuty).where(DisclosureDuty.association_id == root)
    if not ended:
        statement = statement.where(DisclosureDuty.ended_on.is_(None))
    shown = joinedload(DisclosureDuty.subject)
    return db.session.scalars(statement.options(shown).order_by(DisclosureDuty.position, DisclosureDuty.id)).all()


def get_duty(root: int, public_id: str) -> DisclosureDuty | None:
    statement = select(DisclosureDuty).where(
        DisclosureDuty.association_id == root, DisclosureDuty.public_id == public_id
    )
    return db.session.scalar(statement.options(joinedload(DisclosureDuty.subject)))


def owed(association: Association, day: date) -> list[Due]:
    """What an association owes, has published, or is late with, by the order of the calendar: one question."""
    if association.is_archived:
        return []
    return _dues(db.session.execute(_calendar(association)), association, day)


def _dues(rows: Iterable[Any], association: Association, day: date) -> list[Due]:
    """From each duty with each first day of a period and the notice that was linked for it."""
    kept: dict[tuple[int, date | None], Notice | None] = {}
    duties: dict[int, DisclosureDuty] = {}
    for duty, period_on, notice in rows:
        known = duties.setdefault(duty.id, duty)
        kept[known.id, period_on] = notice
    zone, since = association.time_zone, local(association.created_at, association.time_zone).date()
    return [
        Due(one.duty, one.period_on, one.ends_on, one.due_on, zone, day, kept.get((duty.id, one.period_on)))
        for duty in duties.values()
        for one in asked(duty, day, since)
    ]


def get_due(association: Association, duty_id: str, period_on: date, day: date) -> Due | None:
    """One of what is owed, by its duty's public id and the first day of the period."""
    for due in owed(association, day):
        if due.duty.public_id == duty_id and due.period_on == period_on:
            return due
    return None


def get_disclosure(association: Association, due: Asked, *, hold: bool = False) -> Disclosure | None:
    """What is linked to a duty for a period; with `hold` nobody links another before this transaction ends."""
    statement = select(Disclosure).where(
        Disclosure.duty_id == due.duty.id,
        Disclosure.association_id == association.id,
        Disclosure.period_on == due.period_on,
    )
    if hold:
        held = statement.with_for_update(of=Disclosure, key_share=True)
        statement = held.execution_options(populate_existing=True)
    return db.session.scalar(statement.options(joinedload(Disclosure.notice)))


def list_fitting(association: Association, due: Asked) -> Sequence[Any]:
    """The association's published notices that may fulfil a duty: those of its kind first, then the newest."""
    statement = (
        select(Notice.public_id, Notice.title, Notice.index_number, Notice.published_at)
        .where(*_published(association))
        .order_by(case((Notice.kind == due.duty.kind, 0), else_=1), Notice.published_at.desc(), Notice.id.desc())
    )
    return db.session.execute(statement.limit(CHOICES)).all()


def get_published(association: Association, public_id: str) -> Notice | None:
    """A published notice of the association itself."""
    return db.session.scalar(select(Notice).where(*_published(association), Notice.public_id == public_id))


def fulfils(day: date) -> ColumnElement[bool]:
    """`Due.is_met` as a condition on disclosures joined with their duty and notice."""
    in_force = or_(Notice.expires_on.is_(None), Notice.expires_on >= day)
    return and_(Notice.status == NoticeStatus.PUBLISHED, or_(DisclosureDuty.frequency != Frequency.ONCE, in_force))


def asking(association: Association) -> Select[Any]:
    """The calendar of an association as one text, for the work list, which asks all that it asks at once."""
    told: Any = ""
    for column in TOLD:
        text = func.coalesce(cast(column, String), "")
        told = text if isinstance(told, str) else told + FIELD + text
    statement: Select[Any] = _linked(select(func.aggregate_strings(told, LINE)), association)
    return statement


def read_asked(text: str | None, association: Association, day: date) -> list[Due]:
    """What `asking` told; its duties and notices hold no more than that, and belong to no session."""
    rows = [_told(*line.split(FIELD)) for line in (text or "").split(LINE) if line]
    return _dues(rows, association, day)


def _told(  # one for each of TOLD
    number: str, title: str, frequency: str, days: str, start: str, end: str, period: str, status: str, expires: str
) -> tuple[DisclosureDuty, date | None, Notice | None]:
    duty = DisclosureDuty(
        id=int(number), title=title, frequency=frequency, within_days=int(days), starts_on=date.fromisoformat(start),
        ended_on=_day(end),
    )  # fmt: skip
    return duty, _day(period), Notice(status=status, expires_on=_day(expires)) if status else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _calendar(association: Association) -> Select[Any]:
    """Each duty of an association with each notice that was ever linked to it."""
    statement: Any = _linked(select(DisclosureDuty, Disclosure.period_on, Notice), association)
    statement = statement.options(joinedload(DisclosureDuty.subject))
    ordered: Select[Any] = statement.order_by(DisclosureDuty.position, DisclosureDuty.id)
    return ordered


def _linked(statement: Any, association: Association) -> Any:
    own = and_(Disclosure.duty_id == DisclosureDuty.id, Disclosure.association_id == association.id)
    levels = or_(DisclosureDuty.level.is_(None), DisclosureDuty.level == association.level)
    return (
        statement.select_from(DisclosureDuty)
        .outerjoin(Disclosure, own)
        .outerjoin(Notice, Notice.id == Disclosure.notice_id)
        .where(DisclosureDuty.association_id == root_id(association), levels)
    )


def _published(association: Association) -> tuple[ColumnElement[bool], ...]:
    return Notice.association_id == association.id, Notice.status == NoticeStatus.PUBLISHED
