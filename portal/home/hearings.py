"""What can be objected to or commented on now, as a calendar to subscribe to: events of whole days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, current_app, request

from portal.associations.models import Association
from portal.associations.queries import get_association
from portal.charters import queries as charters
from portal.charters.models import CharterState
from portal.core import icalendar
from portal.core.access import public
from portal.core.calendar import today
from portal.core.i18n import _, pgettext
from portal.core.icalendar import escaped
from portal.core.shared import shared_file
from portal.core.text import printable
from portal.home.views import blueprint
from portal.objections import queries as objections

MOST = 500  # of each
ROUNDS = {1: CharterState.FIRST_ROUND, 2: CharterState.SECOND_ROUND}


@blueprint.get("/notice-periods/calendar.ics")
@public
@shared_file
def hearings() -> Response:
    """The notice periods and the consultations that run, of all associations or of one and those below it."""
    place, base = _place(), str(current_app.extensions["portal.settings"].base_url)
    path = place.path if place else None
    owner = place.name if place else current_app.extensions["portal.site"]().name
    name = f"{pgettext('office', 'Notice periods')} · {owner}"
    return Response(icalendar.file("Notice periods", name, _events(path, base)), mimetype=icalendar.MIMETYPE)


def _events(path: str | None, base: str) -> Iterator[dict[str, str]]:
    day = today()
    for one in objections.open_now(day, path, MOST):
        label, address = pgettext("charter", "Notice period"), f"{base}/notice-periods/{one.public_id}"
        yield _event(one, label, address, one.public_id, (one.start_on, one.end_on), base)
    for one in charters.open_rounds(day, path, MOST):
        label, address = ROUNDS[one.number].label, f"{base}/charters/{one.public_id}"
        yield _event(one, label, address, f"{one.public_id}-{one.number}", (one.opens_on, one.closes_on), base)


def _event(row: Any, label: str, address: str, name: str, days: tuple[date, date], base: str) -> dict[str, str]:
    """Put off, its last day is another one, and its SEQUENCE is higher; it keeps nobody from other appointments."""
    first, last = days
    return {
        "UID": icalendar.uid(name, base),
        "DTSTAMP": icalendar.moment(datetime.combine(first, time(), ZoneInfo(row.time_zone))),
        "SEQUENCE": str((last - first).days),
        "DTSTART;VALUE=DATE": icalendar.day(first),
        "DTEND;VALUE=DATE": icalendar.day(last + timedelta(days=1)),
        "SUMMARY": escaped(f"{label}{_(': ')}{row.title}"),
        "DESCRIPTION": escaped(f"{row.association}\n{address}"),
        "URL": address,
        "TRANSP": "TRANSPARENT",
        "STATUS": "CONFIRMED",
    }


def _place() -> Association | None:
    """The association that the address names, if it names one."""
    code = printable(request.args.get("association", ""))
    return (get_association(code) or abort(404)) if code else None
