"""Statements as the rest of the portal sees them: the entries in the navigations, the pages."""

from __future__ import annotations

from portal.core.feature import Entry, Feature
from portal.core.i18n import lazy, lazy_pgettext
from portal.statements import (  # noqa: F401 - their pages hang on the blueprint, or they are handed down
    closing,
    office_views,
    own_views,
    part,
    public_views,
    year_views,
)
from portal.statements.blueprint import blueprint

MONEY = ("ledger", "dues", "payments", "levy", "receipts", "handovers", "bank", "arrears")
feature = Feature(
    "statements",
    blueprint,
    own=(Entry(lazy("My dues"), "statements.own", 6, also=("receipts.own_receipts",)),),
    office=(Entry(lazy_pgettext("navigation", "Dues"), "statements.overview", 40, "dues.read", also=MONEY),),
)
