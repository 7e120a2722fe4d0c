"""The blueprint of signups; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("signups", __name__)
