"""What several pages of receipts load, and the file that they hand out."""

from __future__ import annotations

from flask import Response, abort, g

from portal.accounts.reader import me
from portal.core import web
from portal.core.documents import MissingGlyphs
from portal.core.i18n import pgettext
from portal.receipts import listing, numbers
from portal.receipts.blueprint import blueprint
from portal.receipts.models import Receipt
from portal.receipts.printing import print_receipts

PDF = "application/pdf"


def load(public_id: str, right: str = listing.READ) -> Receipt:
    """A receipt of this association within the reader's reach; another is not there."""
    return listing.get_receipt(me(), g.association, public_id, right) or abort(404)


def pdf_of(receipt: Receipt) -> Response:
    """The receipt as it was issued, as a file; 409 for a name that the fonts lack, as its page says."""
    try:
        pdf = print_receipts([receipt])
    except MissingGlyphs:
        abort(409)
    return web.download(pdf, f"{pgettext('receipt', 'Receipt')}-{number_of(receipt)}.pdf", PDF)


@blueprint.app_template_global("receipt_number")
def number_of(receipt: Receipt) -> str:
    """As it is printed."""
    return numbers.shown(receipt.association, receipt.year, receipt.number)
