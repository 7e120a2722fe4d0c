"""Pages of attendance in the office: the lists of sessions, one list with its taps, closing it."""

from __future__ import annotations

from portal.attendance.blueprint import blueprint
from portal.core.feature import Feature

__all__ = ["blueprint", "feature"]

feature = Feature("attendance", blueprint)
