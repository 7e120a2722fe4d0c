"""One space of codes and one page for everything that can be verified."""

from __future__ import annotations

from flask import Blueprint

from portal.core.feature import Feature
from portal.verification import models  # noqa: F401

blueprint = Blueprint("verification", __name__)

feature = Feature("verification", blueprint)
