"""By when something is done with a letter: counted in working days from the day it came."""

from __future__ import annotations

from datetime import date, datetime

from portal.core.calendar import DEFAULT_ZONE, add_working_days, today
from portal.core.formats import local
from portal.letters.models import Letter, LetterKind

# The portal's own defaults, where no charter of the federation sets others. The Regulations on Letters and Visits
# (2022) give authorities 15 days to say what becomes of a letter and 60 to settle it; an association of neighbours
# answers within what they give for the first step.
ACKNOWLEDGE_WITHIN = 2
ANSWER_WITHIN = 15
QUESTION_WITHIN = 5  # whoever only wants to know something need not wait so long
PUT_OFF_MOST = (
    10  # working days beyond the due date (of what is late beyond today), once, with a reason that the writer reads
)
REOPEN_WITHIN = 15  # after the answer: as long as the association had for it


def due_on(kind: str, received_on: date) -> date:
    """The last day for the answer. Passing the letter on does not move it, nor does sorting it anew."""
    return add_working_days(received_on, QUESTION_WITHIN if kind == LetterKind.QUESTION else ANSWER_WITHIN)


def acknowledge_by(letter: Letter) -> date:
    return add_working_days(day_of(letter.received_at), ACKNOWLEDGE_WITHIN)


def put_off_until(letter: Letter) -> date:
    """The last day to which the due date may be put off: of an answer that is late counted from today."""
    return add_working_days(max(letter.due_on, today()), PUT_OFF_MOST)


def reopen_by(letter: Letter) -> date | None:
    """The last day on which the writer may ask to open it again; none while there is no answer, or it was asked."""
    if letter.answered_at is None or letter.reopened:
        return None
    return add_working_days(day_of(letter.answered_at), REOPEN_WITHIN)


def may_reopen(letter: Letter) -> bool:
    last = reopen_by(letter)
    return last is not None and today() <= last


def day_of(moment: datetime) -> date:
    """The day of a moment where the associations are."""
    return local(moment, DEFAULT_ZONE).date()
