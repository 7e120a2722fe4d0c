"""Applications for membership: from a phone or from paper, to the association's decision."""

from __future__ import annotations

from flask import Blueprint

from portal.applications import models  # noqa: F401
from portal.core.feature import Feature

blueprint = Blueprint("applications", __name__)

feature = Feature("applications", blueprint)
