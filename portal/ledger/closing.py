"""Closing a book, opening it again, locking it for good. Rooms above say what stands in the way and what is frozen.

Closed by who records, locked by who approves: two people. Never commits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from blinker import Signal

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.audit import record
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.ledger import chain, queries
from portal.ledger.models import BookState, DuesPeriod, PeriodBook
from portal.ledger.services import hold_book


@dataclass(frozen=True)
class Finding:
    """Something that is not in order yet: in words, where it is settled, and whether it must be before closing."""

    text: Any
    address: str = ""
    blocks: bool = True


# Sent with the association, after its book of a `period` was opened again by an `actor` for a `reason`.
reopened = Signal("A book was opened again.")
Check = Callable[[Association, DuesPeriod], list[Finding]]
Figure = Callable[[Association, DuesPeriod], dict[str, Any]]
_checks: list[Check] = []
_figures: list[Figure] = []


def check(function: Check) -> Check:
    """Declare what a feature looks at before a book is closed; an empty list is what closing wants."""
    _checks.append(function)
    return function


def figure(function: Figure) -> Figure:
    """Declare figures (plain values by name) that are frozen when a book is closed."""
    _figures.append(function)
    return function


def findings(association: Association, period: DuesPeriod) -> list[Finding]:
    """Everything that is not in order, what blocks first."""
    found = [one for look in _checks for one in look(association, period)]
    return sorted(found, key=lambda one: not one.blocks)


def figures_of(association: Association, period: DuesPeriod) -> dict[str, Any]:
    """The period's figures as they are now."""
    return {name: value for tell in _figures for name, value in tell(association, period).items()}


def close(actor: Account, association: Association, period: DuesPeriod, *, seen: bool = False) -> PeriodBook:
    """Nothing is dated in the period any more, and its figures are kept as they are.

    `seen`: what does not block was read. Raises RuleError while the period lasts, while an earlier one in which
    something is dated is open, while something blocks, for warnings that were not read, and for a book that is not
    open.
    """
    _hold_before(association, period)
    book = hold_book(association, period)
    if book.state != BookState.OPEN:
        raise RuleError("", lazy("This book is closed already."))
    if period.end_on >= today(association.time_zone):
        raise RuleError("", lazy("The period lasts until %(day)s: close it afterwards.", day=period.end_on))
    found = findings(association, period)
    if any(one.blocks for one in found):
        raise RuleError("", lazy("Settle first what is listed here."))
    if found and not seen:
        raise RuleError("seen", lazy("Read what is listed, and say so here."))
    book.state, book.closed_at, book.closed_by_id = BookState.CLOSED, now(), actor.person_id
    book.figures = figures_of(association, period)
    db.session.flush()
    record(
        actor, "ledger.close", book, {"period": period.name, "figures": book.figures}, association_id=association.id
    )
    return book


def _hold_before(association: Association, period: DuesPeriod) -> None:
    """Nothing is dated in the periods before while their books are asked for."""
    for earlier in reversed(queries.list_periods(association)):
        if earlier.start_on < period.start_on:
            hold_book(association, earlier)


@check
def _earlier(association: Association, period: DuesPeriod) -> list[Finding]:
    """A book begins with what the one before ends with."""
    earlier = queries.first_before(association, period, [BookState.CLOSED, BookState.LOCKED])
    return [Finding(lazy("The book of %(name)s is closed first.", name=earlier.name))] if earlier else []


def reopen(actor: Account, association: Association, period: DuesPeriod, reason: str) -> PeriodBook:
    """A closed book is open again, for a reason that stays; a locked one never is, nor one before another that is
    closed.
    """
    book = hold_book(association, period)
    later = queries.closed_after(association, period)
    if later is not None:
        raise RuleError("", lazy("The book of %(name)s is opened again first.", name=later.name))
    if book.state != BookState.CLOSED:
        raise RuleError("", lazy("Only a book that is closed and not locked is opened again."))
    if not reason.strip():
        raise RuleError("reason", lazy("Say why the book is opened again."))
    book.state, book.reopened_at, book.reopen_reason = BookState.OPEN, now(), reason.strip()
    book.closed_at, book.closed_by_id, book.figures = None, None, {}
    db.session.flush()
    told = {"period": period.name, "reason": book.reopen_reason}
    record(actor, "ledger.reopen", book, told, association_id=association.id)
    reopened.send(association, period=period, actor=actor, reason=book.reopen_reason)
    return book


def lock(actor: Account, association: Association, period: DuesPeriod) -> PeriodBook:
    """Seal every line of a closed book, for good. Whoever closed it does not lock it; the books before come first."""
    book = hold_book(association, period)
    if book.state != BookState.CLOSED:
        raise RuleError("", lazy("A book is locked once it is closed."))
    if book.closed_by_id == actor.person_id:
        raise RuleError("", lazy("You closed it: somebody else locks it."))
    earlier = queries.first_before(association, period, [BookState.LOCKED])
    if earlier is not None:
        raise RuleError("", lazy("The book of %(name)s comes first.", name=earlier.name))
    book.state, book.locked_at, book.locked_by_id = BookState.LOCKED, now(), actor.person_id
    sealed = chain.seal(association, period)
    db.session.flush()
    told = {"period": period.name, "lines": sealed, "head": chain.head(association)}
    record(actor, "ledger.lock", book, told, association_id=association.id)
    return book
