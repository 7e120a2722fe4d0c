"""Pages of volunteers."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.volunteers import services
from portal.volunteers.blueprint import blueprint

__all__ = ["blueprint", "feature", "services"]

feature = Feature("volunteers", blueprint)
