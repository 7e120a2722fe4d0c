"""One's own page: what is held, who sees it, correction, copy and deletion."""

from __future__ import annotations

from flask import Blueprint

from portal.core.feature import Feature
from portal.own import models  # noqa: F401

blueprint = Blueprint("own", __name__)

feature = Feature("own", blueprint)
