"""The Atom feed of what was published, corrected or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from portal.core.calendar import now
from portal.core.i18n import _, locale, pgettext
from portal.core.text import beginning, printable
from portal.notices.models import NoticeKind, NoticeStatus

SUMMARY = 200
SINCE = "2026"  # tag URIs name a year in which the host was the portal's


def build(rows: Sequence[Any], base_url: str, path: str, title: str, author: str) -> bytes:
    """The feed of these rows (newest change first) as a file; addresses begin with the portal's own `base_url`."""
    from feedgen.feed import FeedGenerator

    host = urlsplit(base_url).hostname
    feed = FeedGenerator()
    feed.id(f"tag:{host},{SINCE}:{path.lstrip('/')}")
    feed.title(printable(title))
    feed.author(name=printable(author))
    feed.language(locale())
    feed.link(href=f"{base_url}{path}", rel="self", type="application/atom+xml")
    feed.link(href=f"{base_url}{path.replace('/feed.atom', '')}", rel="alternate", type="text/html")
    feed.updated(max((row.updated_at for row in rows), default=now()))
    for row in rows:
        _add(feed, row, f"{base_url}/notices/{row.public_id}", f"tag:{host},{_day(row.published_at)}:notice")
    file: bytes = feed.atom_str(pretty=True)
    return file


def _add(feed: Any, row: Any, address: str, tag: str) -> None:
    entry = feed.add_entry(order="append")
    entry.id(f"{tag}/{row.public_id}")
    entry.title(printable(_title(row)))
    entry.link(href=address, rel="alternate", type="text/html")
    entry.published(row.published_at)
    entry.updated(row.updated_at)
    entry.author(name=printable(row.association))
    entry.category(term=row.kind, label=NoticeKind(row.kind).label)
    entry.summary(printable(_summary(row)))


def _title(row: Any) -> str:
    if row.status == NoticeStatus.WITHDRAWN:
        return f"{pgettext('notice', 'Withdrawn')}{_(': ')}{row.title}"
    return str(row.title)


def _summary(row: Any) -> str:
    if row.status == NoticeStatus.WITHDRAWN:
        return str(row.withdrawal_reason)
    start = beginning(row.beginning, SUMMARY)
    if row.correction_note:
        return "".join((_("Corrected"), _(": "), row.correction_note, "\n", start))
    return start or str(row.title)


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
