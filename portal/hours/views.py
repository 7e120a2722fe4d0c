"""Pages of hours."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.hours import models  # noqa: F401
from portal.hours.blueprint import blueprint

feature = Feature("hours", blueprint)
