"""The blueprint of certificates; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("certificates", __name__)
