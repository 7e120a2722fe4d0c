"""The blueprint of hours; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("hours", __name__)
