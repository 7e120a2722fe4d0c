"""The blueprint that all pages of the feature hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("honours", __name__)
