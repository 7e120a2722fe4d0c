"""The index of notices follows what happens to them, in the same transaction."""

from __future__ import annotations

from typing import Any

from portal.notices import search
from portal.notices.models import Notice, NoticeVersion
from portal.notices.signals import published, withdrawn


@published.connect
def _enter(version: NoticeVersion, **_details: Any) -> None:
    """The words of the new version in the place of those of the one before."""
    row = search.get_entered(version.id)
    names = search.names_of([row.id]).get(row.id, ())
    search.enter(row.notice_id, search.words_of(row, names))


@withdrawn.connect
def _remove(notice: Notice, **_details: Any) -> None:
    search.remove(notice.id)
