"""Requests to borrow volunteers as a file; nobody's name stands in it."""

from __future__ import annotations

from typing import Any

from portal.core.downloads import ListFile, each, words
from portal.core.i18n import _, pgettext
from portal.lending.models import LendingRequest, LendingState


def requests(statement: Any) -> ListFile:
    """What was asked, as the list shows it."""
    states = words(LendingState.labels())

    def line(row: LendingRequest) -> list[Any]:
        agreed = sum(lent.state == LendingState.AGREED for lent in row.lent)
        return [
            row.association.display_name, row.lender.display_name, row.skill.name, row.wanted, agreed, row.occasion,
            row.place, row.start_on, row.end_on, states[row.state], row.answer,
        ]  # fmt: skip

    headings = [
        pgettext("lending", "Borrower"), pgettext("lending", "Lender"), _("Skill"), pgettext("lending", "Wanted"),
        pgettext("lending", "Agreed"), _("Occasion"), _("Place"), _("First day"), _("Last day"), _("State"),
        pgettext("lending", "Answer"),
    ]  # fmt: skip
    return ListFile(_("Lending of volunteers"), headings, statement, each(line))
