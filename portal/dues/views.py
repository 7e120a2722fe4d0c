"""Dues in the office: fee plans, charging a period, charges, waivers."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.dues import (  # noqa: F401 - their pages hang on the blueprint, or they are handed down
    charge_views,
    charging_views,
    closing,
    collecting,
    opening_views,
    plan_views,
    stale,
    waiver_views,
)
from portal.dues.blueprint import blueprint

feature = Feature("dues", blueprint)
