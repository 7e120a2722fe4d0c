"""Numbers of members: a pattern for each federation, a counter for each stem, no number twice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.associations.models import Association
from portal.core.audit import Actor, record
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members import queries
from portal.members.models import NumberCounter, NumberScheme

Scheme = tuple[str, int]  # a pattern, and the digits of the serial
DEFAULT_PATTERN, DEFAULT_DIGITS = "{code}-{serial}", 5
PLACEHOLDERS = frozenset({"code", "year", "serial"})
BLOCK = 5000  # so many taken numbers are stepped over at once
MAX_MARKS = 12  # letters and marks of a pattern beside its placeholders
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_ALLOWED = re.compile(r"[A-Z0-9][A-Z0-9./-]*", re.ASCII)


def check_pattern(pattern: str, digits: int) -> None:
    """Raises RuleError("pattern") unless it has {serial} once, no unknown placeholder, and plain marks between."""
    found = _PLACEHOLDER.findall(pattern)
    if found.count("serial") != 1 or len(set(found)) != len(found) or not set(found) <= PLACEHOLDERS:
        raise RuleError("pattern", lazy("Write {serial} once; {code} and {year} may stand beside it, nothing else."))
    if not _ALLOWED.fullmatch(_PLACEHOLDER.sub("0", pattern)):
        raise RuleError("pattern", lazy("Between the placeholders only letters, digits, dots, dashes and strokes."))
    if not 3 <= digits <= 9:
        raise RuleError("digits", lazy("Between 3 and 9 digits."))
    if len(_PLACEHOLDER.sub("", pattern)) > MAX_MARKS:
        raise RuleError("pattern", lazy("Too long: write at most 12 letters and marks beside the placeholders."))


def tidy(pattern: str) -> str:
    """The pattern with full-width marks made plain and its letters large, the placeholders' small."""
    plain = unicodedata.normalize("NFKC", pattern).replace(" ", "").upper()
    return _PLACEHOLDER.sub(lambda found: found[0].lower(), plain)


def checked(pattern: str, digits: int) -> Scheme:
    """The pattern made plain. Raises RuleError by the field at fault."""
    plain = tidy(pattern)
    check_pattern(plain, digits)
    return plain, digits


def set_scheme(actor: Actor, root: Association, pattern: str, digits: int) -> None:
    """Number new members so from now on. Numbers that were given stay as they are, and none comes twice."""
    settle(actor, root, NumberScheme, "members.set_number_scheme", [scheme_of(root), checked(pattern, digits)])


def settle(actor: Actor, root: Association, kept_in: Any, action: str, turn: Sequence[Scheme]) -> None:
    """The federation's scheme turns from what it was into what is said now; two who settle it come one by one."""
    before, said = turn
    if before == said:
        return
    db.session.execute(select(Association.id).where(Association.id == root.id).with_for_update(key_share=True))
    scheme = db.session.scalar(select(kept_in).where(kept_in.association_id == root.id))
    if scheme is None:
        scheme = kept_in(association_id=root.id)
        db.session.add(scheme)
    scheme.pattern, scheme.digits = said
    db.session.flush()
    changes = {"pattern": [before[0], said[0]], "digits": [before[1], said[1]]}
    record(actor, action, root, changes, association_id=root.id)


def preview(pattern: str, digits: int, association: Association, joined_on: date) -> str:
    """The number that the next member of an association would get; nothing is counted by asking."""
    stem = _stem(pattern, association, joined_on)
    last, block, free = queries.get_counter(stem), 1, list[str]()
    while not free:
        free = _free(_numbers(stem, digits, last + 1, last + block))
        last, block = last + block, min(2 * block, BLOCK)
    return free[0]


def scheme_of(association: Association) -> Scheme:
    """Pattern and digits of the association's federation; the portal's own if it has set none."""
    scheme: NumberScheme | None = queries.get_scheme(association)
    return (scheme.pattern, scheme.digits) if scheme else (DEFAULT_PATTERN, DEFAULT_DIGITS)


def next_numbers(association: Association, joined_on: date, count: int = 1) -> list[str]:
    """So many new numbers for members who join an association on a day.

    The counter goes up in the same transaction by one conditional statement; a number that came from elsewhere
    (an import with numbers of its own) is stepped over.
    """
    pattern, digits = scheme_of(association)
    stem = _stem(pattern, association, joined_on)
    found: list[str] = []
    block = count
    while len(found) < count:
        last = advance(stem, block)
        numbers = _numbers(stem, digits, last - block + 1, last)
        found += _free(numbers)[: count - len(found)]
        block = min(2 * block, BLOCK)
    surplus = len(numbers) - 1 - numbers.index(found[-1])
    if surplus:
        advance(stem, -surplus)
    return found


def _numbers(stem: str, digits: int, first: int, last: int) -> list[str]:
    return [stem.replace("{serial}", f"{serial:0{digits}}") for serial in range(first, last + 1)]


def _free(numbers: list[str]) -> list[str]:
    taken = queries.taken_numbers(numbers)
    return [number for number in numbers if number not in taken]


def _stem(pattern: str, association: Association, joined_on: date) -> str:
    """What stands before and after the serial; each stem has a counter of its own."""
    return pattern.replace("{code}", association.code.upper()).replace("{year}", str(joined_on.year))


def advance(stem: str, by: int) -> int:
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
    is_postgresql = db.session.get_bind().dialect.name == "postgresql"
    insert_or_not = postgresql.insert if is_postgresql else sqlite.insert
    db.session.execute(insert_or_not(NumberCounter).values(stem=stem, last=0).on_conflict_do_nothing())
