"""Pages of lending."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.lending import models  # noqa: F401
from portal.lending.blueprint import blueprint

feature = Feature("lending", blueprint)
