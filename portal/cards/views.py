"""Member cards: issued, reissued, printed, void."""

from __future__ import annotations

from portal.cards import batch, models, telling  # noqa: F401
from portal.cards.blueprint import blueprint
from portal.core.feature import Feature

feature = Feature("cards", blueprint)
