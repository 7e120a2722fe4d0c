"""The bank as the rest of the portal sees it: the pages."""

from __future__ import annotations

from portal.bank import closing, file_views, following, line_views, queries
from portal.bank.blueprint import blueprint
from portal.core.access import can
from portal.core.feature import Feature
from portal.core.i18n import lazy_pgettext
from portal.payments.models import Payment
from portal.payments.parts import Part, part

__all__ = ["blueprint", "closing", "feature", "file_views", "following", "line_views"]

feature = Feature("bank", blueprint)


@part(30)
def _line_of(payment: Payment) -> Part | None:
    """On a payment's page: the line that it came with, for whoever opens it."""
    line = queries.line_of(payment.id) if can("dues.read", whole=True) else None
    if line is None:
        return None
    return Part(lazy_pgettext("payment", "Line of the bank"), "bank/_of_payment.html", {"line": line})
