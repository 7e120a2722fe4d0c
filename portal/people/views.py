"""Pages of people."""

from __future__ import annotations

from flask import Blueprint

from portal.core.feature import Feature

blueprint = Blueprint("people", __name__)

feature = Feature("people", blueprint)
