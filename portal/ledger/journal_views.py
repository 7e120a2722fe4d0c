"""The journal and the cash book, to read and as files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, g, request
from sqlalchemy.orm import contains_eager

from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.forms import choices
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.ledger import exports, queries
from portal.ledger.blueprint import blueprint
from portal.ledger.forms import JournalForm
from portal.ledger.models import DuesPeriod, JournalLine, LedgerAccount
from portal.ledger.queries import Asked

MOST = 5_000  # rows of a cash book on one page
KEPT = (LedgerAccount.CASH, LedgerAccount.BANK, LedgerAccount.COLLECTORS)


@dataclass(frozen=True)
class CashRow:
    """An entry of the cash book with the balance after it; amounts in fen."""

    public_id: str
    entry_on: date
    kind: str
    memo: str
    came: int
    went: int
    balance: int


@blueprint.get("/office/<code>/dues/journal")
@requires("dues.read", whole=True)
def journal(code: str) -> str:
    """Every line of the journal, the latest day first."""
    form, statement = _asked()
    page = paginate(statement.options(contains_eager(JournalLine.entry)), page_number(), 50)
    return web.page("ledger/journal.html", form=form, page=page, accounts=LedgerAccount.labels())


@blueprint.get("/office/<code>/dues/journal/list.<any(xlsx, csv):form>")
@requires("dues.read", whole=True)
def journal_file(code: str, form: str) -> Response:
    """The same as a file."""
    return downloads.send(form, exports.journal(_asked()[1]), "ledger.journal")


@blueprint.get("/office/<code>/dues/cash-book")
@requires("dues.read", whole=True)
def cash_book(code: str) -> str:
    """Cash, bank or what collectors hold, in a period: in, out, what there is."""
    period, account = _chosen()
    rows = _rows(period, account, MOST)
    return web.page(
        "ledger/cash_book.html",
        period=period,
        periods=queries.list_periods(g.association),
        account=account,
        accounts=KEPT,
        rows=rows,
        before=queries.balance_before(g.association, account, period.start_on) if period else 0,
    )


@blueprint.get("/office/<code>/dues/cash-book/list.<any(xlsx, csv):form>")
@requires("dues.read", whole=True)
def cash_book_file(code: str, form: str) -> Response:
    """The same as a file."""
    period, account = _chosen()
    title = f"{_('Cash book')}-{account.label}-{period.name if period else ''}"
    return downloads.send(form, exports.cash_book(title, _rows(period, account)), "ledger.cash_book")


def _asked() -> tuple[JournalForm, Any]:
    """The form as the address fills it, and the lines that it asks for."""
    known = queries.list_periods(g.association)
    form = JournalForm(request.args)
    form.period.choices = choices({"": _("All"), **{one.public_id: one.name for one in known}})
    form.validate()
    period = next((one for one in known if one.public_id == form.period.data), None)
    kind = form.kind.data if not form.kind.errors else ""
    account = form.account.data if not form.account.errors else ""
    asked = Asked(kind or "", account or "", form.start.data, form.end.data)
    return form, queries.journal(g.association, period, asked)


def _chosen() -> tuple[DuesPeriod | None, LedgerAccount]:
    """The period that the address asks for, else today's or the last; the account, else cash."""
    known, asked = queries.list_periods(g.association), request.args.get("period", "")
    day = today(g.association.time_zone)
    now_on = next((one for one in known if one.start_on <= day), known[0] if known else None)
    period = next((one for one in known if one.public_id == asked), now_on)
    account = next((one for one in KEPT if one == request.args.get("account")), KEPT[0])
    return period, account


def _rows(period: DuesPeriod | None, account: LedgerAccount, most: int | None = None) -> list[CashRow]:
    if period is None:
        return []
    balance = queries.balance_before(g.association, account, period.start_on)
    rows = []
    for row in db.session.execute(queries.cash_book(g.association, period, account).limit(most)):
        balance += row.came - row.went
        known = (row.public_id, row.entry_on, row.kind, row.memo)
        rows.append(CashRow(*known, int(row.came), int(row.went), int(balance)))
    return rows
