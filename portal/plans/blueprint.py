"""The blueprint of plans; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

from portal.core.formats import local
from portal.plans.festivals import label_of

blueprint = Blueprint("plans", __name__)
blueprint.add_app_template_filter(local)
blueprint.add_app_template_filter(label_of, "festival")
