"""The hours behind a request for a star: approved when it was asked for, and now, with the entries to open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.certificates import queries
from portal.certificates.models import StarGrant
from portal.hours.models import HoursEntry
from portal.hours.queries import minutes_of_people, take
from portal.offices.access import visible

MOST_SHOWN = 50


@dataclass(frozen=True)
class Evidence:
    """Minutes approved now, what the star takes by its table, and the latest entries that the officer may open."""

    now: int
    needed: int
    entries: Sequence[HoursEntry] = ()
    elsewhere: int = 0  # minutes at associations whose entries the officer does not see, and older ones

    @property
    def is_reached(self) -> bool:
        return self.now >= self.needed


def list_evidence(grants: Sequence[StarGrant]) -> list[Evidence]:
    """For a list: two questions for all of it."""
    minutes = minutes_of_people([grant.person_id for grant in grants])
    needed = queries.minutes_by_table([grant.table_id for grant in grants])
    return [Evidence(minutes.get(one.person_id, 0), needed.get((one.table_id, one.stars), 0)) for one in grants]


def evidence_of(account: Account, grant: StarGrant, association: Association) -> Evidence:
    (known,) = list_evidence([grant])
    statement = queries.entries_below(grant.person_id, association)
    statement = visible(statement, account, "activities.read", HoursEntry)
    found = [entry for entry in take(statement, MOST_SHOWN) if entry.minutes]
    return Evidence(known.now, known.needed, found, known.now - sum(entry.minutes for entry in found))
