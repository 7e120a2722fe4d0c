"""The hours of somebody, on the person's page in the office."""

from __future__ import annotations

from portal.associations.models import Association
from portal.core import access
from portal.core.i18n import _
from portal.hours import queries
from portal.hours.models import HoursEntry
from portal.people.models import Person
from portal.people.parts import Part, part

LATEST = 5


@part(40)
def tell_hours(person: Person, association: Association) -> Part | None:
    """What counts in all, what waits, and the latest entries that the reader may open here."""
    totals = queries.totals_of(person.id)
    if totals == queries.Totals():
        return None
    statement = access.visible(queries.latest_of(person.id, association), "activities.read", HoursEntry)
    return Part(_("Hours"), "hours/_person.html", {"totals": totals, "entries": queries.take(statement, LATEST)})
