"""People who stand in the register twice: found, merged, or told apart."""

from __future__ import annotations

from flask import Blueprint

from portal.core.feature import Feature
from portal.duplicates import models  # noqa: F401

blueprint = Blueprint("duplicates", __name__)

feature = Feature("duplicates", blueprint)
