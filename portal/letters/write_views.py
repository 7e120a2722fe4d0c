"""Writing at /letters: a start page, one question a page, check your answers, send."""

from __future__ import annotations

from typing import Any

from flask import request

from portal.applications import limits
from portal.applications.answers import Answers
from portal.applications.interview import Interview, private
from portal.associations.queries import get_association
from portal.core import web
from portal.core.access import public
from portal.core.i18n import lazy
from portal.letters import asking, deadlines, mails, queries, receiving, way
from portal.letters.blueprint import blueprint
from portal.letters.choosing import choice, is_open
from portal.letters.forms import QUESTIONS
from portal.letters.models import LetterKind, StepKind

MANY = lazy("Many letters came from this connection within an hour. Please wait an hour, then try again, or call or"
            " visit the association's office.")  # fmt: skip


def _around(step: str, answers: Answers) -> dict[str, Any]:
    if step == "association":
        return choice(answers)
    return {"kinds": LetterKind.labels()}


interview = Interview(
    blueprint=blueprint,
    address="/letters",
    asks="write",
    cookie="letter",
    forms=QUESTIONS,
    own=tuple(QUESTIONS),
    steps=way.steps,
    first_open=way.first_open,
    form_of=asking.form_of,
    given=asking.given,
    around=_around,
    apply=lambda answers, reference: receiving.receive(asking.letter_of(answers), reference=reference),
    find=queries.get_by_reference,
    tell=lambda letter: mails.tell(letter, StepKind.RECEIVED),
    needs_notice=False,
    count_sent=lambda address: limits.count("letter", address, limits.SENT, MANY),
    count_begun=lambda address: limits.count("letter draft", address, limits.BEGUN, MANY),
)
interview.open()


@blueprint.get("/letters", strict_slashes=False)
@public
def start() -> Any:
    """What it is for and what not, how long it takes, the way without a computer; `at` names an association."""
    at = get_association(request.args.get("at", ""))
    within = {"question": deadlines.QUESTION_WITHIN, "other": deadlines.ANSWER_WITHIN}
    shown = {"at": at if is_open(at) else None, "begun": bool(interview.answers()), "within": within}
    return private(web.page("letters/start.html", **shown, acknowledged=deadlines.ACKNOWLEDGE_WITHIN))
