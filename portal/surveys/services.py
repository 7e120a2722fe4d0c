"""An appraisal's way: written, opened (from then on its questions stand), closed after its last day, published.

Never commits. Nothing that is written here tells who answered what, or when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, update

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.audit import Actor, changed, record
from portal.core.calendar import now, today
from portal.core.database import change, db, hold, insert_all
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.core.text import is_blank, printable
from portal.surveys import asked_queries, codes, proving, queries, results
from portal.surveys.models import (
    Audience,
    QuestionKind,
    Survey,
    SurveyQuestion,
    SurveyState,
    SurveyTicket,
)
from portal.surveys.results import Asked, Sheets

MOST_QUESTIONS, LONGEST_TITLE, LONGEST_TEXT, LONGEST_INTRODUCTION = 20, 60, 200, 2000
MOST_CHOICES, LEAST_HIDDEN, MOST_HIDDEN = 12, 3, 50
FIRST_QUESTION = "您对协会今年的工作总体满意吗？"
GONE = lazy("This appraisal is open already: its questions stand.")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What an appraisal says of itself."""

    title: str
    introduction: str = ""
    audience: str = Audience.RESIDENTS
    opens_on: date
    closes_on: date
    hide_below: int = 5


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A question; `choices` of one of several."""

    kind: str
    text: str
    choices: Sequence[str] = ()


def create(actor: Account, association: Association, terms: Terms, entry_key: str | None = None) -> Survey:
    """A draft with a first question; sent twice, made once. Raises RuleError by the field at fault."""
    said = _checked(terms)
    known = queries.get_by_entry_key(entry_key) if entry_key else None
    if known is not None:
        return known
    first = SurveyQuestion(position=1, kind=QuestionKind.SATISFACTION, text=FIRST_QUESTION)
    survey = Survey(
        association_id=association.id, entry_key=entry_key, created_by_id=actor.person_id, questions=[first], **said
    )
    db.session.add(survey)
    db.session.flush()
    record(actor, "surveys.create", survey, {"title": survey.title})
    return survey


def rewrite(actor: Actor, survey: Survey, terms: Terms) -> None:
    """Other words for a draft; of an open one its last day can be put off, and nothing else. Raises RuleError."""
    said = _checked(terms)
    hold(survey, "state", "closes_on")
    if survey.state == SurveyState.OPEN and not queries.is_over(survey):
        if terms.closes_on < survey.closes_on:
            raise RuleError("closes_on", lazy("The last day can be put off, not moved nearer."))
        said = {"closes_on": terms.closes_on}
    elif survey.state != SurveyState.DRAFT:
        raise RuleError("", lazy("This appraisal is closed."))
    changes = changed({name: getattr(survey, name) for name in said}, said)
    for name, value in said.items():
        setattr(survey, name, value)
    if changes:
        record(actor, "surveys.change", survey, {"fields": sorted(changes)})


def write_question(actor: Actor, survey: Survey, wording: Wording, question: SurveyQuestion | None = None) -> None:
    """A question more at the end, or other words for one. Raises RuleError."""
    _check_draft(survey)
    said = _checked_question(wording)
    if question is None:
        if len(survey.questions) >= MOST_QUESTIONS:
            raise RuleError(
                "", _("At most %(count)s questions: short appraisals are answered.", count=MOST_QUESTIONS)
            )
        question = SurveyQuestion(position=len(survey.questions) + 1)
        survey.questions.append(question)
    for name, value in said.items():
        setattr(question, name, value)
    db.session.flush()
    record(actor, "surveys.write_question", survey, {"position": question.position, "text": question.text})


def remove_question(actor: Actor, survey: Survey, question: SurveyQuestion) -> None:
    """Take a question out of a draft; those after it move up."""
    _check_draft(survey)
    record(actor, "surveys.remove_question", survey, {"text": question.text})
    left = [one for one in survey.questions if one is not question]
    db.session.execute(delete(SurveyQuestion).where(SurveyQuestion.id == question.id))
    db.session.expunge(question)
    _renumber(left)
    db.session.refresh(survey, ["questions"])


def order_question(actor: Actor, survey: Survey, question: SurveyQuestion, *, up: bool) -> None:
    """One step up or down; at either end nothing happens."""
    _check_draft(survey)
    ordered = list(survey.questions)
    here = ordered.index(question)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(ordered):
        return
    ordered[here], ordered[there] = ordered[there], ordered[here]
    _renumber(ordered)
    db.session.refresh(survey, ["questions"])
    record(actor, "surveys.order_questions", survey, {"position": [here + 1, there + 1]})


def open_survey(actor: Actor, survey: Survey) -> None:
    """From now on its questions stand, and tickets can be given out. Opened twice, it is opened once."""
    hold(survey, "state", "closes_on", "questions")
    if not survey.questions:
        raise RuleError("", lazy("Write a question first."))
    if survey.closes_on < today(survey.association.time_zone):
        raise RuleError("", lazy("Its last day is past: put it off first."))
    if _move(survey, SurveyState.DRAFT, SurveyState.OPEN, opened_at=now()):
        record(actor, "surveys.open", survey, {"questions": len(survey.questions)})


def close_ended(day: date) -> int:
    """Those whose last day is past are closed; how many were."""
    ended = [one for one in queries.list_ended(day) if today(one.association.time_zone) > one.closes_on]
    return sum(close(survey) for survey in ended)


def close(survey: Survey) -> bool:
    """No answers any more, and nobody's ticket: as many are left by association, used or not, of codes that nobody
    has. Who answered is forgotten, and nothing in the order of the rows tells which answer came with which ticket.
    """
    if not _move(survey, SurveyState.OPEN, SurveyState.CLOSED, closed_at=now()):
        return False
    # Counted of the very rows that go: whoever is answering has spent a ticket by then, or finds none.
    gone = delete(SurveyTicket).where(SurveyTicket.survey_id == survey.id)
    kept = (SurveyTicket.association_id, SurveyTicket.sheet, SurveyTicket.is_used)
    returned = gone.returning(*kept).execution_options(synchronize_session=False)
    counted = Counter(tuple(row) for row in db.session.execute(returned))
    left: list[dict[str, Any]] = [
        {
            "survey_id": survey.id, "association_id": place_id, "sheet": sheet, "is_used": is_used,
            "code_hash": codes.hash_of(codes.new_code()),
        }
        for (place_id, sheet, is_used), count in sorted(counted.items())
        for _number in range(count)
    ]  # fmt: skip
    insert_all(SurveyTicket, left)
    record(None, "surveys.close", survey, {"asked": survey.asked})
    return True


def figures(survey: Survey) -> dict[str, Any]:
    """The results of a closed appraisal, by the associations directly below."""
    places, asked = queries.places_of(survey, also_archived=True), queries.asked_by_place(survey)
    own = survey.association_id
    group_of = results.by_child(len(survey.association.path_ids), own, places)
    names = {place.id: place.name for place in places}
    groups: dict[int, Sheets] = {}
    for place_id, count in asked.items():
        group_id = group_of.get(place_id, own)
        groups.setdefault(group_id, Sheets(names.get(group_id, survey.association.name))).asked += count
    for _id, place_id, answers in queries.list_answers(survey):
        group_id = group_of.get(place_id, own)
        groups.setdefault(group_id, Sheets(names.get(group_id, ""))).answers.append(answers)
    ordered = [groups[place.id] for place in places if place.id in groups]
    questions = [Asked(one.position, one.kind, one.text, one.choices) for one in survey.questions]
    return results.compute(questions, ordered, survey.hide_below) | _asked_by(survey)


def _asked_by(survey: Survey) -> dict[str, Any]:
    """Of members, who may be asked in two ways, how many were asked in which."""
    return {"asked_by": asked_queries.ways(survey)} if survey.audience == Audience.MEMBERS else {}


def own_words(survey: Survey) -> dict[int, list[tuple[str, str]]]:
    """What was written, by question: (a key, the text), in an order of chance and without the group."""
    written = [one.position for one in survey.questions if one.kind == QuestionKind.TEXT]
    found: dict[int, list[tuple[str, str]]] = {position: [] for position in written}
    for answer_id, _place, answers in queries.list_answers(survey):
        for position in written:
            if text := answers.get(str(position)):
                found[position].append((f"{answer_id}-{position}", text))
    return found


def publish(actor: Account, survey: Survey, chosen: Sequence[str]) -> None:
    """The results as everybody reads them from now on: frozen, and entered in the chain of publications.

    `chosen`: the keys of those words that an officer lets everybody read. Published twice, it is published once.
    """
    if survey.state == SurveyState.OPEN and today(survey.association.time_zone) > survey.closes_on:
        close(survey)
    if survey.state not in (SurveyState.CLOSED, SurveyState.PUBLISHED):
        raise RuleError("", lazy("Results are published after the last day."))
    found = figures(survey)
    words, keys = own_words(survey), set(chosen)
    for question in found["questions"]:
        if question["kind"] == QuestionKind.TEXT:
            question["texts"] = [text for key, text in words[question["position"]] if key in keys]
    if not _move(survey, SurveyState.CLOSED, SurveyState.PUBLISHED, published_at=now(), results=found):
        return
    record(actor, "surveys.publish", survey, {"asked": found["asked"], "answered": found["answered"]})
    proving.enter_results(survey)


def _move(survey: Survey, start: SurveyState, end: SurveyState, **values: Any) -> bool:
    """The one conditional statement that moves an appraisal on: of two who come at once, one does."""
    statement = update(Survey).where(Survey.id == survey.id, Survey.state == start).values(state=end, **values)
    moved = change(statement) == 1
    db.session.refresh(survey, ["state", "asked", "opened_at", "closed_at", "published_at", "results"])
    return moved


def _check_draft(survey: Survey) -> None:
    hold(survey, "state")
    if survey.state != SurveyState.DRAFT:
        raise RuleError("", GONE)


def _renumber(questions: Sequence[SurveyQuestion]) -> None:
    """Positions from 1; past the numbers in use first, for no two may ever be the same."""
    for offset in (1000, 1):
        for number, question in enumerate(questions):
            question.position = offset + number
        db.session.flush()


def _checked(terms: Terms) -> dict[str, Any]:
    values = {**asdict(terms), "title": " ".join(printable(terms.title).split())}
    values["introduction"] = printable(terms.introduction).strip()
    if is_blank(values["title"]) or len(values["title"]) > LONGEST_TITLE:
        raise RuleError("title", _("Write a title of at most %(count)s characters.", count=LONGEST_TITLE))
    if len(values["introduction"]) > LONGEST_INTRODUCTION:
        raise RuleError("introduction", _("At most %(count)s characters", count=LONGEST_INTRODUCTION))
    if terms.audience not in set(Audience):
        raise RuleError("audience", lazy("Choose who is asked."))
    if terms.closes_on < terms.opens_on:
        raise RuleError("closes_on", lazy("The last day lies before the first."))
    if not LEAST_HIDDEN <= terms.hide_below <= MOST_HIDDEN:
        raise RuleError("hide_below", _("From %(least)s to %(most)s.", least=LEAST_HIDDEN, most=MOST_HIDDEN))
    return values


def _checked_question(wording: Wording) -> dict[str, Any]:
    text = " ".join(printable(wording.text).split())
    if is_blank(text) or len(text) > LONGEST_TEXT:
        raise RuleError("text", _("Write the question, in at most %(count)s characters.", count=LONGEST_TEXT))
    if wording.kind not in set(QuestionKind):
        raise RuleError("kind", lazy("Choose how it is answered."))
    lines = [" ".join(printable(line).split())[:80] for line in wording.choices]
    choices = list(dict.fromkeys(line for line in lines if line)) if wording.kind == QuestionKind.CHOICE else []
    if wording.kind == QuestionKind.CHOICE and not 2 <= len(choices) <= MOST_CHOICES:
        raise RuleError("choices", _("Write from 2 to %(most)s choices, one a line.", most=MOST_CHOICES))
    return {"kind": wording.kind, "text": text, "choices": choices}
