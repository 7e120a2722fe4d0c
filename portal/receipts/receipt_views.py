"""One receipt: as it was issued, printed, declared void, and issued anew where that was in error."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, g
from sqlalchemy import select

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.documents import qr_svg
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.offices.access import visible
from portal.payments.models import Method, Payment
from portal.payments.queries import get_payment
from portal.receipts import queries, services
from portal.receipts.blueprint import blueprint
from portal.receipts.forms import VoidForm
from portal.receipts.loading import load, number_of
from portal.receipts.models import Receipt
from portal.receipts.printing import unprintable, verify_url
from portal.verification.codes import shown


@blueprint.get("/office/<code>/dues/receipts/<public_id>")
@requires("dues.read")
def receipt(code: str, public_id: str) -> str:
    """What it says, its code, whether it counts, and what can be done with it."""
    found = load(public_id)
    context = {
        "qr": qr_svg(verify_url(found), _("QR code to verify the receipt")),
        "code": shown(found.code.code),
        "missing": unprintable(found),
        "others": [one for one in queries.list_of_payment(found.payment_id) if one.id != found.id],
        "method": Method(found.snapshot["method"]).label,
    }
    return web.page("receipts/receipt.html", receipt=found, **context)


@blueprint.post("/office/<code>/dues/receipts/<public_id>/print")
@requires("dues.record")
def print_one(code: str, public_id: str) -> Any:
    """Marked as printed, and handed out."""
    found = load(public_id, "dues.record")
    if unprintable(found):
        abort(409)
    services.mark_printed([found.id])
    db.session.commit()
    return web.go(".receipt_pdf", public_id=public_id)


@blueprint.route("/office/<code>/dues/receipts/<public_id>/void", methods=["GET", "POST"])
@requires("dues.record")
def void(code: str, public_id: str) -> Any:
    """Why it does not count; its payment stands, and can have another."""
    found, form = load(public_id, "dues.record"), VoidForm()
    if not form.validate_on_submit():
        return web.form_page("receipts/void.html", form, receipt=found)
    try:
        services.void(me(), found, form.reason.data or "")
    except RuleError as error:
        return web.refused("receipts/void.html", form, error, receipt=_again(public_id))
    db.session.commit()
    return web.go(".receipt", _("Receipt %(number)s is void.", number=number_of(found)), public_id=public_id)


@blueprint.post("/office/<code>/dues/payments/<public_id>/receipt")
@requires("dues.record")
def reissue(code: str, public_id: str) -> Any:
    """Another receipt for a payment whose own was voided in error."""
    found = _payment(public_id)
    try:
        made = services.reissue(me(), found)
    except RuleError as error:
        web.undo()
        flash(str(error), "warning")
        return web.go("payments.payment", public_id=public_id)
    db.session.commit()
    return web.go(".receipt", _("The new receipt is issued."), public_id=made.public_id)


def _payment(public_id: str) -> Payment:
    """A payment within the reader's reach; another is not there."""
    kept = select(Payment).where(Payment.association_id == g.association.id)
    return get_payment(visible(kept, me(), "dues.record", Payment), public_id) or abort(404)


def _again(public_id: str) -> Receipt:
    """As it is now."""
    return load(public_id, "dues.record")
