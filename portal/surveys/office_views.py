"""Appraisals in the office: the list, one in the making with its questions, opened, its last day put off."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any

from flask import Response, abort, g

from portal.accounts.reader import me
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import OrderForm
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.surveys import exports, queries, services
from portal.surveys.blueprint import blueprint
from portal.surveys.forms import PlainForm, PutOffForm, QuestionForm, SurveyForm
from portal.surveys.models import Audience, Survey, SurveyQuestion, SurveyState
from portal.surveys.services import Terms, Wording

RIGHT = "surveys.run"
FORM, QUESTION = "surveys/form.html", "surveys/question.html"
TERMS = ("title", "introduction", "audience", "opens_on", "closes_on", "hide_below")


@blueprint.get("/office/<code>/appraisals")
@requires(RIGHT)
def office_list(code: str) -> str:
    """The association's appraisals with how many were asked and answered."""
    page = paginate(queries.office_rows(me(), g.association), page_number(), scalars=False)
    return web.page("surveys/office_list.html", page=page, states=SurveyState.labels(), day=_day())


@blueprint.get("/office/<code>/appraisals/list.<any(xlsx, csv):form>")
@requires(RIGHT)
def list_file(code: str, form: str) -> Response:
    return downloads.send(form, exports.surveys(queries.office_rows(me(), g.association)), "surveys.office_list")


@blueprint.route("/office/<code>/appraisals/new", methods=["GET", "POST"])
@requires(RIGHT)
def new(code: str) -> Any:
    first = {"audience": Audience.RESIDENTS, "hide_below": 5, "opens_on": _day(), "entry_key": token_urlsafe(16)}
    form = SurveyForm() if SurveyForm().is_submitted() else SurveyForm(data=first)
    if not form.validate_on_submit():
        return web.form_page(FORM, form, survey=None)
    try:
        made = services.create(me(), g.association, Terms(**form.values(*TERMS)), (form.entry_key.data or "")[:64])
    except RuleError as error:
        return web.refused(FORM, form, error, survey=None)
    db.session.commit()
    return web.go("surveys.office_page", _("The appraisal is begun: write its questions."), public_id=made.public_id)


@blueprint.get("/office/<code>/appraisals/<public_id>")
@requires(RIGHT)
def office_page(code: str, public_id: str) -> str:
    """How it stands: its questions, what was given out, how many answered; closed, its results."""
    survey = load(public_id)
    is_over = queries.is_over(survey)
    figures = services.figures(survey) if is_over else None
    return web.page(
        "surveys/office_page.html",
        survey=survey,
        found=survey.results or figures,
        is_over=is_over,
        given=queries.given_out(survey) if survey.state != SurveyState.DRAFT else [],
        answered=queries.count_answers(survey),
        form=OrderForm(formdata=None),
        day=_day(),
    )


@blueprint.route("/office/<code>/appraisals/<public_id>/edit", methods=["GET", "POST"])
@requires(RIGHT)
def edit(code: str, public_id: str) -> Any:
    """Its title, days and audience while a draft."""
    survey = load(public_id, SurveyState.DRAFT)
    form = SurveyForm(obj=survey)
    del form.entry_key
    if not form.validate_on_submit():
        return web.form_page(FORM, form, survey=survey)
    try:
        services.rewrite(me(), survey, Terms(**form.values(*TERMS)))
    except RuleError as error:
        return web.refused(FORM, form, error, survey=load(public_id))
    db.session.commit()
    return web.go("surveys.office_page", _("The changes are saved."), public_id=public_id)


