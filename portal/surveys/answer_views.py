"""Answering without a name: on a phone with a code (code, questions, check, done), or signed in as a member.

No page is kept anywhere; nothing of what was typed stands in an address or in the session.
"""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, make_response, request
from flask_login import current_user

from portal.core import web
from portal.core.access import public, signed_in
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.paging import page_number, paginate
from portal.core.shared import share, shared
from portal.surveys import answering, codes, queries, sheets
from portal.surveys.blueprint import blueprint
from portal.surveys.forms import CodeForm
from portal.surveys.models import Survey, SurveyState
from portal.transparency.queries import proof_of
from portal.verification.attempts import Attempts, network


@blueprint.get("/appraisals", strict_slashes=False)
@public
@shared
def public_list() -> str:
    """Those that are open, and those whose results can be read."""
    page = paginate(queries.public_rows(), page_number())
    return web.page("surveys/public_list.html", page=page, accepting=queries.is_accepting)


@blueprint.get("/appraisals/<public_id>")
@public
def start(public_id: str) -> Response | str:
    """What it is about, and where the code goes; published, its results."""
    survey = _survey(public_id)
    if survey.state == SurveyState.PUBLISHED:
        return share(web.page("surveys/results.html", survey=survey, found=survey.results, entry=proof_of(public_id)))
    form = CodeForm(formdata=None, data={"code": codes.shown(codes.read(request.args.get("code", "")))})
    return _private(web.page("surveys/start.html", survey=survey, form=form, **_state(survey)))


@blueprint.post("/appraisals/<public_id>")
@public
def begin(public_id: str) -> Any:
    """A code that can be used leads to the questions."""
    survey, form = _open(public_id), CodeForm()
    if not form.validate_on_submit():
        return _private(*web.invalid("surveys/start.html", form, survey=survey, **_state(survey)))
    refused = _try(survey, form)
    if refused:
        return refused
    sheet = sheets.form_of(survey, with_code=True)
    for field in sheet:
        field.errors = []
    return _private(web.page("surveys/questions.html", survey=survey, form=sheet, action=request.path + "/check"))


@blueprint.post("/appraisals/<public_id>/check")
@public
def check(public_id: str) -> Any:
    """What was answered, to be looked at once more before it is sent."""
    survey = _open(public_id)
    form = sheets.form_of(survey, with_code=True)
    if "change" in request.form or not form.validate_on_submit():
        return _again(survey, form, request.path)
    return _try(survey, form) or _private(_check_page(survey, form, request.path.replace("/check", "/send")))


@blueprint.post("/appraisals/<public_id>/send")
@public
def send(public_id: str) -> Any:
    """Counted, once; of a code that was used meanwhile it is said."""
    survey = _open(public_id)
    form = sheets.form_of(survey, with_code=True)
    if "change" in request.form or not form.validate_on_submit():
        return _again(survey, form, request.path.replace("/send", "/check"))
    refused = _try(survey, form)
    if refused:
        return refused
    try:
        answering.answer(survey, answering.ticket_of_code(survey, form.code.data), sheets.said(survey, form))
    except RuleError as error:
        return _private(*web.refused("surveys/start.html", _code_form(form), error, survey=survey, **_state(survey)))
    db.session.commit()
    return web.go("surveys.done", public_id=public_id)


@blueprint.get("/appraisals/<public_id>/done")
@public
def done(public_id: str) -> str:
    """Counted; nobody can see which answer was whose."""
    return web.page("surveys/done.html", survey=_survey(public_id))


@blueprint.get("/me/appraisals")
@signed_in
def own() -> str:
    """The appraisals that I am asked to answer here."""
    rows = queries.list_own(current_user.person_id)
    return web.page("surveys/own.html", rows=rows, accepting=queries.is_accepting)


@blueprint.route("/me/appraisals/<public_id>", methods=["GET", "POST"])
@signed_in
def own_answer(public_id: str) -> Any:
    """The questions, the check, and sent: for a member who is asked by the account."""
    survey = _open(public_id)
    ticket = answering.ticket_of_member(survey, current_user.person_id) or abort(404)
    form = sheets.form_of(survey, with_code=False)
    if not form.is_submitted():
        return web.page("surveys/own_questions.html", survey=survey, form=form, is_used=ticket.is_used)
    if "change" in request.form or not form.validate():
        return _own_again(survey, form)
    if "send" not in request.form:
        return web.page("surveys/own_check.html", survey=survey, form=form, rows=sheets.rows(survey, form))
    try:
        answering.answer(survey, ticket, sheets.said(survey, form))
    except RuleError as error:
        return _own_refused(form, error, public_id)
    db.session.commit()
    return web.go("surveys.done", public_id=public_id)


def _own_refused(form: Any, error: RuleError, public_id: str) -> Any:
    error.field = ""
    return web.refused("surveys/own_questions.html", form, error, survey=_open(public_id), is_used=False)


def _own_again(survey: Survey, form: Any) -> Any:
    template = "surveys/own_questions.html"
    if "change" in request.form:
        return web.page(template, survey=survey, form=form, is_used=False)
    return web.invalid(template, form, survey=survey, is_used=False)


def _again(survey: Survey, form: Any, action: str) -> Any:
    """The questions again: to be changed, or with what is missing."""
    context = {"survey": survey, "action": action}
    if "change" in request.form:
        return _private(web.page("surveys/questions.html", form=form, **context))
    return _private(*web.invalid("surveys/questions.html", form, **context))


def _check_page(survey: Survey, form: Any, action: str) -> str:
    return web.page("surveys/check.html", survey=survey, form=form, rows=sheets.rows(survey, form), action=action)


def _try(survey: Survey, form: Any) -> Any:
    """What is said of a code that cannot be used; None if it can. Guessing is slowed, as elsewhere."""
    attempts: Attempts = current_app.extensions.setdefault("portal.appraisals", Attempts())
    address = network(request.remote_addr)
    seconds = attempts.wait(address)
    if seconds:
        answer = _private(web.page("surveys/wait.html", survey=survey, seconds=seconds), 429)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    try:
        answering.check_asked_by_code(survey, current_user.person_id if current_user.is_authenticated else None)
        answering.ticket_of_code(survey, form.code.data or "")
    except RuleError as error:
        if isinstance(error, answering.UnknownCodeError):
            attempts.fail(address)
        return _private(*web.refused("surveys/start.html", _code_form(form), error, survey=survey, **_state(survey)))
    return None


def _code_form(form: Any) -> CodeForm:
    return CodeForm(formdata=None, data={"code": form.code.data})


def _survey(public_id: str) -> Survey:
    return queries.get_public(public_id) or abort(404)


def _open(public_id: str) -> Survey:
    """One that takes answers today; of any other its first page says how it stands."""
    survey = _survey(public_id)
    if not queries.is_accepting(survey):
        abort(web.go("surveys.start", answering.NOT_OPEN, public_id=public_id))
    return survey


def _state(survey: Survey) -> dict[str, Any]:
    day = today(survey.association.time_zone)
    return {"is_accepting": queries.is_accepting(survey), "is_coming": day < survey.opens_on}


def _private(html: Any, status: int = 200) -> Response:
    """Kept nowhere, and in no search engine."""
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
