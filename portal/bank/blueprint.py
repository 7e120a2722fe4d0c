"""The blueprint of the bank's files and lines; its views lie in several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("bank", __name__)
