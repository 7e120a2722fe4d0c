"""Following a registration by its reference, without an account: how it stands, and the withdrawal."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, request

from portal.accounts import attempts
from portal.applications.drafts import meant
from portal.applications.interview import SendForm, private
from portal.applications.sent import decide_by
from portal.core import web
from portal.core.access import public
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.volunteers import mails, queries, registering, registration_queries
from portal.volunteers.blueprint import blueprint
from portal.volunteers.forms import FollowForm
from portal.volunteers.models import RegistrationState, VolunteerRegistration


@blueprint.get("/volunteer/follow")
@public
def follow() -> Any:
    return web.page("volunteers/follow.html", form=FollowForm(formdata=None))


@blueprint.post("/volunteer/follow")
@public
def find() -> Any:
    """Look for a reference. Guessing is slowed; every unknown one gets the same answer."""
    form = FollowForm()
    if not form.validate_on_submit():
        return web.invalid("volunteers/follow.html", form)
    try:
        attempt_id = attempts.begin(f"registration {request.remote_addr}", request.remote_addr)
    except attempts.TooSoon as error:
        return *web.refused("volunteers/follow.html", form, error)[:1], 429, {"Retry-After": str(error.seconds)}
    found = _found(form.reference.data or "")
    if found is not None:
        attempts.succeed(attempt_id)
    db.session.commit()
    return web.go("volunteers.stands", reference=found.reference) if found else _unknown(form, 422)


@blueprint.get("/volunteer/<reference>")
@public
def stands(reference: str) -> Any:
    """How a registration stands, for whoever has the reference: no number, and the name masked."""
    found = _found(reference)
    return _page(found, SendForm(formdata=None)) if found else _unknown(FollowForm(formdata=None), 404)


@blueprint.get("/volunteer/<reference>/sent")
@public
def sent(reference: str) -> Any:
    """The confirmation: the reference, what happens next and by when."""
    found = _found(reference)
    if found is None:
        return _unknown(FollowForm(formdata=None), 404)
    until = decide_by(found)
    return private(web.page("volunteers/sent.html", registration=found, until=until, form=SendForm()))


@blueprint.get("/volunteer/<reference>/withdraw")
@public
def ask_withdrawal(reference: str) -> Any:
    found = _found(reference)
    if found is None:
        return _unknown(FollowForm(formdata=None), 404)
    return private(web.page("volunteers/withdraw.html", registration=found))


@blueprint.post("/volunteer/<reference>/withdraw")
@public
def withdraw(reference: str) -> Any:
    """Take the registration back."""
    found = _found(reference)
    if found is None:
        return _unknown(FollowForm(formdata=None), 404)
    try:
        registering.withdraw(found)
    except RuleError as error:
        return _again(reference, error)
    db.session.commit()
    mails.tell(found)
    return web.go("volunteers.stands", _("Your registration was withdrawn."), reference=found.reference)


def _found(reference: str) -> VolunteerRegistration | None:
    return registration_queries.sent.get_by_reference(meant(reference))


def _page(found: VolunteerRegistration, form: Any, status: int = 200) -> Response:
    letter = queries.live_letter(found.volunteer_id) if found.volunteer_id else None
    shown = {"registration": found, "states": RegistrationState.labels(), "letter": letter,
             "until": decide_by(found)}  # fmt: skip
    if status == 200:
        return private(web.page("volunteers/stands.html", form=form, **shown))
    return private(web.invalid("volunteers/stands.html", form, **shown))


def _again(reference: str, error: RuleError) -> Response:
    """The page as it is now, with what the rule says."""
    web.undo()
    form = SendForm(formdata=None)
    form.refuse(error)
    found = _found(reference)
    assert found is not None
    return _page(found, form, 422)


def _unknown(form: FollowForm, status: int) -> Response:
    """The same words for every reference that is none."""
    form.refuse(
        RuleError("reference", lazy("There is no registration with this reference. Compare it with your note."))
    )
    return private(make_response(web.invalid("volunteers/follow.html", form)[0], status))
