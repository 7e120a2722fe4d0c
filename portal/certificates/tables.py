"""The federation's table of stars: begun, and a new version from a day on. Never commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.certificates import queries
from portal.certificates.models import StarLevel, StarTable
from portal.core.audit import record
from portal.core.calendar import today
from portal.core.database import add_single, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.text import printable

# The portal's own default, as most places have it: hours for one to five stars. Localities differ.
FIRST_HOURS = (100, 300, 600, 1000, 1500)
FIRST_BASIS = "通行的志愿服务星级标准"
MOST_STARS, MOST_HOURS, LONGEST_BASIS = 9, 100_000, 200
HOUR = 60


def begin_stars(root: Association) -> StarTable:
    """The table that a federation begins with, in force from its first day; it changes it as it likes."""
    table = StarTable(association_id=root.id, version=1, effective_on=today(root.time_zone), basis=FIRST_BASIS)
    table.levels = _levels(FIRST_HOURS)
    db.session.add(table)
    db.session.flush()
    return table


def make_version(
    actor: Account, root: Association, effective_on: date, basis: str, hours: Sequence[int]
) -> StarTable:
    """Another table from a day on. The one before stays in the record, and stars granted by it stay granted.

    Raises RuleError for a day that is over or lies before the last version's, without a basis, and for hours that
    do not rise from star to star.
    """
    earlier = queries.list_tables(root.id)
    plain = printable(basis).strip()[:LONGEST_BASIS]
    if effective_on < today(root.time_zone):
        raise RuleError("effective_on", lazy("A table of stars begins today at the earliest."))
    if earlier and effective_on < earlier[0].effective_on:
        raise RuleError("effective_on", lazy("The version before begins later than that."))
    if not plain:
        raise RuleError("basis", lazy("Say on what the table is based."))
    _check_hours(hours)
    if earlier and [level.minutes for level in earlier[0].levels] == [each * HOUR for each in hours]:
        raise RuleError("hours", lazy("These are the hours of the version before."))
    number = earlier[0].version + 1 if earlier else 1
    known = {"association_id": root.id, "effective_on": effective_on, "basis": plain, "created_by": actor.person_id}
    table = StarTable(version=number, **known)
    table.levels = _levels(hours)
    _write(table)
    changes = {"version": number, "from": effective_on.isoformat(), "hours": list(hours), "basis": plain}
    record(actor, "certificates.make_star_table", table, changes)
    return table


def _levels(hours: Sequence[int]) -> list[StarLevel]:
    return [StarLevel(stars=stars, minutes=each * HOUR) for stars, each in enumerate(hours, 1)]


def _check_hours(hours: Sequence[int]) -> None:
    if not 1 <= len(hours) <= MOST_STARS:
        raise RuleError("hours", lazy("Write the hours of one to nine stars."))
    if hours[0] < 1 or hours[-1] > MOST_HOURS or any(after <= before for before, after in pairwise(hours)):
        raise RuleError("hours", lazy("Each star takes more hours than the one before."))


def _write(table: StarTable) -> None:
    """Of two officers who make the next version in the same moment one does."""
    if not add_single(table):
        raise RuleError("", lazy("Somebody made a new version meanwhile. Look at it first."))
