"""One's own card: on the phone to be scanned, and as a file to print."""

from __future__ import annotations

from flask import Response, abort
from flask_login import current_user

from portal.cards import exports, printing, queries
from portal.cards.blueprint import blueprint
from portal.cards.loading import pdf_of
from portal.core import web
from portal.core.access import signed_in
from portal.core.documents import qr_svg
from portal.core.i18n import _
from portal.verification import codes


@blueprint.get("/me/card")
@signed_in
def own_card() -> str:
    """My card, large enough for another phone to scan; it works with what the page holds, without a network."""
    held = [
        (membership, card, qr_svg(printing.verify_url(card), _("QR code to verify the card")) if card else "")
        for membership, card in queries.list_own(current_user.person_id)
    ]
    return web.page("cards/own.html", held=held, shown=codes.shown, state_of=exports.state_of)


@blueprint.get("/me/cards/<public_id>/card.pdf")
@signed_in
def own_pdf(public_id: str) -> Response:
    """My own card that is in use, to print; 404 for anybody else's."""
    return pdf_of(queries.get_own_card(current_user.person_id, public_id) or abort(404))
