"""The blueprint of plans; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("plans", __name__)
