"""The register of cards as its address asks for it."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_login import current_user

from portal.associations.models import Association
from portal.associations.queries import get_below, list_groups
from portal.cards import queries
from portal.cards.forms import FilterForm
from portal.cards.queries import STATES, Filter
from portal.core.forms import choices
from portal.core.i18n import _
from portal.offices.access import group_ids

MOST_TEXT = 60


def filter_form(association: Association) -> FilterForm:
    """The form above the list, filled in from the address."""
    form = FilterForm(formdata=request.args)
    offer(form, association, "members.read")
    if form.state.data not in STATES:
        form.state.data = "valid"
    return form


def offer(form: Any, association: Association, right: str) -> None:
    """The places and groups to choose from: those that the reader's right reaches; the groups of the chosen place."""
    places = queries.list_places(current_user, association, right)
    form.place.choices = choices([("", _("All")), *((place.code, place.display_name) for place in places)])
    if form.place.data not in {place.code for place in places}:
        form.place.data = ""
    chosen = get_below(association, form.place.data) if form.place.data else None
    groups = _groups(chosen or association, right)
    form.group.choices = choices([("", _("All")), *groups])
    if form.group.data not in {public_id for public_id, _name in groups}:
        form.group.data = ""


def _groups(association: Association, right: str) -> list[tuple[str, str]]:
    limited = group_ids(current_user, right, association)
    groups = list_groups(association)
    return [(group.public_id, group.name) for group in groups if limited is None or group.id in limited]


def wanted(form: FilterForm) -> Filter:
    text = (form.q.data or "")[:MOST_TEXT]
    return Filter(form.state.data, form.place.data or "", form.group.data or "", text)


def is_filtered(form: FilterForm) -> bool:
    return bool(form.q.data or form.place.data or form.group.data)
