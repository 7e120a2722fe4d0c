"""The year's plan as its address asks for it: the filter, the months with their activities and festival days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import request
from flask_login import current_user

from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.forms import choices
from portal.core.i18n import _
from portal.core.paging import Page, asked_year
from portal.plans import festivals, plan_queries, queries, services
from portal.plans.forms import FilterForm
from portal.plans.kinds import ActivityKind
from portal.plans.models import Activity, ActivityState

SIZE = 100


@dataclass(frozen=True)
class Month:
    """A month of the plan: its first day, the activities planned in it, its festival days."""

    first: date
    activities: Sequence[Activity]
    days: Sequence[festivals.Day]


def filter_form(association: Association) -> FilterForm:
    """The form above the list, filled in from the address."""
    form = FilterForm(formdata=request.args)
    every = ("", _("All"))
    groups = queries.list_groups(current_user, "activities.read", association)
    form.state.choices = choices([every, *ActivityState.labels().items()])
    form.kind.choices = choices([every, *ActivityKind.labels().items()])
    form.group.choices = choices([every, *((group.public_id, group.name) for group in groups)])
    form.validate()
    return form


def wanted(form: FilterForm, association: Association) -> plan_queries.Filter:
    """What the address asks for; a word it does not know asks for nothing."""
    return plan_queries.Filter(
        year=chosen_year(association),
        state=form.state.data if form.state.data in set(ActivityState) else "",
        kind=form.kind.data if form.kind.data in set(ActivityKind) else "",
        group=form.group.data or "",
    )


def chosen_year(association: Association) -> int:
    """The year that the address asks for, else the present one."""
    return asked_year(today(association.time_zone).year, first=services.FIRST_YEAR, last=services.LAST_YEAR)


def months(page: Page[Activity], year: int, days: Sequence[festivals.Day], *, every: bool) -> list[Month]:
    """The months that the page reaches; with `every` also those in which nothing is planned."""
    found: dict[int, list[Activity]] = {}
    for activity in page.rows:
        found.setdefault(activity.planned_on.month, []).append(activity)
    first = min(found, default=1) if page.has_prev else 1
    last = max(found, default=12) if page.has_next else 12
    shown = range(first, last + 1) if every else sorted(found)
    return [Month(date(year, n, 1), found.get(n, []), festivals.of_month(days, n)) for n in shown]
