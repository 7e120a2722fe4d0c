"""The lists as files: the letters that the page shows, without a name; the figures."""

from __future__ import annotations

from typing import Any

from portal.core.downloads import ListFile, each, words
from portal.core.formats import percent
from portal.core.i18n import _, pgettext
from portal.letters.deadlines import day_of
from portal.letters.figures import Counts, Figures
from portal.letters.models import Letter, LetterChannel, LetterKind, LetterState


def letters(statement: Any) -> ListFile:
    """Who wrote stands in no file."""
    states, kinds, channels = words(LetterState.labels()), words(LetterKind.labels()), words(LetterChannel.labels())

    def line(row: Letter) -> list[Any]:
        return [
            row.subject, kinds[row.kind], channels[row.channel], row.association.display_name,
            day_of(row.received_at), row.due_on, states[row.state],
            row.assigned_to.name if row.assigned_to else "",
            day_of(row.answered_at) if row.answered_at else None,
            day_of(row.closed_at) if row.closed_at else None,
            row.rating,
        ]  # fmt: skip

    headings = [
        _("Subject"), _("Kind"), pgettext("letter", "Came in"), _("Association"), pgettext("letter", "Received on"),
        _("Due"), _("State"), _("Assigned to"), pgettext("letter", "Answered on"), pgettext("letter", "Closed on"),
        _("Rating"),
    ]  # fmt: skip
    return ListFile(pgettext("office", "Letters"), headings, statement, each(line))


def figures(found: Figures) -> ListFile:
    """The table of the page: each part, then all of it, then the same a year earlier; last, what is counted apart."""
    lines = [[name, *rates(counts), *apart(counts)] for name, counts in found.rows]
    lines += [
        [name, *rates(counts), *apart(counts)]
        for name, counts in ((_("Total"), found.total), (str(found.period.before.year), found.earlier))
    ]
    headings = [
        _("Association"), pgettext("letters", "Received"), pgettext("letters", "Closed"), _("Closure rate"),
        _("Answered in time"), _("Closed at the first visit"), pgettext("letters", "Rated"),
        pgettext("letters", "Satisfied"), _("Overdue"), _("Entered in the office: rated"),
        _("Entered in the office: satisfied"),
    ]  # fmt: skip
    return ListFile(_("Figures of letters"), headings, lines)


def apart(counts: Counts) -> list[Any]:
    """How letters were rated whose reference an officer has known."""
    return [counts.rated_apart, percent(counts.satisfied_apart, counts.rated_apart)]


def rates(counts: Counts) -> list[Any]:
    """The figures of a line as they are read; a rate of nothing is a dash."""
    return [
        counts.received,
        counts.closed,
        percent(counts.closed, counts.received),
        percent(counts.in_time, counts.answered),
        percent(counts.first_visit, counts.closed),
        counts.rated,
        percent(counts.satisfied, counts.rated),
        counts.overdue,
    ]
