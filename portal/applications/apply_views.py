"""Applying at /join: a start page, one question a page, check your answers, send."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from portal.applications import answers as way
from portal.applications import asking, mails, queries, services
from portal.applications.answers import Answers
from portal.applications.blueprint import blueprint
from portal.applications.choosing import choice
from portal.applications.forms import QUESTIONS
from portal.applications.interview import Interview, private
from portal.associations.queries import get_association
from portal.core import web
from portal.core.access import public
from portal.core.i18n import locale
from portal.core.shared import shared
from portal.people.queries import current_notice, version_in_force


def _around(step: str, answers: Answers) -> dict[str, Any]:
    shown = {"is_child": way.is_child(answers), "is_organisation": way.is_organisation(answers)}
    return shown | (choice(answers) if step == "association" else {})


interview = Interview(
    name="applications",
    cookie="join",
    forms=QUESTIONS,
    own=tuple(QUESTIONS),
    steps=way.steps,
    first_open=way.first_open,
    form_of=asking.form_of,
    given=asking.given,
    around=_around,
    find=queries.sent.get_by_reference,
)


@blueprint.get("/join")
@public
def start() -> Any:
    """What it takes, who can join, and the way without a computer; `at` names an association to begin with."""
    at = get_association(request.args.get("at", ""))
    shown = at if queries.is_joinable(at) else None
    begun = bool(interview.answers())
    return private(web.page("applications/start.html", at=shown, begun=begun, version=version_in_force()))


@blueprint.get("/join/apply/<step>")
@public
def question(step: str) -> Response:
    return interview.question(step)


@blueprint.post("/join/apply/<step>")
@public
def give_answer(step: str) -> Response:
    return interview.give_answer(step)


@blueprint.get("/join/check")
@public
def check() -> Response:
    return interview.check()


@blueprint.post("/join/send")
@public
def send() -> Any:
    return interview.send(
        lambda answers, reference: services.apply(asking.submission_of(answers), reference=reference), mails.tell
    )


@blueprint.post("/join/forget")
@public
def forget() -> Response:
    return interview.forget()


@blueprint.get("/join/paper-form")
@public
@shared
def paper_form() -> Any:
    """The blank form, to print and fill in by hand."""
    at = get_association(request.args.get("at", ""))
    return web.page("applications/paper_form.html", at=at, notice=current_notice(locale()))
