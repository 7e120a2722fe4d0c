"""One's own stars and certificates: how far it is to the next star, asked for; a certificate fetched at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, abort
from flask_login import current_user

from portal.accounts.reader import me
from portal.associations.models import Association
from portal.certificates import issuing, queries, stars
from portal.certificates.blueprint import blueprint
from portal.certificates.forms import AskForm, OwnSpanForm
from portal.certificates.loading import offer_spans, pdf_of, recording_units, span_of
from portal.core import web
from portal.core.access import signed_in
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _
from portal.people.queries import get_own
from portal.verification.codes import shown
from portal.volunteers.queries import live_of_person

STARS, CERTIFICATES = "certificates/own_stars.html", "certificates/own_certificates.html"


@blueprint.get("/me/stars")
@signed_in
def own_stars() -> str:
    """What I have, what the next star takes, and what became of my requests."""
    return web.page(STARS, form=AskForm(formdata=None), **_stars())


def _stars() -> dict[str, Any]:
    person_id = current_user.person_id
    places = [held.association for held in live_of_person(person_id) if not held.association.is_archived]
    table = queries.first_table_on(places[0].path_ids[0] if places else None, today())
    requests = queries.list_stars(person_id)
    waiting = next((one for one in requests if one.state == "asked"), None)
    standing = stars.standing_of(person_id, table)
    return {"levels": table, "standing": standing, "requests": requests, "waiting": waiting, "places": places}


@blueprint.post("/me/stars")
@signed_in
def ask_star() -> Any:
    """Ask for the next star."""
    form = AskForm()
    context = _stars()
    places: dict[str, Association] = {place.code: place for place in context["places"]}
    chosen = places.get(form.association.data or next(iter(places), ""))
    try:
        if chosen is None or not form.validate_on_submit():
            raise RuleError("", _("Choose an association whose volunteer you are."))
        stars.ask_star(me(), get_own(current_user.person_id), chosen)
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return web.invalid(STARS, form, **_stars())
    db.session.commit()
    return web.go(".own_stars", _("Asked. %(association)s decides, and you read it here.", association=chosen.name))


@blueprint.post("/me/stars/<public_id>/withdraw")
@signed_in
def withdraw_star(public_id: str) -> Any:
    """Take back what nobody has decided yet."""
    grant = queries.get_own_star(current_user.person_id, public_id) or abort(404)
    form = AskForm()
    try:
        stars.withdraw_star(me(), grant)
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return web.invalid(STARS, form, **_stars())
    db.session.commit()
    return web.go(".own_stars", _("The request is withdrawn. You can ask again at any time."))


@blueprint.get("/me/certificates")
@signed_in
def own_certificates() -> str:
    """What was issued for me, and another one at once."""
    form, context = _certificates(fresh=True)
    return web.page(CERTIFICATES, form=form, **context)


def _certificates(*, fresh: bool = False) -> tuple[OwnSpanForm, dict[str, Any]]:
    person_id = current_user.person_id
    form = OwnSpanForm(formdata=None) if fresh else OwnSpanForm()
    entries = issuing.approved_entries(person_id, None, None)
    units = recording_units([held.association for held in live_of_person(person_id)], entries)
    offer_spans(form, entries)
    form.association.choices = choices((unit.code, unit.name) for unit in units)
    issued = queries.list_certificates(person_id)
    total = sum(entry.minutes for entry in entries)
    return form, {"certificates": issued, "units": units, "count": len(entries), "total": total, "shown": shown}


def _chosen(form: Any, units: Iterable[Association]) -> Association | None:
    """The recording unit that was chosen, or the first."""
    known = {unit.code: unit for unit in units}
    return known.get(form.association.data or next(iter(known), ""))


@blueprint.post("/me/certificates")
@signed_in
def fetch_certificate() -> Any:
    """Free, at once, and from approved entries only."""
    form, context = _certificates()
    unit = _chosen(form, context["units"])
    if not form.validate_on_submit():
        return web.invalid(CERTIFICATES, form, **context)
    try:
        if unit is None:
            raise RuleError("", _("There is no approved service in this span."))
        certificate = issuing.issue_certificate(me(), get_own(current_user.person_id), unit, *span_of(form))
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return web.invalid(CERTIFICATES, form, **_certificates()[1])
    db.session.commit()
    told = _("The certificate %(number)s is ready: save it or print it.", number=certificate.number)
    return web.go(".own_certificates", told, _anchor=certificate.public_id)


@blueprint.get("/me/certificates/<public_id>/certificate.pdf")
@signed_in
def own_pdf(public_id: str) -> Response:
    """My own certificate, to print or to pass on; 404 for anybody else's."""
    return pdf_of(queries.get_own_certificate(current_user.person_id, public_id) or abort(404))