@blueprint.route("/office/<code>/appraisals/<public_id>/put-off", methods=["GET", "POST"])
@requires(RIGHT)
def put_off(code: str, public_id: str) -> Any:
    """A later last day, while it is open."""
    survey = load(public_id, SurveyState.OPEN)
    form = PutOffForm(obj=survey)
    if not form.validate_on_submit():
        return web.form_page("surveys/put_off.html", form, survey=survey)
    kept = {name: getattr(survey, name) for name in TERMS}
    try:
        services.rewrite(me(), survey, Terms(**{**kept, "closes_on": form.closes_on.data}))
    except RuleError as error:
        return web.refused("surveys/put_off.html", form, error, survey=load(public_id))
    db.session.commit()
    return web.go("surveys.office_page", _("The last day is put off."), public_id=public_id)


@blueprint.route("/office/<code>/appraisals/<public_id>/questions/new", methods=["GET", "POST"])
@requires(RIGHT)
def add_question(code: str, public_id: str) -> Any:
    survey, form = load(public_id, SurveyState.DRAFT), QuestionForm()
    return _write(survey, form, None)


@blueprint.route("/office/<code>/appraisals/<public_id>/questions/<int(max=99):number>", methods=["GET", "POST"])
@requires(RIGHT)
def edit_question(code: str, public_id: str, number: int) -> Any:
    survey = load(public_id, SurveyState.DRAFT)
    question = _question(survey, number)
    first = {"text": question.text, "kind": question.kind, "choices_": "\n".join(question.choices)}
    return _write(survey, QuestionForm(data=first), question)


def _write(survey: Survey, form: QuestionForm, question: SurveyQuestion | None) -> Any:
    public_id = survey.public_id
    number = question.position if question else None
    if not form.validate_on_submit():
        return web.form_page(QUESTION, form, survey=survey, number=number)
    wording = Wording(kind=form.kind.data, text=form.text.data or "", choices=(form.choices_.data or "").splitlines())
    try:
        services.write_question(me(), survey, wording, question)
    except RuleError as error:
        return web.refused(QUESTION, form, error, survey=load(public_id), number=number)
    db.session.commit()
    return web.go("surveys.office_page", public_id=public_id, _anchor="questions")


@blueprint.post("/office/<code>/appraisals/<public_id>/questions/<int(max=99):number>/order")
@requires(RIGHT)
def order_question(code: str, public_id: str, number: int) -> Any:
    """One step up or down."""
    survey, form = load(public_id, SurveyState.DRAFT), OrderForm()
    if not form.validate_on_submit():
        abort(400)
    services.order_question(me(), survey, _question(survey, number), up=form.is_up)
    db.session.commit()
    return web.go("surveys.office_page", public_id=public_id, _anchor="questions")


@blueprint.post("/office/<code>/appraisals/<public_id>/questions/<int(max=99):number>/remove")
@requires(RIGHT)
def remove_question(code: str, public_id: str, number: int) -> Any:
    survey = load(public_id, SurveyState.DRAFT)
    services.remove_question(me(), survey, _question(survey, number))
    db.session.commit()
    return web.go("surveys.office_page", _("The question is taken out."), public_id=public_id, _anchor="questions")


@blueprint.route("/office/<code>/appraisals/<public_id>/open", methods=["GET", "POST"])
@requires(RIGHT)
def open_survey(code: str, public_id: str) -> Any:
    """Asks once more: from then on the questions stand."""
    survey, form = load(public_id, SurveyState.DRAFT), PlainForm()
    if not form.validate_on_submit():
        return web.form_page("surveys/open.html", form, survey=survey)
    try:
        services.open_survey(me(), survey)
    except RuleError as error:
        return web.refused("surveys/open.html", form, error, survey=load(public_id))
    db.session.commit()
    return web.go("surveys.office_page", _("The appraisal is open: give out the codes."), public_id=public_id)


def load(public_id: str, state: str = "") -> Survey:
    """The association's own, in that state if one is named."""
    survey = queries.get_survey(me(), g.association, public_id)
    return survey if survey is not None and (not state or survey.state == state) else abort(404)


def _question(survey: Survey, number: int) -> SurveyQuestion:
    return next((one for one in survey.questions if one.position == number), None) or abort(404)


def _day() -> Any:
    return today(g.association.time_zone)
