"""What is due by when at an association: everything of all rooms that has a day, as far as the officer may do it.

What has a day in the database is asked together; what is counted in working days is worked out from when it began.
No name of a person stands in it: it leaves the portal as a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, union_all

from portal.accounts.models import Account
from portal.activities import queries as activities
from portal.applications import queries as applications
from portal.applications.sent import DECIDE_WITHIN
from portal.associations.models import Association, Level
from portal.core.calendar import add_working_days, record_deadline
from portal.core.database import ask_together, db, read
from portal.core.formats import local
from portal.core.i18n import _, lazy_pgettext
from portal.disclosure.queries import DueState, owed
from portal.hours import queue as hours
from portal.offices.access import can
from portal.plans import plan_queries as plans
from portal.reports import dated
from portal.volunteers import registration_queries as volunteers

AHEAD = 60  # days
Asked = tuple[Account, Association, date]


@dataclass(frozen=True)
class Deadline:
    """By a day, something at a page of the office; `reference` tells apart what is due on the same day."""

    day: date
    kind: str
    endpoint: str
    name: str = ""  # what it is about, or how many
    values: Mapping[str, Any] = field(default_factory=dict)
    reference: str = ""

    @property
    def title(self) -> str:
        label = str(KINDS[self.kind][0])
        return f"{label}{_(': ')}{self.name}" if self.name else label


KINDS: Mapping[str, tuple[Any, str]] = {
    "month": (lazy_pgettext("deadline", "An activity to be logged for the month"), "activities.new"),
    "gap": (lazy_pgettext("deadline", "No activity was logged"), "activities.months"),
    "log": (lazy_pgettext("deadline", "Entry of the log book to complete"), "activities.edit"),
    "plan": (lazy_pgettext("deadline", "Activities held, not logged"), "plans.office_plan"),
    "hours": (lazy_pgettext("deadline", "Hours to approve"), "hours.office_list"),
    "application": (lazy_pgettext("deadline", "Applications to decide"), "applications.office_list"),
    "registration": (lazy_pgettext("deadline", "Volunteers' registrations to decide"), "volunteers.registrations"),
    "transfer": (lazy_pgettext("deadline", "Transfers to answer"), "members.list_transfers"),
    "book": (lazy_pgettext("deadline", "Book of dues to close"), "ledger.books"),
    "levy": (lazy_pgettext("deadline", "Levy to pay"), "levy.levies"),
    "disclosure": (lazy_pgettext("deadline", "To be published"), "disclosure.calendar"),
    "letter": (lazy_pgettext("deadline", "Letters to answer"), "letters.office_list"),
    "period": (lazy_pgettext("deadline", "Notice period ends"), "objections.office_list"),
    "survey": (lazy_pgettext("deadline", "Appraisal closes"), "surveys.office_list"),
    "round": (lazy_pgettext("deadline", "Consultation on a charter ends"), "charters.office_list"),
    "call": (lazy_pgettext("deadline", "Nominations close"), "commendations.office_list"),
    "term": (lazy_pgettext("deadline", "Term of office ends"), "offices.terms"),
    "appointment": (lazy_pgettext("deadline", "Appointments end"), "offices.appointments"),
    "volunteer": (lazy_pgettext("deadline", "Terms as volunteers end"), "volunteers.terms"),
}


def list_deadlines(account: Account, association: Association, day: date) -> list[Deadline]:
    """What is late and what is due within sixty days, the first day first."""
    asked, until = (account, association, day), day + timedelta(days=AHEAD)
    sources: tuple[Callable[[Asked], Iterable[Deadline]], ...] = (_of_the_log, _counted, _sent, _published, _dated)
    found = [one for source in sources for one in source(asked) if one.day <= until]
    return sorted(found, key=lambda one: (one.day, list(KINDS).index(one.kind), one.name))


def by_week(found: Iterable[Deadline], day: date) -> list[tuple[date | None, list[Deadline]]]:
    """What is late first, under no week; then each week by its Monday."""
    weeks: dict[date | None, list[Deadline]] = {}
    for one in found:
        monday = one.day - timedelta(days=one.day.weekday())
        weeks.setdefault(None if one.day < day else monday, []).append(one)
    return list(weeks.items())


def _made(kind: str, day: date, name: str = "", reference: str = "", **values: Any) -> Deadline:
    return Deadline(day, kind, KINDS[kind][1], name, values, reference)


def _many(kind: str, days: Mapping[date, int]) -> Iterator[Deadline]:
    return (_made(kind, day, str(number)) for day, number in days.items())


def _of_the_log(asked: Asked) -> Iterator[Deadline]:
    """Entries to complete within ten working days; for a grass-roots association each month of the year."""
    account, association, day = asked
    if not can(account, "activities.write", association):
        return
    for due in activities.due_logs(association, account):
        yield _made("log", due.deadline, due.log.title, due.log.public_id, public_id=due.log.public_id)
    if association.level != Level.GRASSROOTS or not can(account, "activities.write", association, whole=True):
        return
    yield from _months(association, day)


def _months(association: Association, day: date) -> Iterator[Deadline]:
    """Those of the year without an entry, since it was founded."""
    for month in activities.month_states(association, day.year):
        last = (month.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if month.entries or month.is_future or _is_before(last, association):
            continue
        kind, values = ("gap", {"year": day.year}) if month.is_over else ("month", {})
        yield _made(kind, last, f"{month.month:%Y-%m}", f"{month.month:%Y-%m}", **values)


def _is_before(last: date, association: Association) -> bool:
    """Whether the month was over before the association was founded."""
    return association.founded_on is not None and last < association.founded_on


def _counted(asked: Asked) -> Iterator[Deadline]:
    """What is recorded within ten working days of the oldest activity: hours, and what was held."""
    account, association, _day = asked
    questions: dict[str, Select[Any]] = dict(hours.questions(account, association))
    if can(account, "activities.write", association):
        questions |= plans.counting_overdue(account, "activities.write", association)
    found = ask_together(questions)
    if number := found.get("hours"):
        yield _made("hours", record_deadline(found["hours_since"]), str(number))
    if number := found.get("not_logged"):
        since = local(found["not_logged_since"], association.time_zone).date()
        yield _made("plan", record_deadline(since), str(number))


def _sent(asked: Asked) -> Iterator[Deadline]:
    """Applications and registrations: ten working days from the day on which each came."""
    account, association, _day = asked
    if can(account, "members.write", association):
        yield from _many("application", _decided_by(applications.sent.waiting(account, association), association))
    if can(account, "volunteers.write", association):
        yield from _many("registration", _decided_by(volunteers.sent.waiting(account, association), association))


def _decided_by(waiting: Select[Any], association: Association) -> Counter[date]:
    came = (local(moment, association.time_zone).date() for moment in db.session.scalars(waiting))
    return Counter(add_working_days(day, DECIDE_WITHIN) for day in came)


def _published(asked: Asked) -> Iterator[Deadline]:
    account, association, day = asked
    if can(account, "notices.write", association):
        for due in owed(association, day):
            if due.state != DueState.DONE:
                reference = f"{due.duty.public_id}-{due.period_on}"
                yield _made("disclosure", due.due_on, f"{due.name}{due.duty.title}", reference)


def _dated(asked: Asked) -> Iterator[Deadline]:
    """What has its day in the database: by name where it has one, else how many on each day."""
    questions = list(dated.questions(*asked))
    if not questions:
        return
    numbers: dict[str, Counter[date]] = {}
    rows: Sequence[Any] = read(union_all(*questions)).all()
    for kind, day, name, public_id in rows:
        day = day + dated.LATER.get(kind, timedelta())
        if name:
            yield _made(kind, day, name, public_id)
        else:
            numbers.setdefault(kind, Counter())[day] += 1
    for kind, days in numbers.items():
        yield from _many(kind, days)
