"""Pages of notices."""

from __future__ import annotations

from flask import Blueprint

from portal.core.feature import Feature
from portal.notices import models

__all__ = ["models"]

blueprint = Blueprint("notices", __name__)

feature = Feature("notices", blueprint)
