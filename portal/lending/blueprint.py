"""The blueprint of lending; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("lending", __name__)
