"""The roll as a file: the rows and columns that the page shows, no more."""

from __future__ import annotations

from collections.abc import Sequence

from portal.core.downloads import ListFile
from portal.core.i18n import _
from portal.members.roll_queries import Entry


def roll(entries: Sequence[Entry]) -> ListFile:
    headings = [_("No."), _("Group"), _("Member number"), _("Name"), _("Kind"), _("Joined on")]
    lines = [
        [number, entry.group, entry.number, entry.name, entry.kind, entry.joined_on]
        for number, entry in enumerate(entries, 1)
    ]
    return ListFile(_("Roll of members"), headings, lines)
