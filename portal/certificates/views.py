"""Pages of certificates."""

from __future__ import annotations

from portal.certificates import models  # noqa: F401
from portal.certificates.blueprint import blueprint
from portal.core.feature import Feature

feature = Feature("certificates", blueprint)
