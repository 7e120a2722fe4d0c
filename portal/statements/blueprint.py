"""The blueprint of statements; their views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("statements", __name__)
