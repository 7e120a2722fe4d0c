"""The blueprint of dossiers; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("dossiers", __name__)
