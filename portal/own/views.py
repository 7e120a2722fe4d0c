"""One's own pages: what is held, contact, consents, activities, who can see it and who looked."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask_login import current_user

from portal.accounts import gate, sessions
from portal.accounts.reader import me
from portal.core import web
from portal.core.access import signed_in
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.hours.queries import totals_of
from portal.offices.access import Sight, who_sees
from portal.offices.queries import by_position
from portal.own import models, queries, services  # noqa: F401 - the tables of this feature
from portal.own.blueprint import blueprint, feature
from portal.own.borrowers import list_borrowing
from portal.own.forms import ContactForm
from portal.people import services as people
from portal.people.models import ConsentPurpose, Person
from portal.people.queries import get_own, list_consents, list_reveals

__all__ = ["feature", "myself"]


def myself() -> Person:
    """The record of whoever is signed in."""
    return get_own(current_user.person_id)


@blueprint.get("/me/data")
@signed_in
def data() -> str:
    """Everything the register holds about me, and how each is changed."""
    person = myself()
    return web.page("own/data.html", person=person, requests=queries.own_requests(person.id))


@blueprint.route("/me/data/contact", methods=["GET", "POST"])
@signed_in
def contact() -> Any:
    """E-mail and area of residence, changed by oneself; the password is asked if it was not given lately."""
    person = myself()
    form = ContactForm(obj=person)
    if not sessions.is_confirmed_lately():
        return gate.confirm_keeping() if request.method == "POST" else gate.confirm_first("own.contact")
    if not form.validate_on_submit():
        return web.form_page("own/contact.html", form, person=person)
    try:
        services.change_contact(me(), person, **form.values("email", "residence"))
    except RuleError as error:
        return web.refused("own/contact.html", form, error, person=myself())
    db.session.commit()
    return web.go("own.data", _("Your data are changed."))


@blueprint.get("/me/consents")
@signed_in
def consents() -> str:
    """What I agree to today, and every consent that I ever gave or withdrew."""
    person = myself()
    return web.page(
        "own/consents.html",
        consents=list_consents(person),
        purposes=list(ConsentPurpose),
        labels=ConsentPurpose.labels(),
        history=queries.list_consents(person.id),
    )


@blueprint.post("/me/consents/<purpose>")
@signed_in
def change_consent(purpose: str) -> Any:
    """Give a consent, or withdraw it with the same ease. The consent to the record itself ends with the record."""
    if purpose not in set(ConsentPurpose) - {ConsentPurpose.REGISTER}:
        abort(404)
    given = people.toggle_consent(me(), myself(), ConsentPurpose(purpose))
    db.session.commit()
    agreed = _("Agreed. You can withdraw it here at any time.")
    return web.go("own.consents", agreed if given else _("Withdrawn. What it allowed is no longer shown."))


@blueprint.get("/me/activities")
@signed_in
def activities() -> str:
    """The activities in which I am named, and the time I served: what was approved, and what waits."""
    page = paginate(queries.participations(current_user.person_id), page_number())
    count, totals = queries.count_activities(current_user.person_id), totals_of(current_user.person_id)
    hours = queries.hours_by_log(current_user.person_id, [row.log for row in page.rows])
    return web.page("own/activities.html", page=page, count=count, totals=totals, hours=hours)


@blueprint.get("/me/who-sees")
@signed_in
def sight() -> str:
    """Who can see my record by the one rule of access, and who looked at my numbers, when and why."""
    person = myself()
    context = {"places": _by_place(who_sees(person.id)), "borrowing": list_borrowing(person.id)}
    return web.page("own/sight.html", person=person, reveals=list_reveals(person), **context)


def _by_place(sights: list[Sight]) -> list[tuple[str, list[Sight]]]:
    """The association nearest to the person first, each with its officers in the order of their offices."""
    order = {held.id: number for number, held in enumerate(by_position([sight.appointment for sight in sights]))}
    places = {sight.appointment.association_id: sight.appointment.association for sight in sights}
    nearest = sorted(places.values(), key=lambda place: (-len(place.path_ids), place.name))
    sights = sorted(sights, key=lambda sight: order[sight.appointment.id])
    return [(place.name, [one for one in sights if one.appointment.association_id == place.id]) for place in nearest]


from portal.own import copy_views, office_views, request_views  # noqa: E402, F401 - routes of this blueprint
