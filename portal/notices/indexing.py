"""The index of notices follows what happens to them, in the same transaction."""

from __future__ import annotations

from typing import Any

from portal.notices import search, services
from portal.notices.models import Notice, NoticeVersion


@services.published.connect
def _enter(version: NoticeVersion, **_details: Any) -> None:
    """The words of the new version in the place of those of the one before."""
    row = search.get_entered(version.id)
    search.enter(row.notice_id, search.words_of(row, search.names_of([version.id]).get(version.id, ())))


@services.withdrawn.connect
def _remove(notice: Notice, **_details: Any) -> None:
    search.remove(notice.id)
