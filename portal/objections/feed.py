"""The Atom feed of what was put on notice, and of what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from portal.core.calendar import now
from portal.core.formats import date_long
from portal.core.i18n import _, locale
from portal.core.text import beginning, printable
from portal.objections.models import Matter, PeriodState

SUMMARY = 200
SINCE = "2026"  # tag URIs name a year in which the host was the portal's


def build(rows: Sequence[Any], base_url: str, path: str, title: str, author: str) -> bytes:
    """The feed of these rows, newest change first; addresses begin with the portal's own `base_url`."""
    from feedgen.feed import FeedGenerator

    host, feed = urlsplit(base_url).hostname, FeedGenerator()
    feed.id(f"tag:{host},{SINCE}:{path.lstrip('/')}")
    feed.title(printable(title))
    feed.author(name=printable(author))
    feed.language(locale())
    feed.link(href=f"{base_url}{path}", rel="self", type="application/atom+xml")
    feed.link(href=f"{base_url}{path.replace('/feed.atom', '')}", rel="alternate", type="text/html")
    feed.updated(max((row.decided_at or row.opened_at for row in rows), default=now()))
    for row in rows:
        entry = feed.add_entry(order="append")
        entry.id(f"tag:{host},{row.start_on.isoformat()}:notice-period/{row.public_id}")
        entry.title(printable(row.title))
        entry.link(href=f"{base_url}/notice-periods/{row.public_id}", rel="alternate", type="text/html")
        entry.published(row.opened_at)
        entry.updated(row.decided_at or row.opened_at)
        entry.author(name=printable(row.association))
        entry.category(term=row.matter, label=Matter(row.matter).label)
        entry.summary(printable(_summary(row)))
    file: bytes = feed.atom_str(pretty=True)
    return file


def _summary(row: Any) -> str:
    if row.state != PeriodState.OPEN:
        return f"{PeriodState(row.state).label}{_(': ')}{row.decision}"
    days = {"first": date_long(row.start_on), "last": date_long(row.end_on)}
    return f"{_('%(first)s to %(last)s', **days)}\n{beginning(row.html, SUMMARY)}"
