"""Disclosure as the rest of the portal sees it: its pages. Its entry in the office is that of notices."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.disclosure import (  # noqa: F401 - their pages hang on the blueprint
    duty_views,
    guide_views,
    own_views,
    public_views,
)
from portal.disclosure.blueprint import blueprint

feature = Feature("disclosure", blueprint)
