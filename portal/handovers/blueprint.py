"""The blueprint of hand-overs; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("handovers", __name__)
