"""The blueprint of reports; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("reports", __name__)
