"""Reminding: a round takes in everybody who owes and was not reminded lately, once each. Never commits.

A reminder names what is open on the day it is given: after a part payment the rest, after full payment nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from portal.accounts.models import Account
from portal.arrears import queries
from portal.arrears.models import Channel, Reminder, ReminderRound
from portal.arrears.queries import Filter
from portal.associations.models import Association
from portal.core import audit
from portal.core.calendar import now, today
from portal.core.database import add_single, change, db, hold, new_public_id
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.dues import rules
from portal.dues.models import Charge
from portal.people.models import Person

LATELY = timedelta(days=14)
MOST = 5_000
OUTCOME = 200


@dataclass(frozen=True)
class Plan:
    """Whom a round takes in, with what they owe; and how many it leaves out, and why."""

    rows: list[Any]
    lately: int = 0
    without_mail: int = 0
    gone: int = 0  # who died, or whose record was deleted

    @property
    def open_fen(self) -> int:
        return sum(row.open_fen for row in self.rows)


def plan(account: Account, association: Association, channel: str, wanted: Filter) -> Plan:
    """Whom a round would take in. Who was reminded in the last 14 days is left in peace, and so are the dead."""
    day = today(association.time_zone)
    statement = queries.owing(account, association, wanted, day).limit(MOST + 1)
    rows = list(db.session.execute(statement).all())
    if len(rows) > MOST:
        raise RuleError("", lazy("At most %(most)s reminders are made at once: choose a group.", most=MOST))
    gone = queries.gone_of([row.payer_id for row in rows])
    here = [row for row in rows if row.payer_id not in gone]
    counts = queries.counts_of(association.id, [row.payer_id for row in here])
    late = [row for row in here if not _lately(counts.get(row.payer_id))]
    mailed = _with_mail(late) if channel == Channel.MAIL else late
    left_out = {
        "lately": len(here) - len(late),
        "without_mail": len(late) - len(mailed),
        "gone": len(rows) - len(here),
    }
    return Plan(mailed, **left_out)


def begin(account: Account, association: Association, channel: str, wanted: Filter, key: str) -> ReminderRound:
    """Make a round; the same form sent again is the same round.

    Raises RuleError for a channel that there is not, nobody to remind, and who may not record dues here.
    """
    known = queries.by_key(key)
    if known is not None:
        return _same(association, known)
    if channel not in set(Channel):
        raise RuleError("channel", lazy("Choose from the list."))
    groups = rules.reach(account, association)
    if groups is not None and wanted.group_id not in groups:
        raise RuleError("group", lazy("A group leader reminds the own group only."))
    found = plan(account, association, channel, wanted)
    if not found.rows:
        raise RuleError("", lazy("There is nobody to remind."))
    values = {"association_id": association.id, "channel": str(channel), "overdue_days": wanted.days, "key": key}
    values["group_id"] = wanted.group_id
    made = ReminderRound(**values, made_on=today(association.time_zone), created_by_id=account.person_id)
    if not add_single(made):  # the same form, in the same moment
        return _same(association, queries.by_key(key))
    counts = queries.counts_of(association.id, [row.payer_id for row in found.rows])
    db.session.execute(insert(Reminder), [_row(made, row, counts.get(row.payer_id)) for row in found.rows])
    told = {"channel": str(channel), "reminders": len(found.rows), "open_fen": found.open_fen}
    audit.record(account, "arrears.begin", made, told, association_id=association.id)
    return made


def done(account: Account, reminder: Reminder, outcome: str = "") -> bool:
    """It was given: called, handed over, sent. With the sum that is open now; whether it was written down.

    Once: a second time nothing changes but the outcome, and whom another round reminded lately is left in peace.
    Raises RuleError for a group that is not the actor's.
    """
    rules.check_may_change(account, reminder.association, reminder.group_id)
    reminder.outcome = outcome.strip()[:OUTCOME]
    return not was_lately(reminder) and bool(give(reminder, account.person_id))


def give_all(account: Account, made: ReminderRound, reminders: Sequence[Reminder]) -> list[Reminder]:
    """Letters: those that were given, now or before; printed once more they are the same. Load `association`."""
    hold(made.association, "name")
    counts = queries.counts_of(made.association_id, [one.payer_id for one in reminders])
    for one in reminders:
        if one.done_at is None and not _lately(counts.get(one.payer_id)):
            rules.check_may_change(account, one.association, one.group_id)
            give(one, account.person_id)
    return [one for one in reminders if one.done_at is not None]


def give(reminder: Reminder, by_id: int | None) -> Sequence[Charge]:
    """Mark it as given, with what is open of it today, which is told; nothing where nothing is, or it was given
    before.
    """
    day = today(reminder.association.time_zone)
    owed = queries.open_of(reminder.round, [reminder.payer_id], day).get(reminder.payer_id, [])
    sum_ = sum(charge.open_fen for charge in owed)
    if not sum_:
        return []
    kept = update(Reminder).where(Reminder.id == reminder.id, Reminder.done_at.is_(None))
    given = {"amount_fen": sum_, "done_at": now(), "done_by_id": by_id, "level": queries.level_of(reminder)}
    is_given = change(kept.values(**given))
    db.session.expire(reminder, list(given))
    return owed if is_given else []


def was_lately(reminder: Reminder) -> bool:
    """Whether whom it is for was reminded in the last days already. Reminders of an association go one at a time
    until the transaction ends: two rounds that were made in one moment tell nobody twice.
    """
    hold(reminder.association, "name")
    return _lately(queries.counts_of(reminder.association_id, [reminder.payer_id]).get(reminder.payer_id))


def _lately(known: Any) -> bool:
    return known is not None and known.last is not None and known.last > now() - LATELY


def _with_mail(rows: Sequence[Any]) -> list[Any]:
    """Those with an address for mail."""
    ids = [row.payer_id for row in rows]
    has = select(Person.id).where(Person.id.in_(ids), Person.email.is_not(None), Person.email != "")
    known = set(db.session.scalars(has))
    return [row for row in rows if row.payer_id in known]


def _row(made: ReminderRound, row: Any, known: Any) -> dict[str, Any]:
    return {
        "public_id": new_public_id(),
        "round_id": made.id,
        "association_id": row.association_id,
        "group_id": row.group_id,
        "payer_id": row.payer_id,
        "amount_fen": int(row.open_fen),
        "level": (known.times if known else 0) + 1,
    }


def _same(association: Association, known: ReminderRound | None) -> ReminderRound:
    """The round that the form made before. Raises RuleError when it is another association's."""
    if known is None or known.association_id != association.id:
        raise RuleError("", lazy("Send the form again."))
    return known
