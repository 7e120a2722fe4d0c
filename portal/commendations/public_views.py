"""What everybody reads: the calls that are open, those decided, each with all its terms."""

from __future__ import annotations

from typing import Any

from flask import abort, url_for

from portal.commendations import queries
from portal.commendations.blueprint import blueprint
from portal.commendations.models import CommendationCall
from portal.core import web
from portal.core.access import public
from portal.core.calendar import today
from portal.core.documents import qr_svg
from portal.core.formats import local
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.core.shared import shared
from portal.transparency.models import ChainKind
from portal.transparency.queries import proof_of


@blueprint.get("/commendations", strict_slashes=False)
@public
@shared
def public_list() -> str:
    """All calls: first those in which nominations are taken."""
    day = today()
    return web.page("commendations/list.html", page=paginate(queries.public_rows(day), page_number()), day=day)


@blueprint.get("/commendations/calls/<public_id>")
@public
@shared
def public_page(public_id: str) -> str:
    """A call with all its terms, the days left, how it ended."""
    return web.page("commendations/public.html", **_around(_call(public_id)))


@blueprint.get("/commendations/calls/<public_id>/print")
@public
@shared
def sheet(public_id: str) -> str:
    """The same as a sheet to hang up, with its address as a code to scan."""
    address = url_for("commendations.public_page", public_id=public_id, _external=True)
    qr = qr_svg(address, _("QR code of this call"))
    return web.page("commendations/sheet.html", address=address, qr=qr, **_around(_call(public_id)))


def _around(call: CommendationCall) -> dict[str, Any]:
    """A call with what is said about it."""
    zone = call.association.time_zone
    assert call.opened_at is not None
    return {
        "call": call,
        "day": today(zone),
        "entry": proof_of(call.public_id, kind=ChainKind.CALL),
        "since": local(call.opened_at, zone).date(),
    }


def _call(public_id: str) -> CommendationCall:
    return queries.get_opened(public_id) or abort(404)
