"""Pages of volunteers."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.volunteers import models  # noqa: F401
from portal.volunteers.blueprint import blueprint

feature = Feature("volunteers", blueprint)
