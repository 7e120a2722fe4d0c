"""What waits among the letters of an office: overdue, to acknowledge, due soon. One line, by the most urgent."""

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
PAGE: tuple[str, dict[str, Any]] = ("letters.office_list", {})


def lines(found: Mapping[str, Any]) -> Iterator[Line]:
    """The most urgent is the line, and the others stand beside it: all of them are done on one page."""
    waits = list(_waiting(found))
    if not waits:
        return
    (left, title, detail, action), *others = waits
    yield left, title, _(", ").join(other[1] for other in others) or detail, PAGE, action


def _waiting(found: Mapping[str, Any]) -> Iterator[tuple[int, str, str, str]]:
    """What is overdue, then what is to be acknowledged and what is due soon, whichever comes first."""
    if count := found.get("letters_overdue"):
        title = ngettext("%(num)d letter is overdue", "%(num)d letters are overdue", count)
        yield -1, title, _("Answer it today, or say why it takes longer."), _("Answer")
    soon = []
    if count := found.get("letters_new"):
        until = add_working_days(day_of(found["letters_oldest"]), ACKNOWLEDGE_WITHIN)
        title = ngettext("%(num)d letter to acknowledge", "%(num)d letters to acknowledge", count)
        detail = _("The oldest is to be acknowledged by %(day)s.", day=date_short(until))
        soon.append((_left(until), title, detail, _("Open")))
    if count := found.get("letters_soon"):
        until = found["letters_due_on"]
        title = ngettext("%(num)d letter is due soon", "%(num)d letters are due soon", count)
        soon.append((_left(until), title, _("The next by %(day)s.", day=date_short(until)), _("Answer")))
    yield from sorted(soon)


def _left(until: date) -> int:
    """Working days left; late is late, also on a Sunday."""
    day = today()
    left = working_days_between(day, until)
    return min(left, -1) if until < day else left
