"""Hand-overs as the rest of the portal sees them: the pages."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.handovers import count_views, deposit_views, list_views, part, write_off_views
from portal.handovers.blueprint import blueprint

__all__ = ["blueprint", "count_views", "deposit_views", "feature", "list_views", "part", "write_off_views"]

feature = Feature("handovers", blueprint)
