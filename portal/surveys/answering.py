"""One answer for one ticket: spent and kept in one transaction, apart from each other. Never commits.

Nothing is written that says when: no line in the log, no moment in either row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update

from portal.core.database import change, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.text import printable
from portal.surveys import codes, queries
from portal.surveys.models import QuestionKind, Survey, SurveyAnswer, SurveyQuestion, SurveyTicket
from portal.surveys.results import Satisfaction

LONGEST = 500
UNKNOWN = lazy("There is no such code for this appraisal. Compare it with the sheet.")
USED = lazy("This code was used already. Each code counts once.")
OWN_PAGE = lazy("You are asked by your account: answer on your own page. Each answers once.")
ANSWERED = lazy("You have answered already. Each answer counts once.")
NOT_OPEN = lazy("This appraisal takes no answers now.")


def ticket_of_code(survey: Survey, typed: str) -> SurveyTicket:
    """The ticket of a code that can still be used. Raises RuleError("code")."""
    ticket = queries.get_ticket(survey, codes.hashes(typed))
    if ticket is None:
        raise UnknownCodeError
    if ticket.is_used:
        raise RuleError("code", USED)
    return ticket


class UnknownCodeError(RuleError):
    """Somebody mistyped, or guesses."""

    def __init__(self) -> None:
        super().__init__("code", UNKNOWN)


def check_asked_by_code(survey: Survey, person_id: int | None) -> None:
    """Whoever is signed in and asked by the account answers there. Raises RuleError("code")."""
    if person_id is not None and queries.get_ticket_of(survey, person_id) is not None:
        raise RuleError("code", OWN_PAGE)


def ticket_of_member(survey: Survey, person_id: int) -> SurveyTicket | None:
    """The ticket of a member who is asked by the account, used or not."""
    return queries.get_ticket_of(survey, person_id)


def answer(survey: Survey, ticket: SurveyTicket, said: Mapping[str, Any]) -> None:
    """Spend the ticket and keep the answer. Of ten who send the same code in the same moment one is counted.

    Raises RuleError("code") when it was used meanwhile, and RuleError("") outside the days of the appraisal.
    """
    if not queries.is_accepting(survey):
        raise RuleError("", NOT_OPEN)
    kept = checked(survey.questions, said)
    if not _spend(ticket):
        raise RuleError("code", USED if ticket.code_hash else ANSWERED)
    db.session.add(SurveyAnswer(survey_id=survey.id, association_id=ticket.association_id, answers=kept))
    db.session.flush()


def checked(questions: Sequence[SurveyQuestion], said: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as they are kept, by the question's number; what was left out is not among them."""
    found: dict[str, Any] = {}
    for question in questions:
        value = said.get(name_of(question))
        kept = _kept(question, "" if value is None else str(value))
        if kept is not None:
            found[str(question.position)] = kept
    if not found:
        raise RuleError("", lazy("Answer at least one question."))
    return found


def name_of(question: SurveyQuestion) -> str:
    """Of the field in the form."""
    return f"q{question.position}"


def _kept(question: SurveyQuestion, value: str) -> Any:
    if question.kind == QuestionKind.TEXT:
        return printable(value).strip()[:LONGEST] or None
    if not value:
        return None
    if question.kind == QuestionKind.SATISFACTION:
        known: Sequence[str] = list(Satisfaction)
    else:
        known = [str(number) for number in range(len(question.choices))]
    if value not in known:
        raise RuleError(name_of(question), lazy("Choose one of the answers."))
    return int(value) if question.kind == QuestionKind.CHOICE else value


def _spend(ticket: SurveyTicket) -> bool:
    statement = update(SurveyTicket).where(SurveyTicket.id == ticket.id, SurveyTicket.is_used.is_(False))
    return change(statement.values(is_used=True)) == 1
