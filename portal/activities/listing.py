"""The office's list as its address asks for it: the period, the filter, and whether associations below come in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import request
from flask_login import current_user

from portal.activities import suggestions
from portal.activities.forms import FilterForm
from portal.activities.models import STATES
from portal.activities.queries import Filter
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.forms import choices
from portal.core.i18n import _, lazy, pgettext
from portal.offices.access import grants_of
from portal.plans.kinds import ActivityKind

PERIODS = {
    "month": lazy("This month"),
    "last-month": lazy("Last month"),
    "quarter": lazy("This quarter"),
    "year": lazy("This year"),
    "last-year": lazy("Last year"),
}


def filter_form(association: Association) -> FilterForm:
    """The form above the list, filled in from the address."""
    form = FilterForm(formdata=request.args)
    every = ("", _("All"))
    groups = [(group.public_id, group.name) for group in suggestions.list_groups(current_user, association)]
    form.period.choices = choices([("", pgettext("period", "All")), *PERIODS.items()])
    form.kind.choices = choices([every, *ActivityKind.labels().items()])
    form.group.choices = choices([every, *groups])
    form.state.choices = choices([every, *STATES.items()])
    return form


def wanted(form: FilterForm, association: Association) -> Filter:
    """What the address asks for; a word it does not know asks for nothing."""
    form.validate()
    period = period_of(form.period.data or "", today(association.time_zone))
    state = form.state.data or ""
    return Filter(
        start=form.start.data or period[0],
        end=form.end.data or period[1],
        kind=form.kind.data if form.kind.data in set(ActivityKind) else "",
        place=form.place.data or "",
        group=form.group.data or "",
        text=form.q.data or "",
        complete={"complete": True, "incomplete": False}.get(state),
        below=bool(form.below.data) and reaches_below(association),
        struck=state == "struck",
    )


def period_of(name: str, day: date) -> tuple[date | None, date | None]:
    """The first and last day of a named period about a day."""
    month = day.replace(day=1)
    if name == "month":
        return month, _month_end(month)
    if name == "last-month":
        return (month - timedelta(days=1)).replace(day=1), month - timedelta(days=1)
    if name == "quarter":
        first = month.replace(month=(month.month - 1) // 3 * 3 + 1)
        return first, _month_end(first.replace(month=first.month + 2))
    if name in ("year", "last-year"):
        year = day.year - (name == "last-year")
        return date(year, 1, 1), date(year, 12, 31)
    return None, None


def _month_end(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def reaches_below(association: Association) -> bool:
    """Whether the reader's rights reach associations below this one."""
    return any(grant.covers_subtree and grant.reaches(association) for grant in grants_of(current_user))


def is_filtered(form: FilterForm) -> bool:
    return any(field.data for field in form)


def month_range(month: date) -> dict[str, Any]:
    """The arguments of a link to a month's entries."""
    return {"start": month.isoformat(), "end": _month_end(month).isoformat()}
