"""Following an application by its reference, without an account: how it stands, the answer, the withdrawal."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, request

from portal.accounts import attempts
from portal.applications import mails, queries, services
from portal.applications.blueprint import blueprint
from portal.applications.drafts import meant
from portal.applications.forms import AnswerForm, FollowForm
from portal.applications.interview import SendForm
from portal.applications.interview import private as _private
from portal.applications.models import ApplicationState, MembershipApplication
from portal.applications.sent import decide_by
from portal.core import web
from portal.core.access import public
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy


@blueprint.app_template_filter("spelled")
def spelled(reference: str) -> str:
    """A reference as it is read aloud: 7K2M-9QX4-B0TD."""
    return "-".join(reference[start : start + 4] for start in range(0, len(reference), 4)).upper()


@blueprint.get("/join/follow")
@public
def follow() -> Any:
    return web.page("applications/follow.html", form=FollowForm(formdata=None))


@blueprint.post("/join/follow")
@public
def find() -> Any:
    """Look for a reference. Guessing is slowed; every unknown one gets the same answer."""
    form = FollowForm()
    if not form.validate_on_submit():
        return web.invalid("applications/follow.html", form)
    try:
        attempt_id = attempts.begin(f"application {request.remote_addr}", request.remote_addr)
    except attempts.TooSoon as error:
        return *web.refused("applications/follow.html", form, error)[:1], 429, {"Retry-After": str(error.seconds)}
    application = queries.sent.get_by_reference(meant(form.reference.data or ""))
    if application is not None:
        attempts.succeed(attempt_id)
    db.session.commit()
    return web.go("applications.stands", reference=application.reference) if application else _unknown(form, 422)


@blueprint.get("/join/<reference>")
@public
def stands(reference: str) -> Any:
    """How an application stands, for whoever has the reference: no number, and the name masked."""
    application = queries.sent.get_by_reference(meant(reference))
    return _page(application, AnswerForm(formdata=None)) if application else _unknown(FollowForm(formdata=None), 404)


@blueprint.get("/join/<reference>/sent")
@public
def sent(reference: str) -> Any:
    """The confirmation: the reference, what happens next and by when."""
    application = queries.sent.get_by_reference(meant(reference))
    if application is None:
        return _unknown(FollowForm(formdata=None), 404)
    until = decide_by(application)
    return _private(web.page("applications/sent.html", application=application, until=until, form=SendForm()))


@blueprint.post("/join/<reference>/answer")
@public
def answer(reference: str) -> Any:
    """Answer what the association asked."""
    application, form = queries.sent.get_by_reference(meant(reference)), AnswerForm()
    if application is None:
        return _unknown(FollowForm(formdata=None), 404)
    if not form.validate_on_submit():
        return _page(application, form, 422)
    try:
        services.answer(application, form.answer.data or "")
    except RuleError as error:
        return _again(reference, form, error)
    db.session.commit()
    return web.go(
        "applications.stands", _("Your answer was sent to the association."), reference=application.reference
    )


@blueprint.get("/join/<reference>/withdraw")
@public
def ask_withdrawal(reference: str) -> Any:
    application = queries.sent.get_by_reference(meant(reference))
    if application is None:
        return _unknown(FollowForm(formdata=None), 404)
    return _private(web.page("applications/withdraw.html", application=application))


@blueprint.post("/join/<reference>/withdraw")
@public
def withdraw(reference: str) -> Any:
    """Take the application back."""
    application = queries.sent.get_by_reference(meant(reference))
    if application is None:
        return _unknown(FollowForm(formdata=None), 404)
    try:
        services.withdraw(application)
    except RuleError as error:
        return _again(reference, AnswerForm(formdata=None), error)
    db.session.commit()
    mails.tell(application)
    return web.go("applications.stands", _("Your application was withdrawn."), reference=application.reference)


def _page(application: MembershipApplication, form: Any, status: int = 200) -> Response:
    shown = {
        "application": application,
        "states": ApplicationState.labels(),
        "messages": queries.list_messages(application),
        "until": decide_by(application),
    }
    if status == 200:
        return _private(web.page("applications/stands.html", form=form, **shown))
    return _private(web.invalid("applications/stands.html", form, **shown))


def _again(reference: str, form: Any, error: RuleError) -> Response:
    """The page as it is now, with what the rule says."""
    web.undo()
    form.refuse(error)
    application = queries.sent.get_by_reference(meant(reference))
    assert application is not None
    return _page(application, form, 422)


def _unknown(form: FollowForm, status: int) -> Response:
    """The same words for every reference that is none."""
    form.refuse(
        RuleError("reference", lazy("There is no application with this reference. Compare it with your note."))
    )
    response = make_response(web.invalid("applications/follow.html", form)[0], status)
    response.headers["Cache-Control"] = "no-store"
    return response
