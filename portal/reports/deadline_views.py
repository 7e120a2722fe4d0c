"""What is due by when: the page by weeks, and the same as a calendar to take along."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask import Response, current_app, g, url_for

from portal.accounts.reader import me
from portal.core import icalendar, web
from portal.core.access import requires
from portal.core.calendar import now, today
from portal.core.i18n import _
from portal.reports.blueprint import blueprint
from portal.reports.deadlines import AHEAD, Deadline, by_week, list_deadlines

RIGHT = "office.enter"
WEEK = timedelta(days=6)


@blueprint.get("/office/<code>/deadlines")
@requires(RIGHT)
def deadlines(code: str) -> str:
    """Everything with a day in the next sixty, and what is late."""
    found, day = _found(), today(g.association.time_zone)
    return web.page("reports/deadlines.html", weeks=by_week(found, day), day=day, ahead=AHEAD, rest=WEEK)


@blueprint.get("/office/<code>/deadlines.ics")
@requires(RIGHT)
def calendar(code: str) -> Response:
    """The same for a calendar program; it is fetched by hand and holds nobody's name."""
    title = f"{_('What is due by when')} · {g.association.display_name}"
    made = icalendar.file("Deadlines", title, _events(_found()))
    return web.download(made.encode(), f"{title}.ics", icalendar.MIMETYPE)


def _found() -> list[Deadline]:
    return list_deadlines(me(), g.association, today(g.association.time_zone))


def _events(found: list[Deadline]) -> Iterator[dict[str, str]]:
    """Events of whole days that keep nobody from other appointments."""
    base, stamp = str(current_app.extensions["portal.settings"].base_url), icalendar.moment(now())
    for one in found:
        address = base + url_for(one.endpoint, **one.values)
        name = "-".join(filter(None, (g.association.public_id, one.kind, one.reference or f"{one.day:%Y%m%d}")))
        yield {
            "UID": icalendar.uid(name, base),
            "DTSTAMP": stamp,
            "DTSTART;VALUE=DATE": icalendar.day(one.day),
            "DTEND;VALUE=DATE": icalendar.day(one.day + timedelta(days=1)),
            "SUMMARY": icalendar.escaped(one.title),
            "DESCRIPTION": icalendar.escaped(f"{g.association.name}\n{address}"),
            "URL": address,
            "TRANSP": "TRANSPARENT",
        }
