"""The rooms of the dues' section, in one row above each of them: those that the reader may open."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for

from portal.core.access import can
from portal.core.i18n import lazy_pgettext
from portal.ledger.blueprint import blueprint
from portal.ledger.models import EntryKind

# Heading, page, right. Features above this one add their pages by being there.
ROOMS = (
    (lazy_pgettext("dues", "Overview"), "statements.overview", "dues.read"),
    (lazy_pgettext("dues", "Collect"), "payments.collect", "dues.record"),
    (lazy_pgettext("dues", "Charges"), "dues.charges", "dues.read"),
    (lazy_pgettext("dues", "Payments"), "payments.payments", "dues.read"),
    (lazy_pgettext("dues", "Receipts"), "receipts.receipts", "dues.read"),
    (lazy_pgettext("dues", "Arrears"), "arrears.arrears", "dues.read"),
    (lazy_pgettext("dues", "Hand-overs"), "handovers.hand_overs", "dues.read"),
    (lazy_pgettext("dues", "Bank"), "bank.lines", "dues.record"),
    (lazy_pgettext("dues", "Waivers"), "dues.waivers_list", "dues.read"),
    (lazy_pgettext("dues", "Levy"), "levy.levies", "dues.read"),
    (lazy_pgettext("dues", "Fee plans"), "dues.plans", "dues.read"),
    (lazy_pgettext("dues", "Books"), "ledger.books", "dues.read"),
)


@blueprint.app_template_global("dues_rooms")
def rooms(current: str = "") -> list[tuple[Any, str, bool]]:
    """For the macro `tabs`: heading, address, whether it is this page's. A page inside a room names the room."""
    here = current or request.endpoint
    shown = [room for room in ROOMS if _is_open(*room[1:])]
    return [(heading, url_for(endpoint), endpoint == here) for heading, endpoint, _right in shown]


def _is_open(endpoint: str, right: str) -> bool:
    """Whether there is such a room, and it is the reader's: some are not for who keeps a group's dues alone."""
    view = current_app.view_functions.get(endpoint)
    return view is not None and can(right, whole=getattr(view, "for_the_whole", False))


@blueprint.app_template_global("event_label")
def event_label(kind: str) -> str:
    """The words for an event of the journal."""
    return EntryKind(kind).label
