"""The honour roll as everybody reads it: by year and kind, as a sheet, and one honour."""

from __future__ import annotations

from typing import Any

from flask import abort, request

from portal.associations.models import Association
from portal.associations.queries import get_association
from portal.core import web
from portal.core.access import public
from portal.core.calendar import today
from portal.core.database import db
from portal.core.forms import choices
from portal.core.i18n import pgettext
from portal.core.paging import page_number, paginate
from portal.core.shared import shared
from portal.honours import roll
from portal.honours.blueprint import blueprint
from portal.honours.forms import RollForm
from portal.honours.roll import Asked

SIZE, MOST_ON_PAPER = 100, 2000


@blueprint.get("/honours", strict_slashes=False)
@public
@shared
def public_list() -> str:
    """A year of the roll; the latest if none is named."""
    form, place = _form()
    if not form.year.data:
        return web.page("honours/roll.html", form=form, place=place, page=None)
    asked = Asked(int(form.year.data), form.kind.data, place)
    return web.page("honours/roll.html", **_around(form, asked, paginate(roll.rows(asked), page_number(), SIZE)))


@blueprint.get("/honours/print")
@public
@shared
def sheet() -> str:
    """The same on paper, to hang up."""
    form, place = _form()
    if not form.year.data:
        abort(404)
    asked = Asked(int(form.year.data), form.kind.data, place)
    rows = db.session.scalars(roll.rows(asked).limit(MOST_ON_PAPER)).all()
    return web.page("honours/roll_sheet.html", day=today(), rows=rows, **_around(form, asked, None))


@blueprint.get("/honours/<public_id>")
@public
@shared
def public_page(public_id: str) -> str:
    """One honour of the roll: what for, given by whom, on what basis. What is not on the roll has no page."""
    return web.page("honours/public.html", honour=roll.get_public(public_id) or abort(404))


def _form() -> tuple[RollForm, Association | None]:
    """What the address asks: the year, the kind, the part of the federation."""
    form = RollForm(formdata=request.args)
    code = (form.association.data or "")[:60]
    place = (get_association(code) or abort(404)) if code else None
    years = [str(year) for year in roll.years(place)]
    form.year.choices = choices((year, year) for year in years)
    if form.year.data not in years:
        form.year.data = years[0] if years else ""
    kinds = [(kind.public_id, kind.name) for kind in roll.kinds(int(form.year.data), place)] if years else []
    form.kind.choices = choices([("", pgettext("honours", "All")), *kinds])
    if form.kind.data not in dict(kinds):
        form.kind.data = ""
    return form, place


def _around(form: RollForm, asked: Asked, page: Any) -> dict[str, Any]:
    """The roll with how many are named of each kind, and how many are not."""
    kinds = [kind for kind in roll.kinds(asked.year, asked.place) if asked.kind in ("", kind.public_id)]
    counts = {"named": roll.count(asked, named=True), "unnamed": roll.count(asked, named=False)}
    return {"form": form, "place": asked.place, "page": page, "kinds": kinds, "year": asked.year, **counts}
