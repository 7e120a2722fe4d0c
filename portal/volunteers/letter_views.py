"""One volunteer in the office: the term, the letters of appointment, the group, the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, g

from portal.accounts.reader import me
from portal.associations.queries import get_group, get_root, list_groups
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.documents import MissingGlyphs
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _
from portal.verification import codes
from portal.volunteers import letters, printing, queries, services
from portal.volunteers.blueprint import blueprint
from portal.volunteers.forms import EndForm, GroupForm, PlainForm, RenewForm
from portal.volunteers.models import AppointmentLetter, LeaveReason, Volunteer
from portal.volunteers.roster_words import Times

READ, WRITE = "volunteers.read", "volunteers.write"
PDF = "application/pdf"


@blueprint.get("/office/<code>/volunteers/<public_id>")
@requires(READ)
def volunteer(code: str, public_id: str) -> str:
    """Where and since when, what the volunteer offers, and every letter."""
    return _page(load(public_id, READ), PlainForm(formdata=None))


def _page(found: Volunteer, form: Any) -> str:
    issued = queries.list_letters([found.id])
    live = next((letter for letter in issued if letter.voided_at is None), None)
    context = {
        "volunteer": found,
        "letters": issued,
        "live": live,
        "differs": live is not None and live.snapshot != letters.snapshot_of(found.person, found.association),
        "missing": letters.unprintable(found.person, found.association),
        "times": Times().of(found),
        "shown": codes.shown,
        "reasons": letters.VoidReason.labels(),
        "leave": LeaveReason(found.end_reason).label if found.end_reason else "",
    }
    return web.page("volunteers/volunteer.html", form=form, **context)


@blueprint.get("/office/<code>/volunteers/letters/<public_id>.pdf")
@requires(READ)
def letter(code: str, public_id: str) -> Response:
    """The letter in force, to print and hand over."""
    return pdf_of([queries.get_letter(me(), g.association, public_id) or abort(404)])


@blueprint.route("/office/<code>/volunteers/<public_id>/renew", methods=["GET", "POST"])
@requires(WRITE)
def renew(code: str, public_id: str) -> Any:
    """Another term, with a letter of its own."""
    found, form = load(public_id), RenewForm()
    if not form.is_submitted():
        form.term_end_on.data = services.default_term_end(today())
    if not form.validate_on_submit():
        return web.form_page("volunteers/volunteer_renew.html", form, volunteer=found)
    try:
        made = services.renew(me(), found, found.person, found.association, form.term_end_on.data)  # type: ignore[arg-type]
    except RuleError as error:
        return web.refused("volunteers/volunteer_renew.html", form, error, volunteer=load(public_id))
    db.session.commit()
    return _back(public_id, _("Renewed: the new letter is %(number)s.", number=made.number))


@blueprint.post("/office/<code>/volunteers/<public_id>/letter")
@requires(WRITE)
def print_anew(code: str, public_id: str) -> Any:
    """A letter where there is none, or one with the name as it is now."""
    found = load(public_id)
    try:
        made = services.print_anew(me(), found, found.person, found.association)
    except RuleError as error:
        return _refused(public_id, error)
    db.session.commit()
    return _back(public_id, _("The new letter is %(number)s.", number=made.number))


@blueprint.route("/office/<code>/volunteers/<public_id>/group", methods=["GET", "POST"])
@requires(WRITE)
def change_group(code: str, public_id: str) -> Any:
    """Another group of the association, or none."""
    found = load(public_id)
    form = GroupForm(group=found.group.public_id if found.group else "")
    groups = list_groups(found.association)
    form.group.choices = choices([("", _("None")), *((group.public_id, group.name) for group in groups)])
    if not form.validate_on_submit():
        return web.form_page("volunteers/volunteer_group.html", form, volunteer=found)
    try:
        chosen = get_group(found.association, form.group.data or "")
        services.change_group(me(), found, found.association, chosen)
    except RuleError as error:
        return web.refused("volunteers/volunteer_group.html", form, error, volunteer=load(public_id))
    db.session.commit()
    return _back(public_id, _("The group was changed."))


@blueprint.route("/office/<code>/volunteers/<public_id>/end", methods=["GET", "POST"])
@requires(WRITE)
def end(code: str, public_id: str) -> Any:
    """Service ends, with the last day and a reason; asks once more by being a page."""
    found, form = load(public_id), EndForm()
    if not form.is_submitted():
        form.ended_on.data = today()
    if not form.validate_on_submit():
        return web.form_page("volunteers/volunteer_end.html", form, volunteer=found)
    try:
        services.end(me(), found, form.ended_on.data, LeaveReason(form.end_reason.data))  # type: ignore[arg-type]
    except RuleError as error:
        return web.refused("volunteers/volunteer_end.html", form, error, volunteer=load(public_id))
    db.session.commit()
    return _back(public_id, _("%(name)s is no longer a volunteer here.", name=found.person.name))


def pdf_of(found: Sequence[AppointmentLetter]) -> Response:
    """Letters as a file."""
    root = get_root()
    assert root is not None
    try:
        pdf = printing.print_letters(found, root)
    except MissingGlyphs:  # the federation's name was changed to one that cannot be printed
        abort(409)
    name = found[0].snapshot["name"] if len(found) == 1 else len(found)
    return web.download(pdf, f"{_('Letter of appointment')}-{name}.pdf", PDF)


def load(public_id: str, right: str = WRITE) -> Volunteer:
    """A volunteer of this association or of one below it whom the reader may see by the right; 404 for others."""
    return queries.get_volunteer(me(), g.association, public_id, right) or abort(404)


def _back(public_id: str, message: str) -> Response:
    return web.go("volunteers.volunteer", message, public_id=public_id)


def _refused(public_id: str, error: RuleError) -> Any:
    web.undo()
    form = PlainForm(formdata=None)
    form.refuse(error)
    g.form_failed = True
    return _page(load(public_id, READ), form), 422
