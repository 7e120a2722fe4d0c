"""The blueprint of the cards; their views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("cards", __name__)
