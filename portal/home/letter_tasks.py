"""What waits among the letters of an office: to acknowledge, due soon, overdue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from portal.core.calendar import add_working_days, today, working_days_between
from portal.core.formats import date_short
from portal.core.i18n import _, ngettext
from portal.letters.deadlines import ACKNOWLEDGE_WITHIN, day_of

# Days left, title, detail, page, action.
Line = tuple[int, str, str, tuple[str, dict[str, Any]], str]


def lines(found: Mapping[str, Any]) -> Iterator[Line]:
    """The most urgent first; what is due soon says by when."""
    page: tuple[str, dict[str, Any]] = ("letters.office_list", {})
    if count := found.get("letters_overdue"):
        title = ngettext("%(num)d letter is overdue", "%(num)d letters are overdue", count)
        yield -1, title, _("Answer it today, or say why it takes longer."), page, _("Answer")
    if count := found.get("letters_new"):
        until = add_working_days(day_of(found["letters_oldest"]), ACKNOWLEDGE_WITHIN)
        title = ngettext("%(num)d letter to acknowledge", "%(num)d letters to acknowledge", count)
        detail = _("The oldest is to be acknowledged by %(day)s.", day=date_short(until))
        yield _left(until), title, detail, page, _("Open")
    if count := found.get("letters_soon"):
        until = found["letters_due_on"]
        title = ngettext("%(num)d letter is due soon", "%(num)d letters are due soon", count)
        yield _left(until), title, _("The next by %(day)s.", day=date_short(until)), page, _("Answer")


def _left(until: date) -> int:
    """Working days left; late is late, also on a Sunday."""
    day = today()
    left = working_days_between(day, until)
    return min(left, -1) if until < day else left
