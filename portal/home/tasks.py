"""What waits in an office today: each feature says what it counts, and all of it is asked at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from portal.accounts.models import Account
from portal.activities import queries as activities
from portal.applications import queries as applications
from portal.applications.sent import DECIDE_WITHIN
from portal.associations.models import Association, Level
from portal.attendance import queries as attendance
from portal.cards import queries as cards
from portal.certificates import queries as certificates
from portal.core import mail
from portal.core.calendar import add_working_days, record_deadline, today, working_days_between
from portal.core.database import ask_together
from portal.core.formats import date_short, local
from portal.core.i18n import _, ngettext
from portal.duplicates import queries as duplicates
from portal.home import (
    consulting_tasks,
    disclosure_tasks,
    dues_tasks,
    lending_tasks,
    letter_tasks,
    notice_tasks,
    praise_tasks,
    review_tasks,
    term_tasks,
)
from portal.hours import queue as hours
from portal.lending import queries as lending
from portal.letters import queries as letters
from portal.members.transfer_queries import counting_to_answer
from portal.notices import waiting as notices
from portal.offices.access import can, reached, visible
from portal.own import queries as own
from portal.own.models import PersonalRequest
from portal.plans import plan_queries as plans
from portal.signups import lent, telling
from portal.volunteers import registration_queries as volunteers

ROOMS = (dues_tasks, consulting_tasks, disclosure_tasks, praise_tasks, review_tasks, term_tasks)


@dataclass(frozen=True)
class Task:
    """A line of the work list: by when, what, and the page where it is done."""

    days_left: int | None  # working days; negative when late
    title: str
    detail: str
    href: tuple[str, dict[str, Any]]
    action: str


@dataclass(frozen=True)
class Group:
    """Tasks of one urgency under their heading; the calm ones stand close together, without a button each."""

    title: str
    tasks: list[Task]
    is_calm: bool = False


SOON = 5  # working days: what is due within a week stands above what can wait


def grouped(tasks: list[Task]) -> list[Group]:
    """Late, due within a week, and what can wait; a group in which there is nothing is left out."""
    late = [task for task in tasks if task.days_left is not None and task.days_left < 0]
    soon = [task for task in tasks if task.days_left is not None and 0 <= task.days_left <= SOON]
    calm = [task for task in tasks if task.days_left is None or task.days_left > SOON]
    groups = Group(_("Late"), late), Group(_("Due within a week"), soon), Group(_("Not urgent"), calm, True)
    return [group for group in groups if group.tasks]


def list_tasks(account: Account, association: Association, months: list[activities.MonthState]) -> list[Task]:
    """What waits at the association for this officer, the most urgent first."""
    tasks: list[Task] = []
    if can(account, "activities.write", association):
        tasks += [_log_task(due, association) for due in activities.due_logs(association, account)]
        tasks += _month_tasks(account, association, months)
    tasks += _counted(ask_together(_questions(account, association)), association)
    return sorted(tasks, key=lambda task: (task.days_left is None, task.days_left or 0))


def _questions(account: Account, association: Association) -> dict[str, Select[Any]]:
    """What is counted for this officer here. A federation's duplicates are its associations' to decide."""
    asked: dict[str, Select[Any]] = {}
    for room in (*ROOMS, hours, letters, notices):
        asked |= room.questions(account, association)
    if can(account, "activities.write", association):
        asked |= _of_activities(account, association)
    if can(account, "volunteers.write", association):
        asked |= volunteers.questions(account, association)
        stars = certificates.counting_requests(account, association, besides=account.person_id)
        asked |= {"stars": stars, **lending.counting(association)}
    if not can(account, "members.write", association):
        return asked
    waiting = applications.sent.waiting(account, association)
    requests = visible(select(PersonalRequest), account, "members.write", PersonalRequest)
    asked |= {
        "applications": waiting.with_only_columns(func.count()),
        "oldest": waiting.with_only_columns(func.min(waiting.selected_columns[0])),
        "requests": own.counting_open(requests, association, besides=account.person_id),
        "cards": cards.counting_missing(account, association),
    }
    if can(account, "members.write", association, whole=True):
        asked["transfers"] = counting_to_answer(association)
    if association.level != Level.FEDERATION:
        asked["duplicates"] = duplicates.counting_pairs(reached(account, "members.write"), association, limit=100)
    return asked


def _of_activities(account: Account, association: Association) -> dict[str, Select[Any]]:
    """What is counted for whoever plans and holds activities."""
    calls = telling.counting_to_call(account, association, by_mail=mail.is_set())
    asked = {**plans.counting_overdue(account, "activities.write", association), "calls": calls}
    asked |= lent.questions(account, association)
    return asked | attendance.counting(account, association)


def _counted(found: Mapping[str, Any], association: Association) -> Iterator[Task]:
    """A line for everything of which there is some."""
    yield from _plan_tasks(found, association)
    yield from _attendance_tasks(found)
    yield from _star_tasks(found)
    yield from _call_tasks(found)
    yield from _lent_tasks(found)
    yield from (Task(None, *line) for line in lending_tasks.lines(found))
    yield from (Task(None, *line) for line in dues_tasks.lines(found))
    yield from (Task(*line) for line in letter_tasks.lines(found))
    yield from (Task(None, *line) for line in review_tasks.lines(found, association))
    for room in (consulting_tasks, praise_tasks, term_tasks, disclosure_tasks):
        yield from (Task(*line) for line in room.lines(found, association))
    if count := found.get("applications"):
        yield _application_task(count, found["oldest"], association)
    yield from _volunteer_tasks(found, association)
    if count := found.get("hours"):
        yield _hours_task(count, found["hours_since"], association)
    if count := found.get("transfers"):
        title = ngettext("%(num)d transfer waits for your answer", "%(num)d transfers wait for your answer", count)
        detail = _("Another association proposes it: accept or decline.")
        yield Task(None, title, detail, ("members.list_transfers", {}), _("Answer"))
    if count := found.get("requests"):
        title = ngettext("%(num)d request about own data", "%(num)d requests about own data", count)
        yield Task(None, title, _("Compare, then accept or refuse."), ("own.requests", {}), _("Decide"))
    yield from _register_tasks(found)
    yield from (Task(None, *line) for line in notice_tasks.lines(found, association))


def _register_tasks(found: Mapping[str, Any]) -> Iterator[Task]:
    if count := found.get("duplicates"):
        title = ngettext("%(num)d possible duplicate", "%(num)d possible duplicates", count)
        detail = _("Merge what is one person, keep apart what is two.")
        yield Task(None, title, detail, ("duplicates.queue", {}), _("Compare"))
    if count := found.get("cards"):
        title = ngettext("%(num)d member has no card", "%(num)d members have no card", count)
        href = ("cards.batch_form", {"kind": "missing", "layout": "card-sheet"})
        yield Task(None, title, _("Issue the cards in one go and print them."), href, _("Issue"))


def _star_tasks(found: Mapping[str, Any]) -> Iterator[Task]:
    if count := found.get("stars"):
        title = ngettext("%(num)d request for a star to decide", "%(num)d requests for stars to decide", count)
        detail = _("The approved hours stand beside each.")
        yield Task(None, title, detail, ("certificates.stars", {}), _("Decide"))


def _call_tasks(found: Mapping[str, Any]) -> Iterator[Task]:
    """Those who signed up for something and have not heard what there is to say, and have no mail."""
    if count := found.get("calls"):
        title = ngettext(
            "%(num)d person to call about an activity", "%(num)d people to call about activities", int(count)
        )
        detail = _("Cancelled or moved, a place offered, or a session within a day.")
        yield Task(0, title, detail, ("signups.to_call", {}), _("Call"))


def _lent_tasks(found: Mapping[str, Any]) -> Iterator[Task]:
    """Who had signed up and is no longer lent."""
    if count := found.get("lent_gone"):
        title = ngettext("%(num)d lent volunteer no longer comes", "%(num)d lent volunteers no longer come", count)
        href = ("plans.session", {"public_id": found["lent_gone_from"]})
        yield Task(None, title, _("Lending has ended: look whether somebody is still wanted."), href, _("Open"))


def _attendance_tasks(found: Mapping[str, Any]) -> Iterator[Task]:
    """Sessions that are over: whose list nobody closed, and who came and did not check out."""
    if count := found.get("open_lists"):
        title = ngettext("%(num)d list of attendance is open", "%(num)d lists of attendance are open", count)
        detail = _("The session is over: enter who came, then close the list.")
        yield Task(None, title, detail, ("attendance.lists", {}), _("Open"))
    if count := found.get("odd"):
        title = ngettext("%(num)d attendance to be looked at", "%(num)d attendances to be looked at", count)
        yield Task(None, title, _("No time counts before."), ("attendance.review", {}), _("Look at it"))


def _plan_tasks(found: Mapping[str, Any], association: Association) -> Iterator[Task]:
    """What was planned and its day has passed: it is logged within ten working days of the oldest day."""
    if count := found.get("not_logged"):
        since = local(found["not_logged_since"], association.time_zone).date()
        title = ngettext("%(num)d activity held, not logged", "%(num)d activities held, not logged", count)
        detail = _("Log what was held, within ten working days.")
        yield Task(_left(since, association), title, detail, ("plans.office_plan", {}), _("Open"))
    if count := found.get("not_held"):
        title = ngettext("%(num)d planned activity not held", "%(num)d planned activities not held", count)
        detail = _("The day has passed: log it, move it or cancel it.")
        left = _left(found["not_held_since"], association)
        yield Task(left, title, detail, ("plans.office_plan", {}), _("Open"))


def _left(held_on: date, association: Association) -> int:
    """Working days left of the ten; late is late, also on a Sunday."""
    day, deadline = today(association.time_zone), record_deadline(held_on)
    left = working_days_between(day, deadline)
    return min(left, -1) if deadline < day else left


def _volunteer_tasks(found: Mapping[str, Any], association: Association) -> Iterator[Task]:
    """Who wants to become a volunteer, and whose term ends."""
    if count := found.get("registrations"):
        title = ngettext("%(num)d registration to decide", "%(num)d registrations to decide", count)
        yield _decision(title, found["registered"], association, "volunteers.registrations")
    if count := found.get("terms"):
        title = ngettext("%(num)d term as a volunteer ends soon", "%(num)d terms as volunteers end soon", count)
        yield Task(None, title, _("Ask who goes on, and renew."), ("volunteers.terms", {}), _("Open"))


def _application_task(count: int, oldest: Any, association: Association) -> Task:
    title = ngettext("%(num)d application to decide", "%(num)d applications to decide", count)
    return _decision(title, oldest, association, "applications.office_list")


def _decision(title: str, oldest: Any, association: Association, page: str) -> Task:
    """What waits for the association's decision; ten working days are given for the oldest."""
    day = today(association.time_zone)
    until = add_working_days(local(oldest, association.time_zone).date(), DECIDE_WITHIN)
    detail = _("The oldest is to be decided by %(day)s.", day=date_short(until))
    left = working_days_between(day, until) if until >= day else min(working_days_between(day, until), -1)
    return Task(left, title, detail, (page, {}), _("Open"))


def _hours_task(count: int, since: Any, association: Association) -> Task:
    """Time that waits for approval; service is in the record within ten working days of the activity's end."""
    until, day = record_deadline(since), today(association.time_zone)
    title = ngettext("%(num)d entry of hours to approve", "%(num)d entries of hours to approve", count)
    detail = _("The oldest is to be approved by %(day)s.", day=date_short(until))
    left = working_days_between(day, until) if until >= day else min(working_days_between(day, until), -1)
    return Task(left, title, detail, ("hours.office_list", {}), _("Open"))


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
    detail = _("Held on %(day)s · missing: %(what)s", day=date_short(log.held_on), what=_(", ").join(missing))
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
