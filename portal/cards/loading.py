"""What several pages of cards load, and the file they hand out."""

from __future__ import annotations

from flask import Response, abort, g
from flask_login import current_user

from portal.associations.queries import get_root
from portal.cards import printing, queries
from portal.cards.models import MemberCard
from portal.core import web
from portal.core.documents import MissingGlyphs
from portal.core.i18n import _
from portal.members.models import Membership

PDF = "application/pdf"


def load(public_id: str, right: str = "members.read") -> MemberCard:
    """A card of this association or one below it; 404 for every other."""
    return queries.get_card(current_user, right, g.association, public_id) or abort(404)


def load_membership(public_id: str) -> Membership:
    """A membership for which the reader may issue cards; 404 for every other."""
    return queries.get_membership(current_user, "members.write", g.association, public_id) or abort(404)


def pdf_of(shown: MemberCard) -> Response:
    """The card's two sides as a file."""
    root = get_root()
    assert root is not None
    try:
        pdf = printing.print_cards([shown], root)
    except MissingGlyphs:  # the association's name was changed to one that cannot be printed
        abort(409)
    return web.download(pdf, f"{_('Member card')}-{shown.printed_name}.pdf", PDF)
