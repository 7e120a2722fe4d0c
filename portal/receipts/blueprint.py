"""The blueprint of receipts; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("receipts", __name__)
