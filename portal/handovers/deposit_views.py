"""Cash is brought to the bank, or fetched from it."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import money
from portal.core.i18n import _
from portal.handovers import deposits, queries
from portal.handovers.blueprint import blueprint
from portal.handovers.deposits import TO_BANK
from portal.handovers.forms import DepositForm
from portal.ledger.models import LedgerAccount


@blueprint.route("/office/<code>/dues/hand-overs/deposit", methods=["GET", "POST"])
@requires("dues.record", whole=True)
def deposit(code: str) -> Any:
    """How much, on which day; at most what is there."""
    form = DepositForm()
    if not form.is_submitted():
        last = queries.last_deposit(g.association)
        form.on.data, form.seen.data = today(g.association.time_zone), last.public_id if last else ""
    if not form.validate_on_submit():
        return web.form_page("handovers/deposit.html", form, **_sums())
    try:
        _record(form)
    except RuleError as error:
        return web.refused("handovers/deposit.html", form, error, **_sums())
    db.session.commit()
    fen = money(form.amount.data)
    if form.way.data == TO_BANK:
        return web.go(".hand_overs", _("%(fen)s yuan are in the bank.", fen=fen))
    return web.go(".hand_overs", _("%(fen)s yuan are in the cash box.", fen=fen))


def _record(form: DepositForm) -> None:
    on = form.on.data or today(g.association.time_zone)
    told = {"seen": form.seen.data or "", "way": form.way.data, "note": form.note.data or ""}
    deposits.deposit(me(), g.association, form.amount.data or 0, on, **told)


def _sums() -> dict[str, int]:
    return {"cash": queries.cash_fen(g.association), "bank": queries.balance(g.association, LedgerAccount.BANK)}
