"""The rooms of the dues' section, in one row above each of them: those that the reader may open."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, request, url_for
from flask_login import current_user

from portal.core.access import can
from portal.core.i18n import lazy_pgettext
from portal.ledger.blueprint import blueprint
from portal.ledger.models import EntryKind
from portal.offices.access import can as holds

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

# Nothing of these is a group's: whoever holds the right for a group only has no way in.
WHOLE = {"bank.lines"}


@blueprint.app_template_global("dues_rooms")
def rooms(current: str = "") -> list[tuple[Any, str, bool]]:
    """For the macro `tabs`: heading, address, whether it is this page's. A page inside a room names the room."""
    here = current or request.endpoint
    shown = [room for room in ROOMS if room[1] in current_app.view_functions and _opens(*room[1:])]
    return [(heading, url_for(endpoint), endpoint == here) for heading, endpoint, _right in shown]


def _opens(endpoint: str, right: str) -> bool:
    return can(right) and (endpoint not in WHOLE or holds(current_user, right, g.association, whole=True))


@blueprint.app_template_global("event_label")
def event_label(kind: str) -> str:
    """The words for an event of the journal."""
    return EntryKind(kind).label
