"""What is owed and what is published, as rows of a sheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.core.downloads import ListFile
from portal.core.i18n import _, pgettext
from portal.disclosure.queries import Due
from portal.disclosure.standing import Line


def own(dues: Iterable[Due]) -> ListFile:
    """What one association owes, by the order of the calendar."""
    lines = [
        [
            due.duty.title, due.name, due.due_on, due.state.label, due.published_on,
            due.notice.index_number if due.is_met and due.notice else "",
            due.notice.title if due.is_met and due.notice else "", due.duty.basis,
        ]
        for due in dues
    ]  # fmt: skip
    return ListFile(_("Disclosure"), [*_headings(), pgettext("guide", "Title"), _("Basis")], lines)


def below(found: Iterable[Line]) -> ListFile:
    """What the associations of a tree owe, one line for each period."""
    lines: list[list[Any]] = [
        [
            line.name, line.code, line.asked.duty.title, line.asked.name, line.asked.due_on, line.state.label,
            line.published_on, line.index_number, line.days_late or None,
        ]
        for line in found
    ]  # fmt: skip
    headings = [_("Association"), _("Code"), *_headings(), _("Working days late")]
    return ListFile(_("Disclosure"), headings, lines)


def _headings() -> list[str]:
    return [
        _("What is to be published"), pgettext("disclosure", "Period"), _("Due on"), _("State"),
        pgettext("date", "Published"), _("Index number"),
    ]  # fmt: skip
