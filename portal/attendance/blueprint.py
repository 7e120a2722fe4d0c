"""The blueprint of attendance; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("attendance", __name__)
