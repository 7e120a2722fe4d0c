"""The blueprint of the ledger; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("ledger", __name__)
