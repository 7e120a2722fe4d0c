"""An open appraisal in the office: codes given out, members asked, paper entered; closed, its results published."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g
from flask_login import current_user

from portal.accounts.reader import me
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.files import store
from portal.core.forms import choices
from portal.core.i18n import _, ngettext
from portal.core.jobs import Job, get_job, queue
from portal.surveys import answering, asked_queries, exports, giving, queries, services, sheets
from portal.surveys.blueprint import blueprint
from portal.surveys.forms import BatchForm, PublishForm
from portal.surveys.models import Audience, Survey, SurveyState
from portal.surveys.office_views import RIGHT, load

GIVE, PAPER = "surveys/give.html", "surveys/paper.html"
MOST_WORDS, MOST_PLACES = 300, 30


@blueprint.route("/office/<code>/appraisals/<public_id>/give-out", methods=["GET", "POST"])
@requires(RIGHT)
def give_out(code: str, public_id: str) -> Any:
    """How many sheets for which association; they are drawn in the background."""
    survey, form = load(public_id, SurveyState.OPEN), BatchForm()
    around = _offer(survey, form)
    if not form.validate_on_submit():
        return web.form_page(GIVE, form, survey=survey, **around)
    places = giving.choose_places(survey, str(form.place.data))
    try:
        job = giving.order_batch(me(), survey, places, form.count.data or 0)
    except RuleError as error:
        return web.refused(GIVE, form, error, survey=load(public_id), **around)
    db.session.commit()
    queue.send(giving.draw, job.public_id)
    return web.go("surveys.batch_job", public_id=job.public_id)


def _offer(survey: Survey, form: BatchForm) -> dict[str, Any]:
    """The association, each below, or all directly below with a batch each."""
    places = queries.places_of(survey)
    below = [("below", _("Each association directly below"))] if len(places) > 1 else []
    form.place.choices = choices([*((place.code, place.name) for place in places), *below])
    if survey.audience != Audience.MEMBERS:
        return {"left": []}
    left = asked_queries.sheets_left(survey)
    return {"left": [(place.name, left[place.id]) for place in places if left.get(place.id)][:MOST_PLACES]}


@blueprint.get("/office/<code>/appraisals/<public_id>/hand-out.<any(xlsx, csv):form>")
@requires(RIGHT)
def hand_out_file(code: str, public_id: str, form: str) -> Response:
    """The members who are not asked by their account, for whoever goes round with the sheets."""
    survey = load(public_id, SurveyState.OPEN)
    if survey.audience != Audience.MEMBERS:
        abort(404)
    return downloads.send(form, exports.hand_out(asked_queries.to_hand_out(survey, me())))


@blueprint.get("/office/<code>/appraisals/batches/<public_id>")
@requires(RIGHT)
def batch_job(code: str, public_id: str) -> str:
    """How far it is; in the end the files, for a day, for whoever ordered them."""
    job = _job(public_id)
    template = "surveys/_job.html" if web.htmx else "surveys/job.html"
    return web.page(template, job=job, is_gone=_is_gone(job))


@blueprint.get("/office/<code>/appraisals/batches/<public_id>/files/<int:number>")
@requires(RIGHT)
def batch_file(code: str, public_id: str, number: int) -> Response:
    job = _job(public_id)
    files = job.result.get("files", [])
    if _is_gone(job) or not 0 < number <= len(files) or not store.has(files[number - 1]["key"]):
        abort(404)
    name = f"{_('Appraisal codes')}-{files[number - 1]['name']}.pdf"
    return web.download(store.read(files[number - 1]["key"]), name, "application/pdf")


@blueprint.post("/office/<code>/appraisals/<public_id>/ask-members")
@requires(RIGHT)
def ask_members(code: str, public_id: str) -> Any:
    """Members who have an account answer there."""
    try:
        count = giving.ask_members(me(), load(public_id, SurveyState.OPEN))
        message: Any = ngettext("%(num)d member more is asked.", "%(num)d members more are asked.", count)
    except RuleError as error:
        message = error.message
    db.session.commit()
    return web.go("surveys.office_page", message, public_id=public_id)


@blueprint.route("/office/<code>/appraisals/<public_id>/paper", methods=["GET", "POST"])
@requires(RIGHT)
def paper(code: str, public_id: str) -> Any:
    """A sheet that was filled in on paper, entered with its code; the next one follows."""
    survey = load(public_id, SurveyState.OPEN)
    form = sheets.form_of(survey, with_code=True)
    if not form.validate_on_submit():
        return web.form_page(PAPER, form, survey=survey)
    try:
        answering.answer(survey, answering.ticket_of_code(survey, form.code.data), sheets.said(survey, form))
    except RuleError as error:
        return web.refused(PAPER, form, error, survey=load(public_id))
    db.session.commit()
    return web.go("surveys.paper", _("The sheet is counted. Enter the next one."), public_id=public_id)


@blueprint.route("/office/<code>/appraisals/<public_id>/publish", methods=["GET", "POST"])
@requires(RIGHT)
def publish(code: str, public_id: str) -> Any:
    """Asks once more, with the own words to choose from: published, the results are frozen."""
    survey = load(public_id)
    if survey.state == SurveyState.PUBLISHED:
        return web.go("surveys.office_page", public_id=public_id)
    form, found, words = PublishForm(), services.figures(survey), services.own_words(survey)
    form.words.choices = choices([pair for pairs in words.values() for pair in pairs[:MOST_WORDS]])
    if not form.validate_on_submit():
        return web.form_page("surveys/publish.html", form, survey=survey, found=found)
    try:
        services.publish(me(), survey, form.words.data or [])
    except RuleError as error:
        return web.refused("surveys/publish.html", form, error, survey=load(public_id), found=found)
    db.session.commit()
    return web.go("surveys.office_page", _("The results are published."), public_id=public_id)


@blueprint.get("/office/<code>/appraisals/<public_id>/results.<any(xlsx, csv):form>")
@requires(RIGHT)
def results_file(code: str, public_id: str, form: str) -> Response:
    survey = load(public_id)
    if not queries.is_over(survey):
        abort(404)
    return downloads.send(form, exports.results(survey.title, survey.results or services.figures(survey)))


def _job(public_id: str) -> Job:
    """The reader's own batch of this association."""
    job = get_job(public_id, current_user.id)
    if job is None or job.kind != giving.JOB or job.result.get("association") != g.association.id:
        abort(404)
    return job


def _is_gone(job: Job) -> bool:
    return job.ended_at is not None and job.ended_at < now() - giving.GOOD_FOR
