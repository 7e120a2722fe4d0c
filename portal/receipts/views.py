"""Receipts as the rest of the portal sees them: the pages."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.receipts import batch_views, list_views, part, receipt_views, telling
from portal.receipts.blueprint import blueprint

__all__ = ["batch_views", "blueprint", "feature", "list_views", "part", "receipt_views", "telling"]

feature = Feature("receipts", blueprint)
