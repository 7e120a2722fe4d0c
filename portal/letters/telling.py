"""The steps of a letter in words: for the office, and for the writer, who reads what was said to them."""

from __future__ import annotations

from datetime import date

from portal.core.formats import date_long
from portal.core.i18n import _
from portal.letters.blueprint import blueprint
from portal.letters.models import LetterKind, LetterStep, StepKind

DAY = 10  # characters of the day with which the body of a putting off begins


@blueprint.app_template_filter("step_in_words")
def step_in_words(step: LetterStep, place: str | None, whom: str | None) -> str:
    """What was done, with where or to whom it went."""
    if step.kind == StepKind.PASSED_ON and place:
        return _("Passed on to %(name)s", name=place)
    if step.kind == StepKind.ASSIGNED and whom:
        return _("Assigned to %(name)s", name=whom)
    if step.kind == StepKind.SORTED and step.body in set(LetterKind):
        return _("Sorted as: %(kind)s", kind=LetterKind(step.body).label)
    if step.kind == StepKind.PUT_OFF and step.body:
        return _("Put off to %(day)s", day=date_long(date.fromisoformat(step.body[:DAY])))
    return StepKind(step.kind).label


@blueprint.app_template_filter("said_with")
def said_with(step: LetterStep) -> str:
    """What was said with it, as the office reads it."""
    if step.kind in (StepKind.SORTED, StepKind.PUBLISHED) or not step.body:
        return ""
    return step.body[DAY:].strip() if step.kind == StepKind.PUT_OFF else step.body


@blueprint.app_template_filter("said_to_writer")
def said_to_writer(step: LetterStep, answer: str | None) -> str:
    """What was said to the writer; not what the writer said, which others might read over a shoulder, and not the
    answer that stands above; of a letter that was opened again none does.
    """
    told = step.kind in (StepKind.ASKED, StepKind.PUT_OFF) or (step.kind == StepKind.ANSWERED and step.body != answer)
    return said_with(step) if told else ""
