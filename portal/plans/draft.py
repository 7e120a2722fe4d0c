"""The form of an activity with its choices, and what it says for the service."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any

from flask import request
from flask_login import current_user

from portal.associations.models import Association
from portal.core.calendar import read_date, today
from portal.core.formats import date_short
from portal.core.i18n import _, pgettext
from portal.offices.access import group_ids
from portal.offices.queries import list_officers
from portal.people.models import Person
from portal.plans import festivals, queries
from portal.plans.forms import PlanForm
from portal.plans.kinds import ActivityKind
from portal.plans.models import Activity
from portal.plans.services import LIMITS, RIGHT, Plan

COPIED = ("title", "place", "content")


class Draft:
    """An activity in the making, new or being changed."""

    def __init__(self, association: Association, activity: Activity | None = None) -> None:
        self.association, self.activity = association, activity
        self.groups = list(queries.list_groups(current_user, RIGHT, association))
        officers = list_officers(association, today(association.time_zone))
        self.people: dict[str, Person] = {held.person.public_id: held.person for held in officers}
        if activity is not None:
            self._keep(activity)
        self.form = PlanForm(data=self._of(activity) if activity else self._first())
        self._offer()
        if self.has_sessions:
            del self.form.planned_on

    @property
    def has_sessions(self) -> bool:
        """Then the day follows them."""
        return self.activity is not None and any(one.cancelled_at is None for one in self.activity.sessions)

    def details(self) -> Plan:
        form = self.form
        names = ("kind", "title", "festival", "place", "content")
        words = {name: value or "" for name, value in form.values(*names).items()}
        day = self.activity.planned_on if self.activity is not None and self.has_sessions else form.planned_on.data
        assert day is not None
        return Plan(
            **words,
            planned_on=day,
            group=next((group for group in self.groups if group.public_id == form.group.data), None),
            in_charge=self.people.get(form.in_charge.data or ""),
        )

    def _keep(self, activity: Activity) -> None:
        """Its own group and person stay choosable when the group has ended or the office was handed over."""
        if activity.group is not None and activity.group.id not in {group.id for group in self.groups}:
            self.groups.insert(0, activity.group)
        if activity.in_charge is not None:
            self.people.setdefault(activity.in_charge.public_id, activity.in_charge)

    def _offer(self) -> None:
        is_limited = group_ids(current_user, RIGHT, self.association) is not None
        whole = [] if is_limited else [("", _("The whole association"))]
        year = (self.form.planned_on.data or today(self.association.time_zone)).year
        days = festivals.days_of(year, queries.list_own_days(self.association))
        named = [
            ("", pgettext("festival", "None")),
            *((day.key, f"{date_short(day.on)} {day.label}") for day in days),
        ]
        tied = self.activity.festival if self.activity else ""
        if tied and tied not in {key for key, _label in named}:
            named.append((tied, festivals.label_of(tied)))
        groups = [*whole, *((group.public_id, group.name) for group in self.groups)]
        people = [("", _("Nobody yet")), *((key, person.name) for key, person in self.people.items())]
        self.form.offer(ActivityKind.labels(), named, groups, people)

    def _first(self) -> dict[str, Any]:
        """An empty form with what the address says: the day, the festival, what is copied from elsewhere."""
        asked = {name: request.args.get(name, "")[: LIMITS[name]] for name in (*COPIED, "festival")}
        kind = request.args.get("kind", "")
        own = next((key for key, one in self.people.items() if one.id == current_user.person_id), "")
        return {
            **asked,
            "kind": kind if kind in set(ActivityKind) else None,
            "planned_on": read_date(request.args.get("on", "")),
            "in_charge": own,
            "entry_key": token_urlsafe(16),
        }

    def _of(self, activity: Activity) -> dict[str, Any]:
        names = ("kind", "title", "planned_on", "festival", "place", "content")
        return {name: getattr(activity, name) for name in names} | {
            "group": activity.group.public_id if activity.group else "",
            "in_charge": activity.in_charge.public_id if activity.in_charge else "",
        }
