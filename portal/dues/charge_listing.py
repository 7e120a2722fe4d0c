"""The list of charges as its address asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, request
from flask_login import current_user

from portal.associations.models import Group
from portal.associations.queries import list_groups
from portal.core.calendar import today
from portal.core.forms import choices
from portal.core.i18n import _, pgettext
from portal.dues import charge_queries
from portal.dues.charge_queries import RIGHT, Filter
from portal.dues.forms import ChargesForm
from portal.dues.states import ChargeState
from portal.ledger.models import DuesPeriod
from portal.ledger.queries import list_periods
from portal.offices.access import group_ids
from portal.register.scope import scope_of

MOST_TEXT = 60
ALL = "all"


@dataclass(frozen=True)
class Listing:
    """What an address asks for, put together."""

    form: ChargesForm
    period: DuesPeriod | None
    wanted: Filter
    reaches_below: bool

    @property
    def is_filtered(self) -> bool:
        return bool(self.wanted.text or self.wanted.state or self.wanted.group_id)

    def statement(self) -> Any:
        return charge_queries.listing(current_user, g.association, self.wanted, today(g.association.time_zone))

    def sums(self) -> Any:
        return charge_queries.sums(current_user, g.association, self.wanted, today(g.association.time_zone))


def read() -> Listing:
    """The list of this request; without a period that of today, or the last that has begun."""
    form, periods, groups = ChargesForm(request.args), list_periods(g.association), _groups()
    known = ((one.public_id, one.name) for one in periods)
    form.period.choices = choices([*known, (ALL, pgettext("dues period", "All"))])
    form.group.choices = choices([("", _("All")), *((one.public_id, one.name) for one in groups)])
    form.state.choices = choices([("", _("All that stand")), *ChargeState.labels().items()])
    period = _period(form, periods)
    form.period.data = period.public_id if period else ALL
    reaches_below = scope_of(current_user, g.association, RIGHT).below
    wanted = Filter(
        period_id=period.id if period else None,
        group_id=next((one.id for one in groups if one.public_id == form.group.data), None),
        state=form.state.data if form.state.data in set(ChargeState) else "",
        text=(form.q.data or "")[:MOST_TEXT].strip(),
        below=bool(form.below.data) and reaches_below,
    )
    return Listing(form, period, wanted, reaches_below)


def _period(form: ChargesForm, periods: Any) -> DuesPeriod | None:
    if form.period.data == ALL:
        return None
    chosen = next((one for one in periods if one.public_id == form.period.data), None)
    begun = (one for one in periods if one.start_on <= today(g.association.time_zone))
    return chosen or next(begun, None)


def _groups() -> list[Group]:
    """The groups to choose from, as far as the reader sees them."""
    limited = group_ids(current_user, RIGHT, g.association)
    return [group for group in list_groups(g.association) if limited is None or group.id in limited]
