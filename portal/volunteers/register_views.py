"""Registering at /volunteer: a start page, one question a page, check your answers, send."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from portal.applications.answers import Answers
from portal.applications.choosing import choice
from portal.applications.interview import Interview, private
from portal.applications.queries import is_joinable
from portal.associations.queries import get_association, get_root
from portal.core import web
from portal.core.access import public
from portal.core.i18n import _, locale
from portal.people.queries import current_notice, version_in_force
from portal.volunteers import asking, mails, printing, queries, registering, registration_queries, way
from portal.volunteers.asking import known
from portal.volunteers.blueprint import blueprint
from portal.volunteers.models import DayPart
from portal.volunteers.questions import OWN, QUESTIONS, WEEKDAYS
from portal.volunteers.roster_words import Times


def _around(step: str, answers: Answers) -> dict[str, Any]:
    """What the templates need to know beside the form."""
    me = known()
    shown = {"is_child": way.is_child(answers, me), "is_organisation": False, "me": me.person, "agreed": me.agreed,
             "weekdays": WEEKDAYS, "parts": DayPart.labels()}  # fmt: skip
    if step == "check":
        shown["said_times"] = Times().say((int(each[0]), each[2:]) for each in answers["times"]["times"] or [])
    return shown | (choice(answers) if step == "association" else {})


interview = Interview(
    blueprint=blueprint,
    address="/volunteer",
    asks="register",
    cookie="volunteer",
    forms=QUESTIONS,
    own=OWN,
    steps=lambda answers: way.steps(answers, known()),
    first_open=lambda answers, version: way.first_open(answers, version, known()),
    form_of=asking.form_of,
    given=asking.given,
    around=_around,
    apply=lambda answers, reference: registering.register(asking.submission_of(answers), reference=reference),
    find=registration_queries.sent.get_by_reference,
    tell=mails.tell,
)
interview.open()


@blueprint.get("/volunteer")
@public
def start() -> Any:
    """What it takes, what is asked and why, and the way without a computer; `at` names an association."""
    at = get_association(request.args.get("at", ""))
    me = known().person
    context = {
        "at": at if is_joinable(at) else None,
        "begun": bool(interview.answers()),
        "version": version_in_force(),
        "me": me,
        "mine": queries.live_of_person(me.id) if me else [],
    }
    return private(web.page("volunteers/start.html", **context))


@blueprint.get("/volunteer/form.pdf")
@public
def blank_form() -> Response:
    """The blank form with the federation's own list of skills, to print and fill in by hand."""
    at, root = get_association(request.args.get("at", "")), get_root()
    shown = at if is_joinable(at) else None
    skills = queries.list_skills(root.id) if root else []
    pdf = printing.print_form(shown, skills, current_notice(locale()), locale())
    return web.download(pdf, f"{_('Registration form of volunteers')}.pdf", "application/pdf")
