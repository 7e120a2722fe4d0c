"""Applying at /join: a start page, one question a page, check your answers, send."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, make_response, request

from portal.applications import answers as way
from portal.applications import asking, drafts, limits, mails, queries, services
from portal.applications.answers import Answers
from portal.applications.blueprint import blueprint
from portal.applications.forms import QUESTIONS, SendForm
from portal.associations.queries import get_association
from portal.core import text, web
from portal.core.access import public
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, locale
from portal.core.paging import page_number, paginate
from portal.people.queries import current_notice, version_in_force

LISTED = 30


@blueprint.get("/join")
@public
def start() -> Any:
    """What it takes, who can join, and the way without a computer; `at` names an association to begin with."""
    at = get_association(request.args.get("at", ""))
    shown = at if queries.is_joinable(at) else None
    begun = bool(drafts.load(_token()))
    return _private(web.page("applications/start.html", at=shown, begun=begun, version=version_in_force()))


@blueprint.get("/join/apply/<step>")
@public
def question(step: str) -> Any:
    """One question, with the answer given before; who jumps ahead comes to the first one without an answer."""
    answers = _opened(step)
    form = asking.form_of(step, answers, is_sent=False)
    return _private(web.page(f"applications/ask_{step}.html", form=form, **_around(step, answers)))


@blueprint.post("/join/apply/<step>")
@public
def give_answer(step: str) -> Any:
    """Keep an answer and go on to the next question without one, or to the check."""
    answers = _opened(step)
    form = asking.form_of(step, answers, is_sent=True)
    if not form.validate_on_submit():
        return _private(web.invalid(f"applications/ask_{step}.html", form, **_around(step, answers)))
    try:
        answers = way.put(answers, step, asking.given(step, form, answers))
        token = _keep(answers)
    except RuleError as error:
        return _private(web.refused(f"applications/ask_{step}.html", form, error, **_around(step, answers)))
    db.session.commit()
    return _remember(_go_on(answers), token)


@blueprint.get("/join/check")
@public
def check() -> Any:
    """Everything that was said, each with the way to change it."""
    answers = drafts.load(_token())
    if way.first_open(answers, version_in_force()):
        return _go_on(answers)
    return _private(web.page("applications/check.html", form=SendForm(), **_around("check", answers)))


@blueprint.post("/join/send")
@public
def send() -> Any:
    """Send the answers. Sent twice, it is one application under one reference."""
    token = _token() or drafts.new_token()
    answers, reference = drafts.load(token), drafts.reference_of(token)
    if not drafts.drop(token):
        return (
            web.go("applications.sent", reference=reference) if _is_sent(reference) else web.go("applications.start")
        )
    if way.first_open(answers, version_in_force()):
        web.undo()
        return _go_on(answers)
    try:
        limits.count_sent(request.remote_addr)
        application = services.apply(asking.submission_of(answers), reference=reference)
    except RuleError as error:
        return _private(web.refused("applications/check.html", SendForm(), error, **_around("check", answers)))
    db.session.commit()
    mails.tell(queries.get_by_reference(application.reference) or application)
    return web.go("applications.sent", reference=reference)


@blueprint.post("/join/forget")
@public
def forget() -> Any:
    """Delete what was typed, here and on the server: for a computer that others use too."""
    drafts.drop(_token())
    db.session.commit()
    response = web.go("applications.start", _("What you typed was deleted. Nothing of it is left on this device."))
    response.delete_cookie(_cookie(), secure=_cookie().startswith("__Host-"), httponly=True, samesite="Lax")
    return response


@blueprint.get("/join/paper-form")
@public
def paper_form() -> Any:
    """The blank form, to print and fill in by hand."""
    at = get_association(request.args.get("at", ""))
    return web.page("applications/paper_form.html", at=at, notice=current_notice(locale()))


def _opened(step: str) -> Answers:
    """The answers so far, if this question can be asked now."""
    if step not in QUESTIONS:
        abort(404)
    answers, version = drafts.load(_token()), version_in_force()
    if not version:
        abort(web.go("applications.start"))
    if not way.may_open(step, answers, version):
        abort(_go_on(answers))
    return answers


def _go_on(answers: Answers) -> Response:
    step = way.first_open(answers, version_in_force())
    return web.go("applications.question", step=step) if step else web.go("applications.check")


def _around(step: str, answers: Answers) -> dict[str, Any]:
    """What stands around a question: how far one is, and what the page of this one needs."""
    steps = way.steps(answers)
    context: dict[str, Any] = {
        "step": step,
        "answers": answers,
        "steps": steps,
        "number": steps.index(step) + 1 if step in steps else len(steps),
        "is_child": way.is_child(answers),
        "is_organisation": way.is_organisation(answers),
    }
    if step == "association":
        context.update(_choice(answers))
    if step == "consents":
        notice = current_notice(locale())
        context.update(notice=notice, html=text.render(notice.body) if notice else "")
    return context


def _choice(answers: Answers) -> dict[str, Any]:
    """Associations to choose from: the one that is named, those found, those of a street; else the streets."""
    words, under = request.args.get("q", "").strip()[:60], get_association(request.args.get("under", ""))
    named = request.args.get("at") or way.value(answers, "association", "code")
    at = None if words or under or "all" in request.args else get_association(named or "")
    streets = [] if words or under or at else queries.list_streets()
    page = None if streets or at else paginate(queries.joinable(under, words), page_number(), LISTED)
    chosen = at if queries.is_joinable(at) else None
    return {"text": words, "under": under, "at": chosen, "streets": streets, "page": page}


def _keep(answers: Answers) -> str:
    """Keep the answers under the visitor's token, or a new one. A token that was sent with is used up."""
    token = _token()
    if token is None or not drafts.load(token):
        limits.count_begun(request.remote_addr)
        token = drafts.new_token()
    drafts.keep(token, answers)
    return token


def _is_sent(reference: str) -> bool:
    return queries.get_by_reference(reference) is not None


def _token() -> str | None:
    return request.cookies.get(_cookie())


def _cookie() -> str:
    """Its name; the browser sends it only back to us, and no script reads it."""
    return "__Host-join" if current_app.extensions["portal.settings"].is_https else "join"


def _remember(response: Response, token: str) -> Response:
    name = _cookie()
    seconds = int(drafts.KEPT.total_seconds())
    response.set_cookie(
        name, token, max_age=seconds, secure=name.startswith("__Host-"), httponly=True, samesite="Lax", path="/"
    )
    return response


def _private(answer: Any) -> Response:
    """What somebody typed is kept by no cache, and Back asks for it anew."""
    response = make_response(answer)
    response.headers["Cache-Control"] = "no-store"
    return response
