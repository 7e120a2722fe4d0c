"""Counting a year of every association of a branch: one question for each figure, grouped by association.

Letters about the reader are not counted: a number that is one higher here than in the letters' own list would tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, distinct, extract, func, or_, select

from portal.activities.models import ActivityLog
from portal.associations.models import Association, Level
from portal.associations.queries import in_subtree
from portal.core.database import read
from portal.disclosure.standing import Tree
from portal.dues.models import Charge
from portal.honours.models import Honour
from portal.hours.models import Category, HoursEntry, HoursRevision, RevisionState
from portal.ledger.models import DuesPeriod, EntryKind, JournalEntry, JournalLine, LedgerAccount
from portal.letters.models import Letter
from portal.letters.queries import begin_of
from portal.letters.sight import is_about
from portal.members.models import MembershipStay
from portal.reports.counts import NAMES, Span, Table
from portal.statements.rates import frozen_below, sums_below

Rows = Sequence[Sequence[Any]]  # the id of an association, then what is counted there


@dataclass(frozen=True)
class Scope:
    """The branch that is counted, when, and for whom."""

    top: Association
    span: Span
    reader_id: int
    periods: tuple[DuesPeriod, ...]  # of dues, of the year
    tree: Tree
    until: bool = False  # dues as they stood on the last day, not as they stand

    def here(self, column: Any) -> list[ColumnElement[bool]]:
        """At the association or below it; of a whole federation without naming its parts."""
        if self.top.parent_id is None:
            return []
        return [column.in_(select(Association.id).where(in_subtree(self.top.path)))]

    def within(self, column: Any) -> ColumnElement[bool]:
        between: ColumnElement[bool] = column.between(self.span.first, self.span.last)
        return between


def places(top: Association) -> list[Any]:
    """Every association of the branch, archived ones too: what they did while they were there was done."""
    names = ("id", "code", "name", "short_name", "level", "parent_id", "path", "founded_on", "archived_on")
    columns = [getattr(Association, name) for name in names]
    return list(read(select(*columns).where(in_subtree(top.path)).order_by(Association.code)).all())


def count(scope: Scope, shown: Sequence[Any]) -> Table:
    """The figures of each of these associations by itself."""
    import pandas as pd

    ids = [place.id for place in shown]
    parts = [pd.DataFrame({"elapsed": [_elapsed(place, scope.span) for place in shown]}, index=ids)]
    for names, ask in QUESTIONS.items():
        found = pd.DataFrame([tuple(row) for row in ask(scope)], columns=["id", *names.split()])
        parts.append(found.groupby("id").sum().reindex(ids, fill_value=0))
    table = pd.concat(parts, axis="columns")[NAMES].astype("int64")
    table.loc[[place.level != Level.GRASSROOTS for place in shown], ["months", "elapsed"]] = 0
    return table


def _elapsed(place: Any, span: Span) -> int:
    """Months that are over, from that of the founding to the last before that of the archiving."""
    over = span.running_from.month - 1 if span.running_from.year == span.year else 12
    begin = _months_before(place.founded_on, span) if place.founded_on else 0
    end = _months_before(place.archived_on, span) if place.archived_on else over
    return max(0, min(over, end) - begin)


def _months_before(day: Any, span: Span) -> int:
    """How many months of the year lie before that of the day."""
    if day.year == span.year:
        return int(day.month) - 1
    return 12 if day.year > span.year else 0


def _members(scope: Scope) -> Rows:
    there = (MembershipStay.start_on <= scope.span.last, *scope.here(MembershipStay.association_id))
    still = or_(MembershipStay.end_on.is_(None), MembershipStay.end_on >= scope.span.last)
    statement: Any = select(MembershipStay.association_id, func.count()).where(still, *there)
    return _grouped(statement, MembershipStay.association_id)


def _dues(scope: Scope) -> Rows:
    """Of the periods that begin in the year: as the rates have it, or as the books stood on the last day."""
    if not scope.periods:
        return []
    return _as_they_stood(scope) if scope.until else _as_they_stand(scope)


def _as_they_stand(scope: Scope) -> Rows:
    known = {**sums_below(scope.top, scope.periods), **frozen_below(scope.top, scope.periods)}
    return [(key, one.charged_fen, one.due_fen, one.paid_fen) for (_period, key), one in known.items()]


def _as_they_stood(scope: Scope) -> Rows:
    """From the journal: a line on what is receivable charges, waives or settles it, or takes that back."""
    owed = JournalLine.debit_fen - JournalLine.credit_fen
    is_paid, is_waived = JournalLine.payment_id.is_not(None), JournalEntry.kind == EntryKind.WAIVER
    is_charge = and_(~is_paid, JournalEntry.kind.not_in((EntryKind.WAIVER, EntryKind.WRITE_OFF)))
    sums = [func.sum(case((one, owed), else_=0)) for one in (is_charge, is_waived, is_paid)]
    statement: Any = select(Charge.association_id, *sums).select_from(Charge)
    statement = statement.join(JournalLine, JournalLine.charge_id == Charge.id).join(JournalLine.entry)
    asked = (
        Charge.period_id.in_([one.id for one in scope.periods]), JournalEntry.entry_on <= scope.span.last,
        JournalLine.account == LedgerAccount.RECEIVABLE, *scope.here(Charge.association_id),
    )  # fmt: skip
    found = _grouped(statement.where(*asked), Charge.association_id)
    return [(key, charged, charged + waived, -paid) for key, charged, waived, paid in found]


def _log(scope: Scope) -> Rows:
    """Entries, and of the months that `_elapsed` counts those with a complete one."""
    held_on, ended_on = ActivityLog.held_on, Association.archived_on
    is_left = and_(ended_on >= scope.span.first, extract("month", held_on) < extract("month", ended_on))
    begun = or_(Association.founded_on.is_(None), Association.founded_on <= held_on)
    standing = or_(ended_on.is_(None), ended_on > date(scope.span.year, 12, 31), is_left)
    complete = and_(ActivityLog.is_complete, held_on < scope.span.running_from, begun, standing)
    month = case((complete, extract("month", held_on)))
    columns: tuple[Any, ...] = (ActivityLog.association_id, func.count(), func.count(distinct(month)))
    asked = (scope.within(held_on), ActivityLog.removed_at.is_(None))
    statement: Any = select(*columns).join(ActivityLog.association).where(*asked)
    return _grouped(statement.where(*scope.here(ActivityLog.association_id)), ActivityLog.association_id)


def _minutes(scope: Scope) -> Rows:
    asked = (
        scope.within(HoursEntry.held_on), HoursEntry.voided_at.is_(None), HoursEntry.category == Category.SERVICE,
        HoursRevision.state == RevisionState.APPROVED, *scope.here(HoursEntry.association_id),
    )  # fmt: skip
    columns: tuple[Any, ...] = (HoursEntry.association_id, func.sum(HoursRevision.minutes))
    statement: Any = select(*columns).join(HoursRevision, HoursRevision.entry_id == HoursEntry.id).where(*asked)
    return _grouped(statement, HoursEntry.association_id)


def _letters(scope: Scope) -> Rows:
    """By the day they came, at the association that deals with them now; closed by the last day."""
    after = begin_of(scope.span.last + timedelta(days=1))
    closed = func.sum(case((Letter.closed_at < after, 1), else_=0))
    asked = (Letter.received_at >= begin_of(scope.span.first), Letter.received_at < after, ~is_about(scope.reader_id))
    columns: tuple[Any, ...] = (Letter.association_id, func.count(), closed)
    statement: Any = select(*columns).where(*asked, *scope.here(Letter.association_id))
    return _grouped(statement, Letter.association_id)


def _duties(scope: Scope) -> Rows:
    found = scope.tree.punctual(scope.span.first, scope.span.due_before)
    return [(key, one.owed, one.done) for key, one in found.items()]


def _honours(scope: Scope) -> Rows:
    asked = (scope.within(Honour.decided_on), Honour.revoked_at.is_(None), *scope.here(Honour.of_id))
    statement: Any = select(Honour.of_id, func.count()).where(*asked)
    return _grouped(statement, Honour.of_id)


def _grouped(statement: Any, column: Any) -> Rows:
    return read(statement.group_by(column)).all()


# What each of them counts beside the id, in the order in which it gives it.
QUESTIONS: dict[str, Callable[[Scope], Rows]] = {
    "members": _members,
    "charged_fen due_fen paid_fen": _dues,
    "entries months": _log,
    "minutes": _minutes,
    "letters closed": _letters,
    "duties on_time": _duties,
    "honours": _honours,
}
