"""The register from somebody's spreadsheet: mapping, preview, one transaction, undo."""

from __future__ import annotations

from flask import Blueprint

from portal.core.feature import Feature
from portal.imports import models  # noqa: F401

blueprint = Blueprint("imports", __name__)

feature = Feature("imports", blueprint)
