"""The blueprint of arrears; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("arrears", __name__)
