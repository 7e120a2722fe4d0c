"""What there was when the books began: cash and bank of the association, a member's credit."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.ledger import queries as journal
from portal.ledger.models import LedgerAccount
from portal.payments import opening
from portal.payments.blueprint import blueprint
from portal.payments.forms import OpeningForm


def _form() -> OpeningForm:
    """As it was entered before."""
    cash, bank = (opening.opening_fen(g.association, at) or None for at in (LedgerAccount.CASH, LedgerAccount.BANK))
    return OpeningForm(data={"cash": cash, "bank": bank, "on": today(g.association.time_zone)})


@blueprint.route("/office/<code>/dues/payments/opening", methods=["GET", "POST"])
@requires("dues.record", whole=True)
def open_books(code: str) -> Any:
    """Enter or correct them; what differs from what was entered is posted."""
    form = _form()
    stands = journal.is_begun(g.association)
    if not form.validate_on_submit():
        return web.form_page("payments/opening.html", form, stands=stands)
    given = {LedgerAccount.CASH: form.cash.data, LedgerAccount.BANK: form.bank.data}
    day = form.on.data or today(g.association.time_zone)
    try:
        done = [
            opening.set_opening(me(), g.association, at, fen, day) for at, fen in given.items() if fen is not None
        ]
    except RuleError as error:
        return web.refused("payments/opening.html", form, error, stands=stands)
    db.session.commit()
    return web.go(".payments", _("The opening balances are entered.") if any(done) else _("Nothing was changed."))
