"""Dues at a glance: how far this period is collected, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app, g, url_for
from flask_login import current_user
from sqlalchemy import Select, func, select

from portal.associations.models import Association
from portal.bank.models import BankLine, LineState
from portal.core.access import can
from portal.core.calendar import today
from portal.core.database import ask_together
from portal.core.formats import money
from portal.core.i18n import _, ngettext
from portal.dues import charging, waiver_queries
from portal.handovers.queries import held_fen
from portal.ledger import queries as ledger
from portal.ledger.models import BookState, DuesPeriod, JournalLine, LedgerAccount, PeriodBook
from portal.offices.access import group_ids
from portal.payments.models import Refund, Reversal, UndoState
from portal.statements import queries, rates
from portal.statements.rates import Totals

RIGHT = "dues.read"


@dataclass(frozen=True)
class Waiting:
    """Something that waits: in words, and where it is done ("" where its room is not open to the reader)."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Glance:
    """What the page shows."""

    period: DuesPeriod | None
    periods: list[DuesPeriod]
    totals: Totals  # of the association with all below, or of the reader's groups
    own: Totals | None  # of the association alone, where it has something below that is charged
    held_fen: int  # cash that collectors hold: the reader's own, for a group leader
    waiting: list[Waiting]
    is_frozen: bool
    groups: list[Any]


def today_in(periods: list[DuesPeriod], day: date) -> DuesPeriod | None:
    """The period of the day, else the last that has begun, else the first to come."""
    begun = [one for one in periods if one.start_on <= day]
    return begun[0] if begun else (periods[-1] if periods else None)


def glance(asked: str = "") -> Glance:
    """The period that the address asks for, else today's, for the reader of this request."""
    association, day = g.association, today(g.association.time_zone)
    periods = list(ledger.list_periods(association))
    period = next((one for one in periods if one.public_id == asked), today_in(periods, day))
    only = group_ids(current_user, RIGHT, association)
    if period is None:
        return Glance(None, periods, rates.NONE, None, 0, [], is_frozen=False, groups=[])
    if only is not None:
        return _of_groups(association, period, periods, only)
    report = rates.of_tree(association, period)
    groups = [] if report.rows else rates.of_groups(association, period)
    found = ask_together(questions(association, period, day))
    waiting = list(_waiting(association, period, day, found))
    total, own = report.total, next((row.now for row in report.rows if row.is_alone), None)
    held = int(found["held"])
    return Glance(period, periods, total.now, own, held, waiting, is_frozen=_is_frozen(total), groups=groups)


def _is_frozen(total: rates.Row) -> bool:
    return bool(total.books) and total.frozen == total.books


def _of_groups(
    association: Association, period: DuesPeriod, periods: list[DuesPeriod], only: Collection[int]
) -> Glance:
    """A leader sees the own groups, and the cash that is in the own hands."""
    groups = rates.of_groups(association, period, only)
    held = held_fen(association.id, current_user.person_id)
    total = rates.total_of(totals for _group, totals in groups)
    return Glance(period, periods, total, None, held, [], is_frozen=False, groups=groups)


def questions(association: Association, period: DuesPeriod, day: date) -> dict[str, Select[Any]]:
    """What waits, to be counted together."""
    undo: dict[str, Select[Any]] = {
        kind.__tablename__: select(func.count()).where(
            kind.association_id == association.id, kind.state == UndoState.ASKED
        )
        for kind in (Reversal, Refund)
    }
    lines = select(func.count()).where(
        BankLine.association_id == association.id, BankLine.state == LineState.WAITING.value
    )
    waivers = waiver_queries.counting_waiting(association)
    shut = select(func.count()).where(
        PeriodBook.association_id == association.id,
        PeriodBook.period_id == period.id,
        PeriodBook.state != BookState.OPEN,
    )
    books = {"closing": queries.counting_to_close(association, day), "shut": shut, "held": _holding(association)}
    return {**undo, "waivers": waivers, "lines": lines, **books}


def _holding(association: Association) -> Select[Any]:
    """The cash that collectors hold, by the journal."""
    net = func.coalesce(func.sum(JournalLine.debit_fen - JournalLine.credit_fen), 0)
    kept = (JournalLine.association_id == association.id, JournalLine.account == LedgerAccount.COLLECTORS)
    return select(net).where(*kept)


def _waiting(association: Association, period: DuesPeriod, day: date, found: Mapping[str, Any]) -> Iterator[Waiting]:
    if count := found["waivers"]:
        text = ngettext("%(num)d waiver waits for a signature", "%(num)d waivers wait for a signature", count)
        yield Waiting(text, _address("dues.waivers_list"))
    if count := found["reversal"]:
        text = ngettext("%(num)d reversal waits for a signature", "%(num)d reversals wait for a signature", count)
        yield Waiting(text, _address("payments.payments"))
    if count := found["refund"]:
        text = ngettext("%(num)d refund waits for a signature", "%(num)d refunds wait for a signature", count)
        yield Waiting(text, _address("payments.payments"))
    if can("dues.record") and (count := found["lines"]):  # whom a line belongs to, others do not see
        text = ngettext(
            "%(num)d line of the bank has no payer yet", "%(num)d lines of the bank have no payer yet", count
        )
        yield Waiting(text, _address("bank.lines"))
    if (held := int(found["held"])) > 0:
        yield Waiting(
            _("Collectors hold %(amount)s yuan in cash", amount=money(held)), _address("handovers.hand_overs")
        )
    if count := found["closing"]:
        text = ngettext(
            "%(num)d book of a past period is not closed", "%(num)d books of past periods are not closed", count
        )
        yield Waiting(text, _address("ledger.books"))
    if can("dues.record") and period.start_on <= day and not found["shut"]:
        yield from _out_of_date(association, period)


def _out_of_date(association: Association, period: DuesPeriod) -> Iterator[Waiting]:
    """Charges that differ from the members and the plans."""
    if count := charging.preview(association, period).differs:
        text = ngettext(
            "%(num)d charge is not up to date with the members and the fee plans.",
            "%(num)d charges are not up to date with the members and the fee plans.",
            count,
        )
        yield Waiting(text, _address("dues.charging_form", period=period.public_id))


def _address(endpoint: str, **values: Any) -> str:
    """The page, if its room is there."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""
