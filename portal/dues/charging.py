"""Charging a period as a step to a desired state: what is owed by the plans becomes what is charged, no more.

One association at a time, in one transaction: a run that is stopped half-way is finished by the next, and one that
follows another changes nothing. What it compares, and who is charged what, stands in `desired` and `fees`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, union_all, update
from sqlalchemy.exc import IntegrityError

from portal.associations.models import Association
from portal.core import audit
from portal.core.audit import Actor
from portal.core.calendar import now, today
from portal.core.database import db, hold
from portal.core.errors import RuleError
from portal.core.formats import date_long
from portal.core.i18n import lazy
from portal.dues import plan_queries, services
from portal.dues.desired import AT, DIFFERING, LEFT_OUT, MOMENT, Comparison, Finding
from portal.dues.models import Charge, VoidReason
from portal.dues.prepared import ENTRIES, ENTRY, LAST, LINES, Posting, Prepared
from portal.dues.queries import OPEN_FEN, STANDS
from portal.ledger import queries as journal
from portal.ledger import services as ledger
from portal.ledger.models import DuesPeriod

PORTION = 500  # ids in one statement
GROWN = 10_000  # charges that a run went through: plans that were made since stay right, however many follow
VOID = {
    Finding.CHANGED: VoidReason.CHANGED,
    Finding.LEFT: VoidReason.LEFT,
    Finding.FREE_NOW: VoidReason.FREE,
}


@dataclass(frozen=True)
class Outcome:
    """How many charges are new, replaced because the amount or the payer changed, void, and as they were; how many
    members are not charged, by why (`desired.LEFT_OUT`); what is charged anew and what no longer, in fen.
    """

    new: int = 0
    changed: int = 0
    voided: int = 0
    unchanged: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    new_fen: int = 0
    void_fen: int = 0

    @property
    def differs(self) -> int:
        """How many charges are not as the plans have it."""
        return self.new + self.changed + self.voided

    def __add__(self, other: Outcome) -> Outcome:
        left_out = Counter(self.left_out) + Counter(other.left_out)
        numbers = {name: getattr(self, name) + getattr(other, name) for name in asdict(self) if name != "left_out"}
        return Outcome(**numbers, left_out=dict(left_out))


def entry_day(association: Association, period: DuesPeriod) -> date:
    """The day on which a period is charged: today, or its last day once it is over."""
    return min(today(association.time_zone), period.end_on)


def check_begun(association: Association, period: DuesPeriod) -> None:
    """Raises RuleError for a period that is still to come: its books hold no day yet."""
    if today(association.time_zone) < period.start_on:
        day = date_long(period.start_on)
        raise RuleError("period", lazy("%(name)s begins on %(day)s: charge it then.", name=period.name, day=day))


def preview(association: Association, period: DuesPeriod, *, below: bool = False) -> Outcome:
    """What `charge` would do there, or there and everywhere below. Nothing is written."""
    return Preview(Comparison(period, association.path if below else None)).of(association.id)


class Preview:
    """The question what would be done, made once and asked for one association after the other."""

    def __init__(self, compared: Comparison) -> None:
        found = union_all(compared.members(), compared.charges(), compared.elsewhere()).subquery("found")
        due, was = func.coalesce(func.sum(found.c.due), 0), func.coalesce(func.sum(Charge.amount_fen), 0)
        statement = select(found.c.finding, func.count(), due, was).outerjoin(Charge, Charge.id == found.c.charge_id)
        self.statement: Select[Any] = statement.group_by(found.c.finding)

    def of(self, place_id: int) -> Outcome:
        plan_anew()
        rows = db.session.execute(self.statement, {AT.key: place_id}).all()
        return _outcome({row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows})


def _outcome(found: Mapping[str, tuple[int, int, int]]) -> Outcome:
    """Of (count, due, charged before) by finding."""
    none = (0, 0, 0)
    changed, left, free = (found.get(one, none) for one in DIFFERING)
    return Outcome(
        new=found.get(Finding.NEW, none)[0],
        changed=changed[0],
        voided=left[0] + free[0],
        unchanged=found.get(Finding.UNCHANGED, none)[0],
        left_out={str(one): found[one][0] for one in LEFT_OUT if one in found},
        new_fen=found.get(Finding.NEW, none)[1] + changed[1],
        void_fen=changed[2] + left[2] + free[2],
    )


def charge(
    actor: Actor | None, association: Association, period: DuesPeriod, prepared: Prepared | None = None
) -> Outcome:
    """Bring the association's charges of a period up to date. Run twice it changes nothing.

    Whoever charges many prepares the statements once. Raises RuleError for an archived association, a period that
    has not begun, or a book that is closed here; then nothing was written.
    """
    # Before the books: two years at once would wait for each other, where credit settles what is new in both.
    hold(association, "archived_on")
    if association.is_archived:
        raise RuleError("", lazy("The association is archived: nothing is charged there."))
    check_begun(association, period)
    with db.session.begin_nested():  # all of it or nothing, for a run that goes on with the next association
        return _charge(
            Step(actor, association, period, entry_day(association, period), now(), prepared or Prepared(period))
        )


def _charge(step: Step) -> Outcome:
    association, period = step.association, step.period
    book = ledger.hold_book(association, period)
    if not journal.is_open(association, period):
        raise RuleError("period", lazy("The book of %(name)s is closed: nothing is charged there.", name=period.name))
    plan_queries.hold(association)
    outcome = step.take()
    book.charged_at = step.moment
    if outcome.differs:
        told = {"period": period.name, **asdict(outcome)}
        audit.record(step.actor, "dues.charge", association, told, association_id=association.id)
    db.session.flush()
    if outcome.new or outcome.changed:
        services.charged.send(association, period=period, moment=step.moment, actor=step.actor, on=step.on)
    return outcome


def plan_anew() -> None:
    """A plan that PostgreSQL kept from when a table was empty, for a foreign key too, would read all of it for each
    member. Made anew for an association; for each row (`plan_cache_mode`) charging takes twice as long.
    """
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DISCARD PLANS")


@dataclass(frozen=True)
class Step:
    """The act at one association, in a transaction that holds its book."""

    actor: Actor | None
    association: Association
    period: DuesPeriod
    on: date
    moment: datetime
    prepared: Prepared

    def take(self) -> Outcome:
        if self.prepared.seen < GROWN:
            plan_anew()
        before, last = self._run(self.prepared.before).one()
        rows: Sequence[Any] = self._differing() if before else ()
        void_fen = self._void(rows)
        self._add(is_first=not before)
        changed = sum(row.finding == Finding.CHANGED for row in rows)
        if changed:
            self._run(self.prepared.again)
        new, new_fen = self._post(self.prepared.made, last)
        if before:
            self._run(self.prepared.groups)
        self.prepared.seen += before + new
        return Outcome(new - changed, changed, len(rows) - changed, before - len(rows), {}, new_fen, void_fen)

    def _add(self, *, is_first: bool) -> None:
        """Where nothing is charged yet all are, unless somebody is charged elsewhere: then each is asked."""
        if is_first:
            with suppress(IntegrityError), db.session.begin_nested():
                self._run(self.prepared.first)
                return
        self._run(self.prepared.new)

    def _differing(self) -> list[Any]:
        """Charges that do not fit, all of them held, by their ids as everybody takes them. Then it is asked again:
        one that was found may have been paid, or made void, before it was held.
        """
        found = sorted(row.charge_id for row in self._run(self.prepared.differing))
        for start in range(0, len(found), PORTION):
            held = select(Charge.id).where(Charge.id.in_(found[start : start + PORTION])).order_by(Charge.id)
            db.session.execute(held.with_for_update())
        kept = set(found)
        return [row for row in self._run(self.prepared.differing) if row.charge_id in kept] if found else []

    def _run(self, statement: Any, **more: Any) -> Any:
        """Of the connection itself: rows that the database makes of rows go past the session."""
        values = {AT.key: self.association.id, MOMENT.key: self.moment, **more}
        return db.session.connection().execute(statement, values)

    def _void(self, rows: Sequence[Any]) -> int:
        """Charges that no longer fit stand no longer; what was settled of them is freed first."""
        if not rows:
            return 0
        self._free([row.charge_id for row in rows])
        for finding, reason in VOID.items():
            self._mark([row.charge_id for row in rows if row.finding == finding], reason)
        return self._post(self.prepared.gone)[1]

    def _free(self, ids: Sequence[int]) -> None:
        """What is settled of charges that are held, or was since the day; first whatever settles them is held too."""
        settled: list[Charge] = []
        for start in range(0, len(ids), PORTION):
            some = ids[start : start + PORTION]
            is_touched = or_(Charge.amount_fen != OPEN_FEN, Charge.id.in_(journal.open_since(some, self.on)))
            touched = select(Charge).where(Charge.id.in_(some), is_touched).order_by(Charge.id)
            settled += db.session.scalars(touched.execution_options(populate_existing=True)).all()
        if settled:
            services.voiding.send(self.association, charges=settled)
        for one in settled:
            services.voided.send(one, actor=self.actor, on=self.on)

    def _mark(self, ids: Sequence[int], reason: VoidReason) -> None:
        for start in range(0, len(ids), PORTION):
            kept = update(Charge).where(Charge.id.in_(ids[start : start + PORTION]), STANDS)
            marked = kept.values(voided_at=self.moment, void_reason=str(reason))
            db.session.execute(marked.execution_options(synchronize_session=False))
            services.drop_asked(ids[start : start + PORTION])

    def _post(self, posting: Posting, last: int = 0) -> tuple[int, int]:
        """How many charges the posting is of and how much, of those made after the `last`; nothing is posted for
        none.
        """
        of = {LAST.key: last} if posting is self.prepared.made else {}
        count, total = self._run(posting.sums, **of).one()
        if count:
            entry_id = self._enter(posting.kind)
            self._run(posting.lines, **{ENTRY.key: entry_id}, **of)
            line = {"entry_id": entry_id, "association_id": self.association.id, "account": posting.account}
            db.session.connection().execute(LINES.insert(), {**line, posting.other: int(total)})
        return int(count), int(total)

    def _enter(self, kind: str) -> int:
        """An entry of the journal; gives back its id."""
        row = {
            "association_id": self.association.id, "period_id": self.period.id, "entry_on": self.on,
            "kind": str(kind), "memo": self.period.name, "recorded_by_id": getattr(self.actor, "person_id", None),
        }  # fmt: skip
        made: Any = db.session.connection().execute(ENTRIES.insert(), row).inserted_primary_key
        return int(made.id)
