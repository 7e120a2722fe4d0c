"""Rates, a person's account and a year as files with plain columns; amounts in yuan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.core.downloads import ListFile
from portal.core.formats import local
from portal.core.i18n import _, pgettext
from portal.core.money import yuan
from portal.ledger.models import LedgerAccount
from portal.payments.models import Method
from portal.statements.account import Statement
from portal.statements.models import YearStatement
from portal.statements.rates import Report, Row, Totals

PLACES = 4


def rates(title: str, report: Report) -> ListFile:
    """One row for each child with its subtree, the total last."""
    headings = [
        _("Association"),
        _("Code"),
        *_totals_headings(),
        _("Net the period before"),
        _("Books closed"),
        _("Books"),
    ]
    return ListFile(title, headings, [_rate(row) for row in (*report.rows, report.total)])


def groups(title: str, found: list[Any]) -> ListFile:
    """One row for each group."""
    lines = [[group.name if group else _("In no group"), *_cells(totals)] for group, totals in found]
    return ListFile(title, [_("Group"), *_totals_headings()], lines)


def account(title: str, found: Statement) -> ListFile:
    """Day, event, owed more, owed less, what is owed then."""
    headings = [
        _("Date"), _("Event"), _("Period"), pgettext("account", "Charged (yuan)"),
        pgettext("account", "Paid or let off (yuan)"), pgettext("account", "Balance (yuan)"),
    ]  # fmt: skip
    lines = [
        [one.on, one.label, one.memo, yuan(one.more_fen or None), yuan(one.less_fen or None), yuan(one.balance_fen)]
        for one in found.movements
    ]
    return ListFile(title, headings, lines)


def year(title: str, figures: dict[str, Any]) -> ListFile:
    """Section, item, amount: what the page shows, one figure a row."""
    headings = [pgettext("year", "Section"), _("Item"), _("Amount (yuan)"), pgettext("dues", "Number of charges")]
    return ListFile(title, headings, [*_kinds(figures), *_moneys(figures)])


def _kinds(figures: dict[str, Any]) -> list[list[Any]]:
    found = []
    for name, charges, charged, waived, paid, lost in figures.get("kinds", ()):
        for item, fen in (
            (_("Charged"), charged), (_("Waived"), waived), (_("Paid"), paid), (_("Written off"), lost),
            (pgettext("charge", "Open"), charged - waived - paid - lost),
        ):  # fmt: skip
            found.append([name, item, yuan(fen), charges])
    return found


def _moneys(figures: dict[str, Any]) -> list[list[Any]]:
    received = [
        [pgettext("year", "Received"), Method(method).label, yuan(fen), None]
        for method, fen in figures.get("received", {}).items()
    ]
    settled = [
        [_("What the money of the period settled"), _("Dues %(period)s", period=name), yuan(fen), None]
        for name, fen, _own in figures.get("settled", ())
    ]
    names = (
        ("opening_fen", _("Opening balances")), ("reversed_fen", _("Taken back")),
        ("refunded_fen", _("Paid back")), ("levy_paid_fen", _("Levy paid upward")),
        ("levy_received_fen", _("Levies received")), ("difference_fen", _("Cash differences")),
        ("credit_fen", _("Left as credit, less credit used")), ("forgone_fen", _("Credit left to the association")),
    )  # fmt: skip
    flows = [[pgettext("year", "Other"), label, yuan(figures.get(name, 0)), None] for name, label in names]
    held = [
        [LedgerAccount(account).label, item, yuan(fen), None]
        for account, four in figures.get("accounts", {}).items()
        for item, fen in zip((_("At the beginning"), _("Came in"), _("Went out"), _("At the end")), four, strict=True)
    ]
    return [*received, *settled, *flows, *held]


def _totals_headings() -> list[str]:
    return [
        pgettext("dues", "Number of charges"), _("Charged (yuan)"), _("Waived (yuan)"), _("Paid (yuan)"),
        _("Written off (yuan)"), _("Open (yuan)"), _("Rate, net"), _("Rate, gross"),
    ]  # fmt: skip


def _cells(totals: Totals) -> list[Any]:
    amounts = (totals.charged_fen, totals.waived_fen, totals.paid_fen, totals.written_off_fen, totals.open_fen)
    gross = totals.paid_fen / totals.charged_fen if totals.charged_fen else None
    shares = [None if share is None else round(share, PLACES) for share in (totals.net, gross)]
    return [totals.charges, *(yuan(fen) for fen in amounts), *shares]


def _rate(row: Row) -> list[Any]:
    before = row.before.net
    name = _("%(name)s itself", name=row.association.name) if row.is_alone else row.association.name
    return [
        name, row.association.code, *_cells(row.now), None if before is None else round(before, PLACES), row.frozen,
        row.books,
    ]  # fmt: skip


def disclosed(found: Sequence[YearStatement]) -> tuple[list[str], list[list[Any]]]:
    """One line for each statement that is public."""
    headings = [
        _("Year"), _("Association"), _("Code"), pgettext("dues", "Number of charges"), _("Charged (yuan)"),
        _("Waived (yuan)"),
        _("Paid (yuan)"), _("Open (yuan)"), _("Rate, net"), _("Disclosed on"),
    ]  # fmt: skip
    lines = []
    for one in found:
        told = one.figures
        due = told.get("charged_fen", 0) - told.get("waived_fen", 0)
        amounts = [yuan(told.get(name, 0)) for name in ("charged_fen", "waived_fen", "paid_fen", "open_fen")]
        rate = round(told.get("paid_fen", 0) / due, PLACES) if due else None
        day = local(one.published_at, one.association.time_zone).date()
        lines.append(
            [one.period.name, one.association.name, one.association.code, told.get("charges", 0), *amounts, rate, day]
        )
    return headings, lines
