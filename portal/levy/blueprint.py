"""The blueprint of levies; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("levy", __name__)
