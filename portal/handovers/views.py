"""Hand-overs as the rest of the portal sees them: the pages."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.handovers import queries
from portal.handovers.blueprint import blueprint

__all__ = ["blueprint", "feature", "queries"]

feature = Feature("handovers", blueprint)
