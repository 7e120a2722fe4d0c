"""The list of receipts with its files, and one's own receipts."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.core import downloads, web
from portal.core.access import requires, signed_in
from portal.core.paging import page_number, paginate
from portal.receipts import exports, listing
from portal.receipts.blueprint import blueprint
from portal.receipts.forms import FilterForm
from portal.receipts.listing import Asked
from portal.receipts.loading import load, pdf_of

SIZE = 50


@blueprint.get("/office/<code>/dues/receipts")
@requires("dues.read")
def receipts(code: str) -> str:
    """Every receipt, the latest first; void ones keep their place among the others."""
    form, statement = _asked()
    page = paginate(statement, page_number(), SIZE, shown=listing.SHOWN)
    return web.page("receipts/list.html", form=form, page=page, is_filtered=any(field.data for field in form))


@blueprint.get("/office/<code>/dues/receipts/list.<any(xlsx, csv):form>")
@requires("dues.read")
def receipts_file(code: str, form: str) -> Response:
    """The same as a file."""
    return downloads.send(form, exports.receipts(_asked()[1]), "receipts.receipts")


@blueprint.get("/office/<code>/dues/receipts/<public_id>/receipt.pdf")
@requires("dues.read")
def receipt_pdf(code: str, public_id: str) -> Response:
    """To look at; one that is void says so across the page."""
    return pdf_of(load(public_id))


@blueprint.get("/me/receipts")
@signed_in
def own_receipts() -> str:
    """What the associations confirmed to have received from me."""
    return web.page("receipts/own.html", receipts=listing.own(current_user.person_id))


@blueprint.get("/me/receipts/<public_id>/receipt.pdf")
@signed_in
def own_pdf(public_id: str) -> Response:
    """My own receipt, to print or to keep; 404 for anybody else's."""
    return pdf_of(listing.get_own(current_user.person_id, public_id) or abort(404))


def _asked() -> tuple[FilterForm, Any]:
    form = FilterForm(formdata=request.args)
    form.validate()
    asked = Asked(
        text=(form.q.data or "").strip()[:60],
        start=form.start.data,
        end=form.end.data,
        state=form.state.data or "",
    )
    return form, listing.receipts(me(), g.association, asked)
