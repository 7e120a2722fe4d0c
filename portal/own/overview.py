"""What one's own page shows, put together for the address /me, which the floor above owns."""

from __future__ import annotations

from typing import Any

from flask import url_for

from portal.core.calendar import today
from portal.core.formats import minutes
from portal.core.i18n import _, ngettext
from portal.honours.own import count_waiting
from portal.hours.queries import approved_minutes
from portal.lending.queries import count_of_person
from portal.members.queries import list_covering, list_of_person
from portal.offices.queries import list_appointments_of
from portal.own import queries
from portal.people.queries import get_own
from portal.reviews.progress import waits_for
from portal.reviews.queries import list_own as list_reviewing


def overview(person_id: int) -> dict[str, Any]:
    """What one's own page shows: card, what waits, offices, and how much there is of the rest."""
    person = get_own(person_id)
    reviewing = list_reviewing(person.id)
    count, served = queries.count_activities(person.id), approved_minutes(person.id)
    return {
        "person": person,
        "memberships": list_of_person(person.id),
        "covering": list_covering(person.id),
        "appointments": list_appointments_of(person, live=True),
        "requests": [one for one in queries.own_requests(person.id) if one.is_open],
        "applications": [one for one in queries.list_applications(person.id) if one.membership_id is None],
        "lent": count_of_person(person.id),
        "consents": count_waiting(person.id),
        "reviews": waits_for(reviewing),
        "ways": _ways(count, served) + _reviewing(len(reviewing)),
        "day": today(),
    }


def _reviewing(count: int) -> list[tuple[str, str, str]]:
    """For whoever was asked to review."""
    if not count:
        return []
    calls = ngettext("%(num)d call for commendations", "%(num)d calls for commendations", count)
    return [(url_for("reviews.own"), _("What I review"), calls)]


def _ways(count: int, served: int) -> list[tuple[str, str, str]]:
    """Address, heading and a word about each of one's own pages."""
    taken = ngettext("%(num)d activity", "%(num)d activities", count)
    return [
        (url_for("own.data"), _("What the register holds"), _("See it, change it, ask for a correction")),
        (url_for("own.activities"), _("Activities and service time"), f"{taken} · {minutes(served)}"),
        (url_for("statements.own"), _("My dues"), _("What I owe, what I paid, receipts")),
        (url_for("own.consents"), _("What I agreed to"), _("Photos, name in public, roster")),
        (url_for("own.sight"), _("Who sees me, who looked"), _("Officers by the rule of access; looks at numbers")),
        (url_for("own.copy"), _("Copy of everything"), _("To read and print, or for machines")),
        (url_for("own.delete"), _("Have my record deleted"), _("What follows from it, and the request")),
    ]
