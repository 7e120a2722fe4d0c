"""Payments as the rest of the portal sees them: the pages."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.payments import closing, collect_views, following, list_views, opening_views, payment_views
from portal.payments.blueprint import blueprint

__all__ = [
    "blueprint", "closing", "collect_views", "feature", "following", "list_views", "opening_views", "payment_views",
]  # fmt: skip

feature = Feature("payments", blueprint)
