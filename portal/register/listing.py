"""The list as its address asks for it: how far it reaches, the filter, the columns, the page."""

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
from portal.core.i18n import _, lazy, pgettext
from portal.members.models import MembershipState
from portal.members.queries import root_id
from portal.offices.access import can
from portal.register import columns, queries
from portal.register.forms import FilterForm
from portal.register.queries import BANDS, EVERY_STATE, UNKNOWN_AGE, Filter
from portal.register.scope import Scope, scope_of
from portal.register.words import band_label

ALL = lazy("All")
KEPT = ("q", "kind", "place", "group", "state", "age", "joined_from", "joined_to", "columns")


@dataclass(frozen=True)
class Listing:
    """What an address asks for, put together."""

    form: FilterForm
    scope: Scope
    wanted: Filter
    columns: list[str]
    arguments: dict[str, list[str]] = field(default_factory=dict)  # the address without the page

    @property
    def is_filtered(self) -> bool:
        return any(value for name, value in self.form.data.items() if name not in ("columns", "csrf_token"))

    def statement(self) -> Any:
        """The memberships of the list, by name, with all that a row shows."""
        return queries.members(self.scope, self.wanted)


def read(
    arguments: MultiDict[str, str], account: Account, association: Association, right: str = "members.read"
) -> Listing:
    """The list that an address asks for; a place that is not below, or not the reader's to see, is not there."""
    form = FilterForm(formdata=arguments)
    scope = scope_of(account, _place(form, account, association, right), right)
    kinds, groups = queries.list_options(scope, root_id(association))
    _fill(form, account, association, groups, kinds)
    form.validate()
    wanted = Filter(
        text=(form.q.data or "")[:60],
        kind_id=next((kind.id for kind in kinds if kind.public_id == form.kind.data), None),
        group_id=next((group.id for group in groups if group.public_id == form.group.data), None),
        state=form.state.data if form.state.data in {*MembershipState, EVERY_STATE} else "",
        age=form.age.data if form.age.data in {*BANDS, UNKNOWN_AGE} else "",
        joined_from=form.joined_from.data,
        joined_to=form.joined_to.data,
    )
    kept = {name: arguments.getlist(name) for name in KEPT if any(arguments.getlist(name))}
    shown = columns.chosen(form.columns.data or [], below=scope.below)
    form.columns.data = shown
    return Listing(form, scope, wanted, shown, kept)


def _place(form: FilterForm, account: Account, association: Association, right: str) -> Association:
    """This association, or the one below that the address names, if the reader's right reaches it."""
    code = form.place.data
    if not code or code == association.code:
        return association
    place = get_below(association, code)
    return place if place is not None and can(account, right, place) else abort(404)


def _fill(form: FilterForm, account: Account, association: Association, groups: Any, kinds: Any) -> None:
    every = ("", ALL)
    reaches_below = scope_of(account, association).below
    below = queries.list_places(association) if reaches_below else ()
    form.place.choices = choices(
        [every, (association.code, association.display_name), *_indented(association, below)]
    )
    form.group.choices = choices([every, *((group.public_id, group.name) for group in groups)])
    form.kind.choices = choices([every, *((kind.public_id, kind.name) for kind in kinds)])
    whole = (EVERY_STATE, pgettext("membership", "All, ended too"))
    form.state.choices = choices([("", _("Members today")), *MembershipState.labels().items(), whole])
    form.age.choices = choices([every, *((name, band_label(name)) for name in (*BANDS, UNKNOWN_AGE))])
    form.columns.choices = choices(columns.COLUMNS)


def _indented(association: Association, below: Sequence[Association]) -> list[tuple[str, str]]:
    """The tree below as a list: each step further in by a wide space."""
    depth = len(association.path_ids) + 1
    return [(one.code, "\u3000" * max(len(one.path_ids) - depth, 0) + one.display_name) for one in below]
