"""Memberships: kinds, numbers, covers, places, suspensions and transfers."""

from __future__ import annotations

from flask import Blueprint

from portal.core.feature import Feature
from portal.members import models  # noqa: F401

blueprint = Blueprint("members", __name__)

feature = Feature("members", blueprint)
