"""The ranking as rows of a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.commendations.nomination_words import consent_of
from portal.core.downloads import ListFile
from portal.core.i18n import _, pgettext


def ranking(found: Sequence[tuple[Any, Sequence[Any]]]) -> ListFile:
    """Category by category, in the order in which it stands on the page."""
    lines = [
        [
            category.kind.name, line.rank, line.nomination.name, line.nomination.association.name, line.points,
            line.reviews, line.kept_out, consent_of(line.nomination).label, _("Yes") if line.is_chosen else "",
        ]
        for category, rows in found
        for line in rows
    ]  # fmt: skip
    headings = [
        pgettext("commendation", "Kind"), pgettext("ranking", "Place"), _("Name"), _("Association"),
        pgettext("ranking", "Points"), pgettext("ranking", "Reviews"), pgettext("ranking", "Kept out"),
        pgettext("consent", "Consent"), _("Chosen by the meeting"),
    ]  # fmt: skip
    return ListFile(pgettext("reviews", "Ranking"), headings, lines)
