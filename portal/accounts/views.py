"""Pages of accounts."""

from __future__ import annotations

from flask import Blueprint

from portal.core.feature import Feature

blueprint = Blueprint("accounts", __name__)

feature = Feature("accounts", blueprint)
