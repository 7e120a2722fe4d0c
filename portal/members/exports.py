"""The roll as a file: the rows and columns that the page shows, no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from portal.core.i18n import _
from portal.members.roll_queries import Entry


def headings() -> list[str]:
    return [_("No."), _("Group"), _("Member number"), _("Name"), _("Kind"), _("Joined on")]


def rows(entries: Iterable[Entry]) -> Iterator[list[Any]]:
    for number, entry in enumerate(entries, 1):
        yield [number, entry.group, entry.number, entry.name, entry.kind, entry.joined_on]
