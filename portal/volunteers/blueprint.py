"""The blueprint of volunteers; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("volunteers", __name__)
