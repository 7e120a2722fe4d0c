"""Dues in the office: fee plans, charging a period, charges, waivers."""

from __future__ import annotations

from portal.core.feature import Feature
from portal.dues import charge_views, charging_views, plan_views  # noqa: F401 - their pages hang on the blueprint
from portal.dues.blueprint import blueprint

feature = Feature("dues", blueprint)
