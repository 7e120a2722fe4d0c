"""Payments as the rest of the portal sees them: the pages."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.payments import collect_views, following
from portal.payments.blueprint import blueprint

__all__ = ["blueprint", "collect_views", "feature", "following"]

feature = Feature("payments", blueprint)
