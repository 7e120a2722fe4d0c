"""Figures of the front page, and what waits in an office today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import distinct, func, select

from portal.accounts.models import Account
from portal.activities import queries as activities
from portal.applications import queries as applications
from portal.applications.services import DECIDE_WITHIN
from portal.associations.models import Association, Level
from portal.associations.queries import get_root, in_subtree
from portal.cards import queries as cards
from portal.core.calendar import add_working_days, today, working_days_between
from portal.core.database import db
from portal.core.formats import local
from portal.core.i18n import _, ngettext
from portal.core.recent import recent
from portal.duplicates import queries as duplicates
from portal.members.transfer_queries import count_to_answer
from portal.notices import queries as notices
from portal.offices.access import can, reached, visible
from portal.own import queries as own
from portal.own.models import PersonalRequest
from portal.people.models import Affiliation, AffiliationKind
from portal.people.queries import live


@dataclass(frozen=True)
class Counts:
    """People of a branch of the tree today."""

    members: int
    volunteers: int


@dataclass(frozen=True)
class Task:
    """A line of the work list: by when, what, and the page where it is done."""

    days_left: int | None  # working days; negative when late
    title: str
    detail: str
    href: tuple[str, dict[str, Any]]
    action: str


def count_people(path: str) -> Counts:
    """Totals that everybody may see: members and volunteers of a branch, each person counted once."""
    people = (
        select(Affiliation.kind, func.count(distinct(Affiliation.person_id)))
        .join(Association, Association.id == Affiliation.association_id)
        .where(in_subtree(path), live())
        .group_by(Affiliation.kind)
    )
    by_kind = {row[0]: row[1] for row in db.session.execute(people)}
    return Counts(by_kind.get(AffiliationKind.MEMBER, 0), by_kind.get(AffiliationKind.VOLUNTEER, 0))


def count_grassroots(path: str) -> int:
    """Grass-roots associations of a branch that are open."""
    here = (in_subtree(path), Association.archived_on.is_(None), Association.level == Level.GRASSROOTS)
    return db.session.scalar(select(func.count()).select_from(Association).where(*here)) or 0


@dataclass(frozen=True)
class FrontFigures:
    """The totals of the front page: open grass-roots associations, people, and a year's activities."""

    associations: int
    members: int
    volunteers: int
    activities: int
    courses: int
    service_minutes: int


def front_figures(day: date) -> FrontFigures | None:
    """The front page's totals, None before there is an association.

    Counting them reads the whole year, so they are kept for a minute.
    """
    return recent(f"front:{day.year}", lambda: _count_front_figures(day.year))


def _count_front_figures(year: int) -> FrontFigures | None:
    root = get_root()
    if root is None:
        return None
    people = count_people(root.path)
    done = activities.count_figures(root.path, year)
    return FrontFigures(count_grassroots(root.path), people.members, people.volunteers, **done)


def latest_entries(account: Account, association: Association) -> list[tuple[Any, activities.Figures]]:
    """The newest entries of the log book that the officer may see, with their figures."""
    statement = activities.list_entries(account, association, activities.Filter()).limit(5)
    logs = db.session.scalars(statement).all()
    figures = activities.figures_of(logs) if logs else {}
    return [(log, figures[log.id]) for log in logs]


def list_tasks(account: Account, association: Association, months: list[activities.MonthState]) -> list[Task]:
    """What waits at the association for this officer, the most urgent first."""
    tasks: list[Task] = []
    if can(account, "activities.write", association):
        tasks += [_log_task(due, association) for due in activities.due_logs(association, account)]
        tasks += _month_tasks(account, association, months)
    if can(account, "members.write", association):
        tasks += _card_tasks(account, association)
        tasks += _application_tasks(account, association)
    if can(account, "notices.write", association):
        drafts = notices.count_drafts(association)
        if drafts:
            title = ngettext("%(num)d draft of a notice", "%(num)d drafts of notices", drafts)
            detail = _("Check and publish, or discard.")
            tasks.append(Task(None, title, detail, ("notices.office_list", {}), _("Open")))
    if can(account, "members.write", association):
        tasks += _request_tasks(account, association)
        tasks += _duplicate_tasks(account, association)
    tasks += _transfer_tasks(account, association)
    return sorted(tasks, key=lambda task: (task.days_left is None, task.days_left or 0))


