"""Pages of associations."""

from __future__ import annotations

from flask import Blueprint

from portal.core.feature import Feature

blueprint = Blueprint("associations", __name__)

feature = Feature("associations", blueprint)
