"""Member cards: issued, reissued, printed, void."""

from __future__ import annotations

from flask import Blueprint

from portal.cards import models  # noqa: F401
from portal.core.feature import Feature

blueprint = Blueprint("cards", __name__)

feature = Feature("cards", blueprint)
