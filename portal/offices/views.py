"""The office's appointments: listed, looked at, ended, withdrawn, shown in public."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, request
from flask_login import current_user

from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.feature import Entry, Feature
from portal.core.formats import date_long
from portal.core.forms import BaseForm
from portal.core.i18n import _, lazy
from portal.core.paging import page_number, paginate
from portal.offices import exports, queries, services
from portal.offices.forms import EndForm, ShowForm
from portal.offices.models import Appointment
from portal.offices.rights import Position

blueprint = Blueprint("offices", __name__)

feature = Feature(
    "offices",
    blueprint,
    office=(
        Entry(
            lazy("Groups and offices"),
            "offices.appointments",
            81,
            "office.enter",
            lazy("Settings"),
            also=("associations.groups", "offices.terms"),
        ),
    ),
)

GRANT = "appointments.grant"


@blueprint.get("/office/<code>/appointments")
@requires("office.enter")
def appointments(code: str) -> str:
    """Who holds which office today and who will, by office; what nobody holds; or all that is past."""
    day = day_here()
    if "past" in request.args:
        page = paginate(queries.past(g.association, day), page_number())
        return web.page("offices/past.html", page=page)
    current = queries.list_officers(g.association, day)
    held = {appointment.position for appointment in current}
    vacant = [each for each in Position if each not in held and each not in NEVER_VACANT]
    coming = queries.list_coming(g.association, day)
    consents = queries.consenting([each.person_id for each in current])
    return web.page(
        "offices/appointments.html", current=current, coming=coming, vacant=vacant, consents=consents, day=day
    )


NEVER_VACANT = (Position.GROUP_LEADER, Position.ADMINISTRATOR)  # not every association has them


@blueprint.get("/office/<code>/appointments/list.<any(xlsx, csv):form>")
@requires("office.enter")
def appointments_file(code: str, form: str) -> Response:
    """The same as a file."""
    day = day_here()
    if "past" in request.args:
        file = exports.earlier(queries.past(g.association, day), day)
        return downloads.send(form, file, "offices.appointments")
    current = queries.list_officers(g.association, day)
    consents = queries.consenting([each.person_id for each in current])
    held = [*current, *queries.list_coming(g.association, day)]
    return downloads.send(form, exports.officers(held, consents, day))


@blueprint.get("/office/<code>/appointments/<public_id>")
@requires("office.enter")
def appointment(code: str, public_id: str) -> str:
    """One appointment: what it gives, since when, by whom it was granted."""
    return _appointment_page(_appointment(public_id))


def _appointment_page(shown: Appointment) -> str:
    return web.page(
        "offices/appointment.html",
        held=shown,
        day=day_here(),
        form=ShowForm(),
        granted_by=queries.name_of(shown.created_by),
        has_account=queries.has_account(shown.person),
        has_consent=shown.person_id in queries.consenting([shown.person_id]),
    )


@blueprint.route("/office/<code>/appointments/<public_id>/end", methods=["GET", "POST"])
@requires(GRANT)
def end(code: str, public_id: str) -> Any:
    """The last day; past or to come."""
    held, form = _appointment(public_id), EndForm()
    if not form.validate_on_submit():
        return web.form_page("offices/end.html", form, held=held, day=day_here())
    assert form.end_on.data
    try:
        services.end_appointment(current_user, held, g.association, form.end_on.data)
    except RuleError as error:
        return web.refused("offices/end.html", form, error, held=_appointment(public_id), day=day_here())
    db.session.commit()
    message = _("%(name)s: the last day is %(date)s.", name=held.person.name, date=date_long(held.end_on))
    return web.go("offices.appointments", message)


@blueprint.route("/office/<code>/appointments/<public_id>/withdraw", methods=["GET", "POST"])
@requires(GRANT)
def withdraw(code: str, public_id: str) -> Any:
    """Take back what was granted by mistake, before it began or on its first day."""
    held, form = _appointment(public_id), BaseForm()
    if not form.validate_on_submit():
        return web.form_page("offices/withdraw.html", form, held=held, day=day_here())
    try:
        services.withdraw_appointment(current_user, held, g.association)
    except RuleError as error:
        return web.refused("offices/withdraw.html", form, error, held=_appointment(public_id), day=day_here())
    db.session.commit()
    return web.go("offices.appointments", _("The appointment of %(name)s was withdrawn.", name=held.person.name))


@blueprint.post("/office/<code>/appointments/<public_id>/show")
@requires(GRANT)
def show(code: str, public_id: str) -> Any:
    """Whether the officer is named on the public page."""
    held, form = _appointment(public_id), ShowForm()
    if not form.validate_on_submit() or form.show.data not in ("yes", "no"):
        abort(400)
    services.show_appointment(current_user, held, g.association, show=form.show.data == "yes")
    db.session.commit()
    return web.go("offices.appointment", _("Saved."), public_id=public_id)


def _appointment(public_id: str) -> Appointment:
    return queries.get_appointment(g.association, public_id) or abort(404)


def day_here() -> Any:
    return today(g.association.time_zone)


from portal.offices import grant_views, term_views  # noqa: E402, F401 - their routes belong to this blueprint
