"""Pages of dossiers."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.dossiers import models  # noqa: F401
from portal.dossiers.blueprint import blueprint

feature = Feature("dossiers", blueprint)
