"""Who owes what, since when: one row for each payer at each association; rounds of reminders and what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, Row, Select, case, cast, func, select
from sqlalchemy.orm import aliased, joinedload

from portal.accounts.models import Account
from portal.arrears.models import Reminder, ReminderRound
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.database import db
from portal.dues.models import Charge
from portal.dues.queries import IS_OPEN, OPEN_FEN
from portal.members.models import EndReason, Membership
from portal.offices.access import visible
from portal.people.models import Person
from portal.volunteers.models import LeaveReason, Volunteer

RIGHT = "dues.read"
# Days overdue, from and to; the last has no end.
AGES = ((1, 30), (31, 90), (91, 365), (366, None))


@dataclass(frozen=True)
class Filter:
    """Whose arrears: overdue for so many days at least, of a group, with all below."""

    days: int = 1
    group_id: int | None = None
    below: bool = False


def owing(account: Account, association: Association, wanted: Filter, day: date) -> Select[Any]:
    """Payers by how long they owe: `open_fen`, `due_on` of the oldest, how many `charges`, when last reminded."""
    reminded = (
        select(func.max(Reminder.done_at))
        .where(Reminder.payer_id == Charge.payer_id, Reminder.association_id == Charge.association_id)
        .correlate(Charge)
        .scalar_subquery()
    )
    columns: list[Any] = [
        Charge.payer_id, Charge.association_id, Person.name, Person.public_id,
        Association.short_name.label("short_name"), Association.name.label("association"),
        func.min(Charge.group_id).label("group_id"),
        cast(func.sum(OPEN_FEN), BigInteger).label("open_fen"), func.min(Charge.due_on).label("due_on"),
        func.count().label("charges"), reminded.label("reminded_at"),
    ]  # fmt: skip
    statement: Select[Any] = _overdue(select(*columns), account, association, wanted, day)
    statement = statement.join(Person, Person.id == Charge.payer_id)
    statement = statement.join(Association, Association.id == Charge.association_id)
    payer, place = (Charge.payer_id, Person.name, Person.public_id), (Association.short_name, Association.name)
    statement = statement.group_by(*payer, Charge.association_id, *place)
    return statement.order_by(func.min(Charge.due_on), Person.name, Charge.payer_id)


def by_age(account: Account, association: Association, wanted: Filter, day: date) -> list[tuple[str, int, int]]:
    """How much is owed and by how many charges, by days overdue: 1–30, 31–90, 91–365, more."""
    columns: list[Any] = []
    for start, end in AGES:
        late = Charge.due_on <= day - timedelta(days=start)
        within = late if end is None else late & (Charge.due_on >= day - timedelta(days=end))
        columns += [func.sum(case((within, OPEN_FEN), else_=0)), func.sum(case((within, 1), else_=0))]
    row = db.session.execute(_overdue(select(*columns), account, association, wanted, day)).one()
    labels = [f"{start}–{end}" if end else f">{start - 1}" for start, end in AGES]
    return [(label, int(row[2 * n] or 0), int(row[2 * n + 1] or 0)) for n, label in enumerate(labels)]


def _overdue(statement: Any, account: Account, association: Association, wanted: Filter, day: date) -> Any:
    late = Charge.due_on <= day - timedelta(days=max(1, wanted.days))
    statement = visible(statement.select_from(Charge), account, RIGHT, Charge).where(*IS_OPEN, late)
    if wanted.below:
        below = select(Association.id).where(in_subtree(association.path))
        statement = statement.where(Charge.association_id.in_(below))
    else:
        statement = statement.where(Charge.association_id == association.id)
    return statement.where(Charge.group_id == wanted.group_id) if wanted.group_id is not None else statement


def open_of(made: ReminderRound, payer_ids: Sequence[int], day: date) -> dict[int, list[Charge]]:
    """What each of these payers who can be reminded owes there and is overdue, the oldest first; in a round of one
    group what is owed in it.
    """
    there = set(payer_ids) - gone_of(payer_ids)
    kept = [Charge.association_id == made.association_id, Charge.payer_id.in_(there), Charge.due_on < day]
    if made.group_id is not None:
        kept.append(Charge.group_id == made.group_id)
    statement = select(Charge).where(*kept, *IS_OPEN).order_by(Charge.due_on, Charge.id)
    found: dict[int, list[Charge]] = {}
    for charge in db.session.scalars(statement.options(joinedload(Charge.period))):
        found.setdefault(charge.payer_id, []).append(charge)
    return found


def still_owing(made: ReminderRound, payer_ids: Sequence[int], day: date) -> set[int]:
    """Of these payers those who owe there and are overdue, also in another group by now, and whoever is gone."""
    kept = (Charge.association_id == made.association_id, Charge.payer_id.in_(payer_ids), Charge.due_on < day)
    return set(db.session.scalars(select(Charge.payer_id).where(*kept, *IS_OPEN)))


def gone_of(payer_ids: Sequence[int]) -> set[int]:
    """Of people those who died by any membership or service of theirs, or whose record was deleted."""
    died = [
        select(kind.person_id).where(kind.person_id.in_(payer_ids), kind.end_reason == reason)
        for kind, reason in ((Membership, EndReason.DECEASED), (Volunteer, LeaveReason.DECEASED))
    ]
    deleted = select(Person.id).where(Person.id.in_(payer_ids), Person.removed_at.is_not(None))
    return set(db.session.scalars(deleted.union_all(*died)))


def level_of(reminder: Reminder) -> Any:
    """Which reminder of the association it is for the person, as it is given."""
    before = aliased(Reminder)
    mine = (before.association_id == reminder.association_id, before.payer_id == reminder.payer_id)
    count = select(func.count() + 1).select_from(before).where(*mine, before.done_at.is_not(None))
    return count.scalar_subquery()


def counts_of(association_id: int, payer_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """How often each was reminded by this association already, and when last."""
    kept = (Reminder.association_id == association_id, Reminder.payer_id.in_(payer_ids))
    columns: list[Any] = [func.count().label("times"), func.max(Reminder.done_at).label("last")]
    statement: Select[Any] = select(Reminder.payer_id, *columns).where(*kept, Reminder.done_at.is_not(None))
    return {row.payer_id: row for row in db.session.execute(statement.group_by(Reminder.payer_id))}


def rounds(account: Account, association: Association) -> Select[Any]:
    """The rounds of the association, the latest first, with how many are in it and how many are done."""
    mine = Reminder.round_id == ReminderRound.id
    made = visible(select(func.count()).select_from(Reminder).where(mine), account, RIGHT, Reminder)
    done = made.where(Reminder.done_at.is_not(None))
    statement = select(ReminderRound, made.scalar_subquery(), done.scalar_subquery())
    kept = statement.where(ReminderRound.association_id == association.id)
    return kept.options(joinedload(ReminderRound.creator)).order_by(ReminderRound.id.desc())


def get_round(association: Association, public_id: str) -> ReminderRound | None:
    kept = (ReminderRound.association_id == association.id, ReminderRound.public_id == public_id)
    return db.session.scalar(select(ReminderRound).where(*kept).options(joinedload(ReminderRound.association)))


def by_key(key: str) -> ReminderRound | None:
    return db.session.scalar(select(ReminderRound).where(ReminderRound.key == key))


def reminders(account: Account, made: ReminderRound, *, waiting: bool = False, right: str = RIGHT) -> Select[Any]:
    """The reminders of a round that the account reaches by the right (sees them, unless told), by name."""
    statement = select(Reminder).join(Reminder.payer).where(Reminder.round_id == made.id)
    statement = visible(statement, account, right, Reminder)
    if waiting:
        statement = statement.where(Reminder.done_at.is_(None))
    return statement.order_by(Person.name, Reminder.id)


def get_reminder(account: Account, made: ReminderRound, public_id: str) -> Reminder | None:
    statement = reminders(account, made).where(Reminder.public_id == public_id)
    found: Reminder | None = db.session.scalar(statement.options(joinedload(Reminder.association)))
    return found
