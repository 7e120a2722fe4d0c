"""Receipts as the rest of the portal sees them: the pages."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.receipts import services
from portal.receipts.blueprint import blueprint

__all__ = ["blueprint", "feature", "services"]

feature = Feature("receipts", blueprint)
