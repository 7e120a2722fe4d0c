"""Numbers of members: a pattern for each federation, a counter for each stem, no number twice."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import insert, update

from portal.associations.models import Association
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members import queries
from portal.members.models import NumberCounter, NumberScheme

DEFAULT_PATTERN, DEFAULT_DIGITS = "{code}-{serial}", 5
PLACEHOLDERS = frozenset({"code", "year", "serial"})
MAX_NUMBER = 32
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_ALLOWED = re.compile(r"[A-Z0-9][A-Z0-9./-]*", re.ASCII)


def check_pattern(pattern: str, digits: int) -> None:
    """Raises RuleError("pattern") unless it has {serial} once, no unknown placeholder, and plain marks between."""
    found = _PLACEHOLDER.findall(pattern)
    if found.count("serial") != 1 or not set(found) <= PLACEHOLDERS:
        raise RuleError("pattern", lazy("Write {serial} once; {code} and {year} may stand beside it, nothing else."))
    if not _ALLOWED.fullmatch(_PLACEHOLDER.sub("0", pattern).upper()):
        raise RuleError("pattern", lazy("Between the placeholders only letters, digits, dots, dashes and strokes."))
    if not 3 <= digits <= 9:
        raise RuleError("digits", lazy("Between 3 and 9 digits."))


def scheme_of(association: Association) -> tuple[str, int]:
    """Pattern and digits of the association's federation; the portal's own if it has set none."""
    scheme: NumberScheme | None = queries.get_scheme(association)
    return (scheme.pattern, scheme.digits) if scheme else (DEFAULT_PATTERN, DEFAULT_DIGITS)


def next_numbers(association: Association, joined_on: date, count: int = 1) -> list[str]:
    """So many new numbers for members who join an association on a day.

    The counter goes up in the same transaction by one conditional statement; a number that came from elsewhere
    (an import with numbers of its own) is stepped over.
    """
    pattern, digits = scheme_of(association)
    stem = pattern.replace("{code}", association.code.upper()).replace("{year}", str(joined_on.year))
    found: list[str] = []
    while len(found) < count:
        wanted = count - len(found)
        last = _advance(stem, wanted)
        numbers = [stem.replace("{serial}", f"{n:0{digits}}") for n in range(last - wanted + 1, last + 1)]
        found += [number for number in numbers if not queries.is_number_taken(number)]
    return found


def _advance(stem: str, by: int) -> int:
    """Move the counter of a stem on and return where it stands."""
    moved = (
        update(NumberCounter)
        .where(NumberCounter.stem == stem)
        .values(last=NumberCounter.last + by)
        .returning(NumberCounter.last)
    )
    last = db.session.scalar(moved)
    if last is None:
        _begin(stem)
        last = db.session.scalar(moved)
    assert last is not None
    return last


def _begin(stem: str) -> None:
    """Begin a counter, unless another transaction has begun it in this moment."""
    if db.session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_or_not

        db.session.execute(insert_or_not(NumberCounter).values(stem=stem, last=0).on_conflict_do_nothing())
    else:
        db.session.execute(insert(NumberCounter).values(stem=stem, last=0))
