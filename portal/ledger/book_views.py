"""Periods and the association's books of them: opened by the federation, closed, opened again, locked."""

from __future__ import annotations

from typing import Any

from flask import abort, g
from flask_login import current_user

from portal.core import web
from portal.core.access import can, requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, pgettext
from portal.ledger import chain, closing, periods, queries
from portal.ledger.blueprint import blueprint
from portal.ledger.forms import CloseForm, LockForm, PeriodForm, ReopenForm
from portal.ledger.models import BookState, DuesPeriod, LedgerAccount

MANAGE = "associations.manage"


@blueprint.get("/office/<code>/dues/books")
@requires("dues.read", whole=True)
def books(code: str) -> str:
    """Every period with this association's book of it, and where its money is."""
    listed, books = queries.list_periods(g.association), queries.books_of(g.association)
    closed = (one for one in listed if one.id in books and books[one.id].state != BookState.OPEN)
    return web.page(
        "ledger/books.html",
        periods=listed,
        books=books,
        last_closed=next(closed, None),
        balances=queries.balances(g.association),
        accounts=LedgerAccount,
        head=chain.head(g.association),
        is_root=g.association.parent_id is None,
        day=today(g.association.time_zone),
    )


@blueprint.route("/office/<code>/dues/periods/new", methods=["GET", "POST"])
@requires(MANAGE)
def new_period(code: str) -> Any:
    """The federation opens a period for all."""
    if g.association.parent_id is not None:
        abort(404)
    form = PeriodForm()
    if not form.is_submitted():
        _suggest(form)
    if not form.validate_on_submit():
        return web.form_page("ledger/period_form.html", form, known=queries.list_periods(g.association))
    try:
        made = periods.open_period(current_user, g.association, **form.values())
    except RuleError as error:
        return web.refused("ledger/period_form.html", form, error, known=queries.list_periods(g.association))
    db.session.commit()
    after = "ledger.books" if can("dues.read") else "ledger.new_period"  # an administrator keeps no dues
    return web.go(after, _("The period %(name)s is open.", name=made.name))


@blueprint.route("/office/<code>/dues/books/<public_id>/close", methods=["GET", "POST"])
@requires("dues.record", whole=True)
def close(code: str, public_id: str) -> Any:
    """What is not in order yet, the figures that will be kept, and the wish."""
    period, form = _period(public_id), CloseForm()
    if not form.validate_on_submit():
        return web.form_page("ledger/close.html", form, **_state(period))
    try:
        closing.close(current_user, g.association, period, seen=bool(form.seen.data))
    except RuleError as error:
        return web.refused("ledger/close.html", form, error, **_state(period))
    db.session.commit()
    return web.go("ledger.books", _("The book of %(name)s is closed. Somebody else locks it.", name=period.name))


@blueprint.route("/office/<code>/dues/books/<public_id>/reopen", methods=["GET", "POST"])
@requires("dues.approve", whole=True)
def reopen(code: str, public_id: str) -> Any:
    """Open again what was closed too early, for a reason."""
    period, form = _period(public_id), ReopenForm()
    if not form.validate_on_submit():
        return web.form_page("ledger/reopen.html", form, period=period)
    try:
        closing.reopen(current_user, g.association, period, str(form.reason.data))
    except RuleError as error:
        return web.refused("ledger/reopen.html", form, error, period=period)
    db.session.commit()
    return web.go("ledger.books", _("The book of %(name)s is open again.", name=period.name))


@blueprint.route("/office/<code>/dues/books/<public_id>/lock", methods=["GET", "POST"])
@requires("dues.approve", whole=True)
def lock(code: str, public_id: str) -> Any:
    """Asks once more: a locked book is never opened again."""
    period, form = _period(public_id), LockForm()
    if not form.validate_on_submit():
        return web.form_page("ledger/lock.html", form, period=period)
    try:
        closing.lock(current_user, g.association, period)
    except RuleError as error:
        return web.refused("ledger/lock.html", form, error, period=period)
    db.session.commit()
    return web.go("ledger.books", _("The book of %(name)s is locked.", name=period.name))


def _suggest(form: PeriodForm) -> None:
    """The calendar year after the last period, or this one."""
    known = queries.list_periods(g.association)
    year = known[0].end_on.year + 1 if known else today(g.association.time_zone).year
    first = today().replace(year=year, month=1, day=1)
    form.name.data, form.start_on.data = pgettext("period", "%(year)s", year=year), first
    form.end_on.data, form.due_on.data = first.replace(month=12, day=31), first.replace(month=6, day=30)


def _state(period: DuesPeriod) -> dict[str, Any]:
    book = queries.book_of(g.association, period)
    return {
        "period": period,
        "findings": closing.findings(g.association, period),
        "figures": closing.figures_of(g.association, period),
        "is_open": book is None or book.state == BookState.OPEN,
        "is_over": period.end_on < today(g.association.time_zone),
    }


def _period(public_id: str) -> DuesPeriod:
    return queries.get_period(g.association, public_id) or abort(404)
