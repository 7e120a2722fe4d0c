"""Pages of plans."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.plans import models  # noqa: F401
from portal.plans.blueprint import blueprint

feature = Feature("plans", blueprint)