def _application_tasks(account: Account, association: Association) -> list[Task]:
    """Applications that wait for the association's decision; ten working days are given for the oldest."""
    count, oldest = applications.waiting(account, association)
    if oldest is None:
        return []
    day = today(association.time_zone)
    until = add_working_days(local(oldest, association.time_zone).date(), DECIDE_WITHIN)
    title = ngettext("%(num)d application to decide", "%(num)d applications to decide", count)
    detail = _("The oldest is to be decided by %(day)s.", day=until.isoformat())
    left = working_days_between(day, until) if until >= day else min(working_days_between(day, until), -1)
    return [Task(left, title, detail, ("applications.office_list", {}), _("Open"))]


def _duplicate_tasks(account: Account, association: Association) -> list[Task]:
    """Pairs that look like one person. A federation's are its associations' to decide: they are not counted here."""
    if association.level == Level.FEDERATION:
        return []
    count = duplicates.count_pairs(reached(account, "members.write"), association, limit=100)
    if not count:
        return []
    title = ngettext("%(num)d possible duplicate", "%(num)d possible duplicates", count)
    detail = _("Merge what is one person, keep apart what is two.")
    return [Task(None, title, detail, ("duplicates.queue", {}), _("Compare"))]


def _request_tasks(account: Account, association: Association) -> list[Task]:
    """Requests of people about their own data, here and below."""
    reach = visible(select(PersonalRequest), account, "members.write", PersonalRequest)
    waiting = own.count_open(reach, association, besides=account.person_id)
    if not waiting:
        return []
    title = ngettext("%(num)d request about own data", "%(num)d requests about own data", waiting)
    return [Task(None, title, _("Compare, then accept or refuse."), ("own.requests", {}), _("Decide"))]


def _card_tasks(account: Account, association: Association) -> list[Task]:
    missing = cards.count_missing(account, association)
    if not missing:
        return []
    title = ngettext("%(num)d member has no card", "%(num)d members have no card", missing)
    href = ("cards.batch_form", {"kind": "missing", "layout": "card-sheet"})
    return [Task(None, title, _("Issue the cards in one go and print them."), href, _("Issue"))]


def _log_task(due: activities.DueLog, association: Association) -> Task:
    log = due.log
    missing = [
        word
        for word, lacks in (
            (_("the summary"), len(log.summary) < 10),
            (_("the place"), not log.place),
            (_("the duration"), not log.minutes),
        )
        if lacks
    ] or [_("who took part")]
    detail = _("Held on %(day)s · missing: %(what)s", day=log.held_on.isoformat(), what=_(", ").join(missing))
    is_late = due.deadline < today(association.time_zone)
    days_left = min(due.days_left, -1) if is_late else due.days_left  # late on Sunday, though no working day passed
    return Task(days_left, log.title, detail, ("activities.edit", {"public_id": log.public_id}), _("Complete"))


def _month_tasks(account: Account, association: Association, months: list[activities.MonthState]) -> list[Task]:
    """The current month without an entry; a past month's gap stays visible in the months' page."""
    if not can(account, "activities.write", association, whole=True) or association.level != Level.GRASSROOTS:
        return []
    if months[today(association.time_zone).month - 1].entries:
        return []
    title = _("No activity logged this month yet")
    return [Task(None, title, _("Every month needs an entry."), ("activities.new", {}), _("Log an activity"))]


def _transfer_tasks(account: Account, association: Association) -> list[Task]:
    """Transfers that another association has proposed."""
    waiting = count_to_answer(association) if can(account, "members.write", association, whole=True) else 0
    if not waiting:
        return []
    title = ngettext("%(num)d transfer waits for your answer", "%(num)d transfers wait for your answer", waiting)
    detail = _("Another association proposes it: accept or decline.")
    return [Task(None, title, detail, ("members.list_transfers", {}), _("Answer"))]
