"""Office pages of member cards: the register of cards and its files, one card, its PDF."""

from __future__ import annotations

from flask import Response, abort, g, request
from flask_login import current_user

from portal.cards import (
    batch_views,
    exports,
    issue_views,
    listing,
    models,  # noqa: F401
    own_views,
    part,
    printing,
    queries,
    telling,
)
from portal.cards.blueprint import blueprint
from portal.cards.loading import load, pdf_of
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.documents import qr_svg
from portal.core.feature import Entry, Feature
from portal.core.i18n import _, lazy
from portal.core.paging import page_number, paginate
from portal.verification import codes

__all__ = ["batch_views", "blueprint", "feature", "issue_views", "own_views", "part", "telling"]

feature = Feature("cards", blueprint, own=(Entry(lazy("My card"), "cards.own_card", 5),))


@blueprint.get("/office/<code>/cards")
@requires("members.read")
def office_list(code: str) -> str:
    """The register of cards: the valid ones, who needs one, what waits to be handed over."""
    form = listing.filter_form(g.association)
    statement = queries.listing(current_user, g.association, listing.wanted(form))
    page = paginate(statement, page_number(), scalars=False)
    states = [exports.state_of(*row) for row in page.rows]
    asked = {field.name: request.args.getlist(field.name) for field in form if field.name in request.args}
    context = {"is_filtered": listing.is_filtered(form), "arguments": asked}
    return web.page("cards/list.html", form=form, page=page, states=states, words=exports.states(), **context)


@blueprint.get("/office/<code>/cards/list.<any(xlsx, csv):form>")
@requires("members.read")
def download(code: str, form: str) -> Response:
    """The same rows as a file; who may see them is asked again."""
    wanted = listing.wanted(listing.filter_form(g.association))
    file = exports.cards(queries.listing(current_user, g.association, wanted))
    return downloads.send(form, file, "cards.office_list")


@blueprint.get("/office/<code>/cards/<public_id>")
@requires("members.read")
def card(code: str, public_id: str) -> str:
    """One card as it was issued, and the others of its membership."""
    shown = load(public_id)
    return web.page(
        "cards/card.html",
        card=shown,
        membership=shown.membership,
        cards=queries.list_cards(shown.membership_id),
        state=exports.state_of(shown.membership, shown),
        state_of=exports.state_of,
        words=exports.states(),
        shown=codes.shown,
        qr=qr_svg(printing.verify_url(shown), _("QR code to verify the card")),
    )


@blueprint.get("/office/<code>/cards/<public_id>/card.pdf")
@requires("members.write")
def card_pdf(code: str, public_id: str) -> Response:
    """One card for the printer. A void card is not printed again."""
    shown = load(public_id, "members.write")
    return abort(404) if shown.voided_at else pdf_of(shown)
