"""The register as officers see it: lists, columns, batch actions, exports, figures."""

from __future__ import annotations

from flask import Blueprint

from portal.core.feature import Feature

blueprint = Blueprint("register", __name__)

feature = Feature("register", blueprint)
