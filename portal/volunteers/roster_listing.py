"""The roster as its address asks for it: how far it reaches and the filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import abort
from werkzeug.datastructures import MultiDict

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import get_below
from portal.core.forms import choices
from portal.core.i18n import _, lazy, ngettext, pgettext
from portal.members.queries import root_id
from portal.offices.access import can
from portal.register.queries import list_places
from portal.register.scope import Scope, scope_of
from portal.volunteers import roster_queries
from portal.volunteers.models import DayPart, SkillKind
from portal.volunteers.roster_forms import RosterForm
from portal.volunteers.roster_queries import EVERYBODY, FORMER, OVER, SOON, Option, Wanted
from portal.volunteers.roster_words import WEEKDAYS

RIGHT = "volunteers.read"
ALL = lazy("All")
GROUP, NO_GROUP = "group", "none"
DAYS_BEFORE = (30, SOON, 180)
TERMS = (OVER, *map(str, DAYS_BEFORE))
KEPT = ("q", "skill", "group", "day", "part", "interest", "term", "state", "place")


@dataclass(frozen=True)
class Listing:
    """What an address asks for, put together."""

    form: RosterForm
    account: Account
    place: Association  # the page's association, or the one below it that is asked for
    scope: Scope
    wanted: Wanted
    arguments: dict[str, list[str]] = field(default_factory=dict)  # the address without the page

    @property
    def is_filtered(self) -> bool:
        return bool(self.arguments)

    @property
    def asks_more(self) -> bool:
        """Whether one of the questions behind "More" is asked."""
        return any(name in self.arguments for name in ("interest", "term", "state", "place"))

    def statement(self) -> Any:
        return roster_queries.volunteers(self.account, self.scope, self.wanted)


def read(arguments: MultiDict[str, str], account: Account, association: Association) -> Listing:
    """The roster that an address asks for; a place that is not below, or not the reader's to see, is not there."""
    form = RosterForm(formdata=arguments)
    place = _place(form, account, association)
    scope = scope_of(account, place, RIGHT)
    options = roster_queries.list_options(scope, root_id(association))
    _fill(form, account, association, options)
    form.validate()
    kept = {name: [arguments.get(name, "")] for name in KEPT if arguments.get(name)}
    return Listing(form, account, place, scope, _wanted(form, options), kept)


def _wanted(form: RosterForm, options: Sequence[Option]) -> Wanted:
    """What is not on a list is not asked."""
    ids = {(option.kind, option.public_id): option.id for option in options}
    day, part = form.day.data or "", form.part.data or ""
    return Wanted(
        text=(form.q.data or "")[:60],
        group_id=ids.get((GROUP, form.group.data)),
        without_group=form.group.data == NO_GROUP,
        skill_id=ids.get((SkillKind.SKILL, form.skill.data)),
        interest_id=ids.get((SkillKind.INTEREST, form.interest.data)),
        weekday=int(day) if day in map(str, range(7)) else None,
        part=part if part in set(DayPart) else "",
        term=form.term.data if form.term.data in TERMS else "",
        state=form.state.data if form.state.data in (FORMER, EVERYBODY) else "",
    )


def _place(form: RosterForm, account: Account, association: Association) -> Association:
    """This association, or the one below that the address names, if the reader's right reaches it."""
    code = form.place.data
    if not code or code == association.code:
        return association
    place = get_below(association, code)
    return place if place is not None and can(account, RIGHT, place) else abort(404)


def _fill(form: RosterForm, account: Account, association: Association, options: Sequence[Option]) -> None:
    every = ("", ALL)
    form.skill.choices = choices([every, *_named(options, SkillKind.SKILL)])
    form.interest.choices = choices([every, *_named(options, SkillKind.INTEREST)])
    groups = _named(options, GROUP)
    without = [(NO_GROUP, pgettext("volunteer", "In no group"))] if groups else []
    form.group.choices = choices([every, *groups, *without])
    form.day.choices = choices([("", _("Any day")), *((str(number), day) for number, day in enumerate(WEEKDAYS))])
    form.part.choices = choices([("", _("Any time of day")), *DayPart.labels().items()])
    within = (
        (str(days), ngettext("Ends within %(num)d day", "Ends within %(num)d days", days)) for days in DAYS_BEFORE
    )
    form.term.choices = choices([every, (OVER, pgettext("volunteer", "Over, not renewed")), *within])
    states = [("", _("Today")), (FORMER, _("Former ones")), (EVERYBODY, _("Today and formerly"))]
    form.state.choices = choices([(value, label) for value, label in states])
    form.place.choices = choices([("", _("All that I may see")), *_places(account, association)])


def _named(options: Sequence[Option], kind: str) -> list[tuple[str, str]]:
    return [(option.public_id, option.name) for option in options if option.kind == kind]


def _places(account: Account, association: Association) -> list[tuple[str, str]]:
    """The tree below as a list: each step further in by a wide space."""
    if not scope_of(account, association, RIGHT).below:
        return []
    depth = len(association.path_ids) + 1
    indented = ((one, "\u3000" * max(len(one.path_ids) - depth, 0)) for one in list_places(association))
    return [(one.code, space + one.display_name) for one, space in indented]
