"""The register of honours in the office: the list and its files, one honour; the feature as the house sees it."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from portal.accounts.reader import me
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.documents import qr_svg
from portal.core.feature import Entry, Feature
from portal.core.i18n import _, lazy
from portal.core.paging import page_number, paginate
from portal.honours import (
    badge_views,
    batch_views,
    exports,
    hand_over_views,
    listing,
    models,  # noqa: F401
    own_views,
    part,
    public_views,
    queries,
    revocation_views,
    telling,
    withholding,
)
from portal.honours.blueprint import blueprint
from portal.honours.loading import decides, live_certificate, load
from portal.honours.models import Honour, Layout, RevocationState
from portal.verification.codes import shown

__all__ = [
    "badge_views", "batch_views", "blueprint", "feature", "hand_over_views", "own_views", "part", "public_views",
    "revocation_views", "telling", "withholding",
]  # fmt: skip

feature = Feature("honours", blueprint, own=(Entry(lazy("My commendations"), "honours.own", 17),))


@blueprint.get("/office/<code>/honours")
@requires(queries.READ)
def office_list(code: str) -> str:
    """What the association gave, or what its own received, revoked ones too."""
    form = listing.filter_form()
    page = paginate(queries.register_of(me(), g.association, listing.wanted(form)), page_number())
    context = {"is_filtered": listing.is_filtered(form), "asked": listing.asked()}
    return web.page("honours/office_list.html", form=form, page=page, state_of=exports.state_of, **context)


@blueprint.get("/office/<code>/honours/list.<any(xlsx, csv):form>")
@requires(queries.READ)
def download(code: str, form: str) -> Response:
    """The same rows as a file; who may see them is asked again."""
    wanted = listing.wanted(listing.filter_form())
    file = exports.honours(queries.register_of(me(), g.association, wanted))
    return downloads.send(form, file, "honours.office_list")


@blueprint.get("/office/<code>/honours/<public_id>")
@requires(queries.READ)
def office_page(code: str, public_id: str) -> str:
    """One honour: its certificates with their states, and how it was tried to take it back."""
    honour = load(public_id)
    context = {
        "day": today(g.association.time_zone),
        "state": exports.state_of(honour),
        "certificate_state": exports.certificate_state,
        "revocations": queries.list_revocations(honour.id),
        "is_own": honour.person_id == me().person_id,
        "decides": honour.association_id == g.association.id and decides(),
        "layouts": Layout.labels(),
        "outcomes": RevocationState.labels(),
    }
    return web.page("honours/office_page.html", honour=honour, **_live(honour), **context)


def _live(honour: Honour) -> dict[str, Any]:
    """The certificate in force with its code, if there is one."""
    live = live_certificate(honour)
    if live is None:
        return {"live": None}
    qr = qr_svg(telling.verify_url(live), _("QR code to verify the certificate"))
    return {"live": live, "code": shown(live.code.code), "qr": qr}
