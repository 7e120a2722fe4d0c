"""A person's account with the association, the association's year, and disclosing it."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, g, request
from flask_login import current_user

from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.documents import MissingGlyphs
from portal.core.errors import RuleError
from portal.core.i18n import _, pgettext
from portal.ledger import queries as ledger
from portal.ledger.models import BookState, DuesPeriod, LedgerAccount
from portal.payments.models import Method
from portal.statements import account, disclosing, exports, overview, printing, queries, year
from portal.statements.blueprint import blueprint
from portal.statements.forms import DiscloseForm, WithdrawForm

RIGHT, SIGN = "dues.read", "dues.approve"


def labels() -> dict[str, dict[str, str]]:
    """The words for accounts and methods, by what stands in the figures."""
    return {
        "accounts": {str(one): one.label for one in LedgerAccount},
        "methods": {str(one): one.label for one in Method},
    }


@blueprint.get("/office/<code>/dues/statements/<public_id>")
@requires(RIGHT)
def member(code: str, public_id: str) -> str:
    """Everything between one person and the association: charged, paid, let off, left."""
    found = account.for_office(current_user, g.association, public_id) or abort(404)
    shown = {"found": found, "methods": labels()["methods"]}
    return web.page("statements/member.html", day=today(g.association.time_zone), **shown)


@blueprint.get("/office/<code>/dues/statements/<public_id>/list.<any(xlsx, csv):form>")
@requires(RIGHT)
def member_file(code: str, public_id: str, form: str) -> Response:
    """The lines of the account as a file."""
    found = account.for_office(current_user, g.association, public_id) or abort(404)
    title = "-".join((pgettext("dues", "Statement"), found.person.name))
    return downloads.send(form, exports.account(title, found), "statements.member")


@blueprint.get("/office/<code>/dues/statements/<public_id>/statement.pdf")
@requires(RIGHT)
def member_pdf(code: str, public_id: str) -> Any:
    """The account on paper, to hand out."""
    found, day = (
        account.for_office(current_user, g.association, public_id) or abort(404),
        today(g.association.time_zone),
    )
    try:
        pdf = printing.print_statement(g.association, found, day)
    except MissingGlyphs as error:
        flash(_("The fonts lack %(characters)s.", characters=str(error)), "warning")
        return web.go("statements.member", public_id=public_id)
    return web.download(pdf, f"{_('Statement of dues')}-{found.person.name}-{day}.pdf", "application/pdf")


@blueprint.get("/office/<code>/dues/year", endpoint="year")
@requires(RIGHT, whole=True)
def year_of(code: str) -> str:
    """What was charged, what came in and what there is, of one period."""
    period, periods = _period()
    book = ledger.book_of(g.association, period) if period else None
    figures = year.figures_of(g.association, period) if period else {}
    shown = {"figures": figures, "book": book, "is_kept": year.is_kept(book), "labels": labels()}
    disclosed = disclosing.standing(g.association, period) if period else None
    return web.page("statements/year.html", period=period, periods=periods, disclosed=disclosed, **shown)


@blueprint.get("/office/<code>/dues/year/list.<any(xlsx, csv):form>")
@requires(RIGHT, whole=True)
def year_file(code: str, form: str) -> Response:
    """The same as a file."""
    period, _all = _period()
    if period is None:
        abort(404)
    figures = year.figures_of(g.association, period)
    return downloads.send(form, exports.year(f"{_('Year summary')}-{period.name}", figures), "statements.year")


@blueprint.get("/office/<code>/dues/disclosed")
@requires(RIGHT, whole=True)
def disclosed(code: str) -> str:
    """What the association discloses and disclosed, and the periods that it could."""
    books = [book for book in ledger.books_of(g.association).values() if book.state != BookState.OPEN]
    periods = {one.id: one for one in ledger.list_periods(g.association)}
    closed = [periods[book.period_id] for book in books if book.period_id in periods]
    ordered = sorted(closed, key=lambda one: one.start_on, reverse=True)
    return web.page("statements/disclosed.html", statements=queries.list_of(g.association), periods=ordered)


@blueprint.route("/office/<code>/dues/disclosed/<period_id>/new", methods=["GET", "POST"])
@requires(SIGN, whole=True)
def disclose(code: str, period_id: str) -> Any:
    """Shows exactly what everybody will read, and asks."""
    period, form = _closed(period_id), DiscloseForm()
    book = ledger.book_of(g.association, period)
    shown = {"period": period, "figures": disclosing.told(book) if book else {}, "labels": labels()}
    shown["before"] = disclosing.standing(g.association, period)
    if not form.validate_on_submit():
        return web.form_page("statements/disclose.html", form, **shown)
    try:
        made = disclosing.disclose(current_user, g.association, period, form.remarks.data or "")
    except RuleError as error:
        return web.refused("statements/disclose.html", form, error, **shown)
    db.session.commit()
    return web.go("statements.public", _("The statement is public."), public_id=made.public_id)


@blueprint.route("/office/<code>/dues/disclosed/<public_id>/withdraw", methods=["GET", "POST"])
@requires(SIGN, whole=True)
def withdraw(code: str, public_id: str) -> Any:
    """No longer public, for a reason that stays."""
    statement, form = queries.get_of(g.association, public_id) or abort(404), WithdrawForm()
    if not form.validate_on_submit():
        return web.form_page("statements/withdraw.html", form, statement=statement)
    try:
        disclosing.withdraw(current_user, g.association, statement, form.reason.data or "")
    except RuleError as error:
        return web.refused("statements/withdraw.html", form, error, statement=statement)
    db.session.commit()
    return web.go("statements.disclosed", _("The statement is withdrawn."))


def _period() -> tuple[DuesPeriod | None, list[DuesPeriod]]:
    periods = list(ledger.list_periods(g.association))
    asked = next((one for one in periods if one.public_id == request.args.get("period")), None)
    return asked or overview.today_in(periods, today(g.association.time_zone)), periods


def _closed(public_id: str) -> DuesPeriod:
    """A period whose book is closed here."""
    period = ledger.get_period(g.association, public_id) or abort(404)
    book = ledger.book_of(g.association, period)
    if book is None or book.state == BookState.OPEN:
        abort(404)
    return period
