"""What stands on public notice of what the meeting chose, in Markdown: names with consent only, no points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from portal.commendations.models import CommendationCall, Nomination
from portal.core.formats import date_long
from portal.core.i18n import _
from portal.core.text import printable
from portal.reviews.models import SelectionMeeting

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def body(call: CommendationCall, meeting: SelectionMeeting, chosen: Sequence[Nomination]) -> str:
    """Basis, how it was chosen, and the names by category, each with the association that put it forward."""
    span = {"start": date_long(call.start_on), "end": date_long(call.end_on)}
    lines = [
        _("Basis: %(basis)s", basis=plain_line(call.basis)),
        _("For the period from %(start)s to %(end)s.", **span),
        _(
            "Chosen by the meeting of %(day)s: %(present)s present, %(in_favour)s in favour.",
            day=date_long(meeting.held_on), present=meeting.present, in_favour=meeting.in_favour,
        ),
    ]  # fmt: skip
    parts = ["\n\n".join(lines)]
    for kind, rows in groupby(chosen, key=lambda one: one.category.kind.name):
        names = [_line(one) for one in rows]
        parts.append(f"## {plain_line(kind)}（{len(names)}）\n\n" + "\n".join(names))
    return "\n\n".join(parts)


def _line(one: Nomination) -> str:
    name, place = plain_line(one.name), plain_line(one.association.name)
    return f"- {name}" if name == place else f"- {name}（{place}）"


def plain_line(words: str) -> str:
    """What was typed as words on one line, whatever Markdown would make of them."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(printable(words).split()))
