"""Applying at /join: a start page, one question a page, check your answers, send."""

from __future__ import annotations

from typing import Any

from flask import request

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
    blueprint=blueprint,
    address="/join",
    asks="apply",
    cookie="join",
    forms=QUESTIONS,
    own=tuple(QUESTIONS),
    steps=way.steps,
    first_open=way.first_open,
    form_of=asking.form_of,
    given=asking.given,
    around=_around,
    apply=lambda answers, reference: services.apply(asking.submission_of(answers), reference=reference),
    find=queries.sent.get_by_reference,
    tell=mails.tell,
)
interview.open()


@blueprint.get("/join")
@public
def start() -> Any:
    """What it takes, who can join, and the way without a computer; `at` names an association to begin with."""
    at = get_association(request.args.get("at", ""))
    shown = at if queries.is_joinable(at) else None
    begun = bool(interview.answers())
    return private(web.page("applications/start.html", at=shown, begun=begun, version=version_in_force()))


@blueprint.get("/join/paper-form")
@public
@shared
def paper_form() -> Any:
    """The blank form, to print and fill in by hand."""
    at = get_association(request.args.get("at", ""))
    return web.page("applications/paper_form.html", at=at, notice=current_notice(locale()))
