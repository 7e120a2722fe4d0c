"""The blueprint of attendance; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

from portal.core.formats import local

blueprint = Blueprint("attendance", __name__)
blueprint.add_app_template_filter(local)
