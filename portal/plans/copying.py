"""Last year's plan taken over: what is proposed for which day, and the copying itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.people.models import Person
from portal.plans import festivals, plan_queries, queries, services
from portal.plans.kinds import ActivityKind
from portal.plans.models import Activity

WEEKS = timedelta(weeks=52)


@dataclass(frozen=True)
class Proposal:
    """An activity of last year with the day proposed for it; `copy` stands in the plan already."""

    source: Activity
    on: date
    is_festival: bool
    copy: Activity | None = None


def propose(account: Account, association: Association, year: int) -> list[Proposal]:
    """What of the year before can be planned for `year`: on the same festival, else on the same weekday."""
    sources = plan_queries.list_sources(account, association, year - 1)
    days = festivals.days_of(year, queries.list_own_days(association))
    copied = plan_queries.list_copied(association, sources, year)
    return [_proposal(one, days, year, copied.get(one.id)) for one in sources]


def _proposal(source: Activity, days: Sequence[festivals.Day], year: int, copy: Activity | None) -> Proposal:
    festival = festivals.day_of(days, source.festival) if source.festival else None
    return Proposal(source, festival or same_weekday(source.planned_on, year), festival is not None, copy)


def same_weekday(day: date, year: int) -> date:
    """The day of `year` that is 52 weeks after (of 1 January, which would stay in its year, 53)."""
    moved = day + WEEKS
    return moved if moved.year == year else moved + timedelta(weeks=1)


def copy_year(
    actor: Account,
    association: Association,
    year: int,
    chosen: Mapping[str, date],
    *,
    groups: Collection[Group],
    people: Collection[Person],
) -> list[Activity]:
    """Plan the chosen activities (by their public ids) of the year before for the days given, each once: what was
    copied already stays as it is. Groups and people who are there no longer are left out.
    """
    if not chosen:
        raise RuleError("", _("Tick at least one activity."))
    plan_queries.lock_plan(association)
    known = {one.source.public_id: one for one in propose(actor, association, year)}
    added = []
    for public_id, day in chosen.items():
        proposal = known.get(public_id)
        if proposal is None or proposal.copy is not None:
            continue
        if day.year != year:
            raise RuleError("", _("Choose days of %(year)s.", year=year))
        details = _details(proposal.source, day, groups, people)
        key = plan_queries.copy_key(proposal.source, year)
        added.append(services.plan(actor, association, details, entry_key=key, copied_from=proposal.source))
    return added


def _details(source: Activity, day: date, groups: Collection[Group], people: Collection[Person]) -> services.Plan:
    usual = ActivityKind(source.kind).title_on(source.planned_on)
    return services.Plan(
        kind=source.kind,
        planned_on=day,
        title="" if source.title == usual else source.title,
        festival=source.festival,
        place=source.place,
        content=source.content,
        group=next((group for group in groups if group.id == source.group_id), None),
        in_charge=next((person for person in people if person.id == source.in_charge_id), None),
    )
