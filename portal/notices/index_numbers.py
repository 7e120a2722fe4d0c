"""Index numbers (索引号): by the pattern that the federation sets, counted by each association. Never commits."""

from __future__ import annotations

from sqlalchemy import select

from portal.associations.models import Association
from portal.core.audit import Actor
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members import numbers
from portal.members.numbers import Scheme
from portal.notices import desk
from portal.notices.models import IndexScheme

DEFAULT_PATTERN, DEFAULT_DIGITS = "{code}-{year}-{serial}", 4


def scheme_of(association: Association) -> Scheme:
    """Pattern and digits of the association's federation; the portal's own if it has set none."""
    found = _get(association)
    return (found.pattern, found.digits) if found else (DEFAULT_PATTERN, DEFAULT_DIGITS)


def checked(pattern: str, digits: int) -> Scheme:
    """As members' numbers, and with {code}: an index number names one document in the whole federation."""
    said = numbers.checked(pattern, digits)
    if "{code}" not in said[0]:
        raise RuleError("pattern", lazy("Write {code} too: each association counts its own."))
    return said


def set_scheme(actor: Actor, root: Association, pattern: str, digits: int) -> None:
    """What is published from now on is numbered so; numbers that were given stay, and none comes twice."""
    turn = [scheme_of(root), checked(pattern, digits)]
    numbers.settle(actor, root, IndexScheme, "notices.set_index_scheme", turn)


def next_number(association: Association, scheme: Scheme | None = None) -> str:
    """The number that comes after all that the association has given by this pattern, counted from 1."""
    pattern, digits = scheme or scheme_of(association)
    year = today(association.time_zone).year
    stem = pattern.replace("{code}", association.code.upper()).replace("{year}", str(year))
    before, after = stem.split("{serial}")
    serial = desk.last_serial(association.id, before, after) + 1
    return f"{before}{serial:0{digits}}{after}"


def _get(association: Association) -> IndexScheme | None:
    return db.session.scalar(select(IndexScheme).where(IndexScheme.association_id == association.path_ids[0]))
