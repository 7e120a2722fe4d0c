"""The blueprint of payments; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("payments", __name__)
