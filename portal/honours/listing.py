"""The register of honours as its address asks for it."""

from __future__ import annotations

from typing import Any

from flask import g, request

from portal.accounts.reader import me
from portal.core.access import can
from portal.core.forms import choices
from portal.core.i18n import pgettext
from portal.honours import queries
from portal.honours.forms import SIDES, STATES, FilterForm
from portal.honours.models import Honour
from portal.honours.queries import GIVEN, Filter

MOST_TEXT = 60


def filter_form() -> FilterForm:
    """The form above the list, filled in from the address; a choice that is not there counts for all."""
    form = FilterForm(formdata=request.args)
    for field, known in ((form.side, SIDES), (form.state, STATES)):
        if field.data not in known:
            field.data = field.default
    if not can(queries.READ, whole=True):
        form.side.data = GIVEN
    mine = Honour.association_id == g.association.id if form.side.data == GIVEN else Honour.of_id == g.association.id
    calls = queries.calls_decided(me(), g.association) if form.side.data == GIVEN else ()
    _offer(form.year, [(str(year), str(year)) for year in queries.years_of(mine)])
    _offer(form.kind, [(kind.public_id, kind.name) for kind in queries.kinds_of(mine)])
    _offer(form.call, [(call.public_id, call.title) for call in calls])
    return form


def _offer(field: Any, pairs: list[tuple[str, str]]) -> None:
    field.choices = choices([("", pgettext("honours", "All")), *pairs])
    if field.data not in dict(pairs):
        field.data = ""


def wanted(form: FilterForm) -> Filter:
    year = int(form.year.data) if form.year.data else None
    text = (form.q.data or "")[:MOST_TEXT]
    return Filter(form.side.data, year, form.kind.data, form.call.data, form.state.data, text)


def is_filtered(form: FilterForm) -> bool:
    return bool(form.q.data or form.year.data or form.kind.data or form.call.data or form.state.data)


def asked() -> dict[str, list[str]]:
    """What the address asks, for another address that asks the same."""
    names = ("side", "year", "kind", "call", "state", "q")
    return {name: request.args.getlist(name) for name in names if name in request.args}
