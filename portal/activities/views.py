"""Pages of activities."""

from __future__ import annotations

from flask import Blueprint

from portal.activities import models
from portal.core.feature import Feature

__all__ = ["models"]

blueprint = Blueprint("activities", __name__)

feature = Feature("activities", blueprint)
