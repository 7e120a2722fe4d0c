"""The blueprint of plans, charges and waivers; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("dues", __name__)
