"""A volunteer hands over: the page that shows what is in hand and passes it on, and the sheet to sign."""

from __future__ import annotations

from typing import Any

from flask import abort, g
from flask_login import current_user

from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _, ngettext
from portal.dossiers import handing_over, tasks
from portal.dossiers.blueprint import blueprint
from portal.dossiers.forms import HandOverForm
from portal.volunteers.models import Volunteer

PAGE = "dossiers/hand_over.html"


@blueprint.route("/office/<code>/volunteers/<public_id>/hand-over", methods=["GET", "POST"])
@requires(tasks.RIGHT)
def hand_over(code: str, public_id: str) -> Any:
    """What the volunteer has in hand; what is ticked passes to whoever is chosen."""
    volunteer, form = _load(public_id), HandOverForm()
    context = _offer(form, volunteer)
    if not form.validate_on_submit():
        return web.form_page(PAGE, form, **context)
    to = next(one for one in context["successors"] if one.public_id == form.to.data)
    picked = {name: _ticked(getattr(context["tasks"], name), form[name]) for name in ("activities", "places")}
    try:
        done = handing_over.hand_over(current_user, volunteer, to, **picked)
    except RuleError as error:
        return web.refused(PAGE, form, error, **_offer(form, _load(public_id)))
    db.session.commit()
    return web.go(".hand_over", _handed(done, to.person.name), public_id=public_id)


@blueprint.get("/office/<code>/volunteers/<public_id>/hand-over/sheet")
@requires(tasks.RIGHT)
def hand_over_sheet(code: str, public_id: str) -> str:
    """One page that says what passes on, with room for to whom, and lines to sign."""
    volunteer = _load(public_id)
    shown = {"tasks": tasks.tasks_of(current_user, volunteer), "day": today(g.association.time_zone)}
    return web.page("dossiers/hand_over_sheet.html", volunteer=volunteer, **shown)


def _load(public_id: str) -> Volunteer:
    return tasks.get_volunteer(current_user, g.association, public_id) or abort(404)


def _offer(form: HandOverForm, volunteer: Volunteer) -> dict[str, Any]:
    """What is in hand, all of it ticked to begin with, and who can take over."""
    found, successors = tasks.tasks_of(current_user, volunteer), tasks.list_successors(current_user, volunteer)
    named = [(one.public_id, _named(one)) for one in successors]
    form.to.choices = choices([("", _("Choose")), *named])
    for field, rows in ((form.activities, found.activities), (form.places, found.places)):
        field.choices = choices((one.public_id, "") for one in rows)
        if not form.is_submitted():
            field.data = [one.public_id for one in rows]
    return {"volunteer": volunteer, "tasks": found, "successors": successors}


def _named(one: Volunteer) -> str:
    return f"{one.person.name} · {one.group.name}" if one.group else one.person.name


def _ticked(rows: Any, field: Any) -> list[Any]:
    return [one for one in rows if one.public_id in (field.data or ())]


def _handed(done: handing_over.Handed, name: str) -> str:
    activities = ngettext("%(num)d activity", "%(num)d activities", done.activities)
    places = ngettext("%(num)d place", "%(num)d places", done.places)
    said = _("Passed to %(name)s: %(activities)s, %(places)s.", name=name, activities=activities, places=places)
    if not done.waiting:
        return said
    waiting = ngettext(
        "In %(num)d session others waited before: the place went to them.",
        "In %(num)d sessions others waited before: the places went to them.",
        done.waiting,
    )
    return f"{said} {waiting}"
