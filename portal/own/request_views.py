"""What a person asks: a correction, deletion; how it stands, and its outcome by reference without an account."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import public, signed_in
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _
from portal.own import deletion, queries, services
from portal.own.blueprint import blueprint
from portal.own.forms import CorrectionForm, DeletionForm
from portal.own.models import PersonalRequest, RequestKind
from portal.own.views import myself
from portal.people.models import Person, Sex


@blueprint.route("/me/data/correction", methods=["GET", "POST"])
@signed_in
def correct() -> Any:
    """What should stand in the record instead; the association decides. One waits at a time."""
    person = myself()
    form = _correction_form(person)
    waiting = queries.open_request(person.id, RequestKind.CORRECTION)
    if waiting is not None:
        return _to_waiting(waiting)
    if not form.validate_on_submit():
        return web.form_page("own/correct.html", form, person=person)
    try:
        asked = services.ask_correction(me(), person, **form.values())
    except RuleError as error:
        return web.refused("own/correct.html", form, error, person=myself())
    db.session.commit()
    return web.go("own.my_request", _("Your request has been sent."), public_id=asked.public_id)


def _to_waiting(waiting: PersonalRequest) -> Any:
    """One of a kind waits at a time: the page of that one, which says so."""
    flash(
        _("This request of yours still waits for the decision. Withdraw it if you want to ask for something else."),
        "warning",
    )
    return web.go("own.my_request", public_id=waiting.public_id)


def _correction_form(person: Person) -> CorrectionForm:
    """Sex and date of birth follow from the identity number where there is one."""
    form = CorrectionForm()
    if person.identity_number:
        del form.sex, form.birth_on
    else:
        form.sex.choices = choices([("", _("As it is")), *Sex.labels().items()])
    return form


@blueprint.route("/me/deletion", methods=["GET", "POST"])
@signed_in
def delete() -> Any:
    """What deletion removes, what stays and why; then the request. One waits at a time."""
    person, form = myself(), DeletionForm()
    waiting = queries.open_request(person.id, RequestKind.DELETION)
    if waiting is not None:
        return _to_waiting(waiting)
    if not form.validate_on_submit():
        return web.form_page("own/delete.html", form, standing=deletion.hindrances(person))
    try:
        asked = services.ask_deletion(me(), person, str(form.reason.data or ""))
    except RuleError as error:
        return web.refused("own/delete.html", form, error, standing=deletion.hindrances(myself()))
    db.session.commit()
    return web.go("own.my_request", _("Your request has been sent."), public_id=asked.public_id)


@blueprint.get("/me/requests/<public_id>")
@signed_in
def my_request(public_id: str) -> str:
    """A request of one's own: what was asked, who decides, and what came of it."""
    asked = _own(public_id)
    return web.page("own/my_request.html", asked=asked, wanted=services.wanted_values(asked))


@blueprint.post("/me/requests/<public_id>/withdraw")
@signed_in
def withdraw(public_id: str) -> Any:
    """Take back a request that waits. Decided or withdrawn before, it stays as it is."""
    asked = _own(public_id)
    try:
        services.withdraw(me(), asked)
    except RuleError as error:
        web.undo()
        flash(str(error), "warning")
        return web.go("own.my_request", public_id=public_id)
    db.session.commit()
    return web.go("own.my_request", _("Your request is withdrawn."), public_id=public_id)


def _own(public_id: str) -> PersonalRequest:
    return queries.get_own_request(current_user.person_id, public_id) or abort(404)


@blueprint.get("/requests")
@public
def outcome() -> Any:
    """What came of a request, for whoever has its reference: it names nobody, and needs no account."""
    reference = request.args.get("reference", "").strip()[:40]
    asked = queries.get_by_reference(reference) if reference else None
    page = web.page("own/outcome.html", reference=reference, asked=asked)
    return page if asked is not None or not reference else (page, 404)
