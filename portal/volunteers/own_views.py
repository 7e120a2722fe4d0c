"""My volunteering: where I serve, my skills and times to change myself, my letter, leaving."""

from __future__ import annotations

from typing import Any

from flask import Response, abort
from flask_login import current_user

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import signed_in
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _
from portal.members.queries import root_id
from portal.volunteers import queries, registration_queries, services
from portal.volunteers.blueprint import blueprint
from portal.volunteers.forms import PlainForm
from portal.volunteers.letter_views import pdf_of
from portal.volunteers.models import DayPart, LeaveReason, SkillKind, Volunteer
from portal.volunteers.questions import WEEKDAYS, OfferForm
from portal.volunteers.roster_words import Times


@blueprint.get("/me/volunteer")
@signed_in
def own() -> str:
    """Where I am a volunteer, with what I offer and my letters; registrations that wait."""
    held = queries.list_own(current_user.person_id)
    serving = [row for row in held if row.ended_on is None]
    letters = {letter.volunteer_id: letter for letter in queries.live_letters([row.id for row in serving])}
    times = Times()
    return web.page(
        "volunteers/own.html",
        serving=serving,
        former=[row for row in held if row.ended_on is not None],
        letters=letters,
        times={row.id: times.of(row) for row in serving},
        waiting=registration_queries.list_waiting_of_person(current_user.person_id),
    )


@blueprint.get("/me/letters/<public_id>/letter.pdf")
@signed_in
def own_letter(public_id: str) -> Response:
    """My own letter in force; 404 for anybody else's."""
    return pdf_of([queries.get_own_letter(current_user.person_id, public_id) or abort(404)])


@blueprint.route("/me/volunteer/<public_id>/offer", methods=["GET", "POST"])
@signed_in
def own_offer(public_id: str) -> Any:
    """My skills, what I would like to do, and when I have time."""
    held, form = _mine(public_id), OfferForm()
    _offer(form, held)
    around = {"held": held, "weekdays": WEEKDAYS, "parts": DayPart.labels()}
    if not form.validate_on_submit():
        return web.form_page("volunteers/own_offer.html", form, **around)
    wanted = [*(form.skills.data or []), *(form.interests.data or [])]
    chosen = queries.skills_by_public_ids(root_id(held.association), wanted)
    try:
        services.set_abilities(me(), held, held.association, chosen)
        services.set_times(me(), held, form.times.pairs())
    except RuleError as error:
        return web.refused("volunteers/own_offer.html", form, error, **{**around, "held": _mine(public_id)})
    db.session.commit()
    return web.go("volunteers.own", _("Your skills and times are kept."))


@blueprint.route("/me/volunteer/<public_id>/leave", methods=["GET", "POST"])
@signed_in
def own_leave(public_id: str) -> Any:
    """I leave, by my own wish, from today; hours that were recorded stay mine."""
    held, form = _mine(public_id), PlainForm()
    if not form.validate_on_submit():
        return web.form_page("volunteers/own_leave.html", form, held=held)
    try:
        services.end(me(), held, today(), LeaveReason.OWN_WISH)
    except RuleError as error:
        return web.refused("volunteers/own_leave.html", form, error, held=_mine(public_id))
    db.session.commit()
    return web.go("volunteers.own", _("You are no longer a volunteer of %(name)s.", name=held.association.name))


def _offer(form: OfferForm, held: Volunteer) -> None:
    """The federation's list, and what I have that the list has ended."""
    has = [row.skill for row in held.abilities]
    listed = list(queries.list_skills(root_id(held.association)))
    offered = [*listed, *(skill for skill in has if skill not in listed)]
    for name, kind in (("skills", SkillKind.SKILL), ("interests", SkillKind.INTEREST)):
        form[name].choices = choices((skill.public_id, skill.name) for skill in offered if skill.kind == kind)
        if not form.is_submitted():
            form[name].data = [skill.public_id for skill in has if skill.kind == kind]
    if not form.is_submitted():
        form.times.data = [f"{row.weekday}-{row.part}" for row in held.times]


def _mine(public_id: str) -> Volunteer:
    """My own place on a roster, if I still serve there."""
    held = queries.get_own(current_user.person_id, public_id)
    return held if held is not None and held.ended_on is None else abort(404)
