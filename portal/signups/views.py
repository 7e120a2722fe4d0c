"""Pages of signups."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.signups import models  # noqa: F401
from portal.signups.blueprint import blueprint

feature = Feature("signups", blueprint)
