"""Pages of offices."""

from __future__ import annotations

from flask import Blueprint

from portal.core.feature import Feature

blueprint = Blueprint("offices", __name__)

feature = Feature("offices", blueprint)
