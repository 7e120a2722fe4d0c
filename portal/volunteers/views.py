"""Pages of volunteers."""

from __future__ import annotations

from portal.core.feature import Entry, Feature
from portal.core.i18n import lazy
from portal.volunteers import services
from portal.volunteers.blueprint import blueprint

__all__ = ["blueprint", "feature", "services"]

feature = Feature(
    "volunteers",
    blueprint,
    office=(Entry(lazy("Volunteers"), "volunteers.roster", 12, "volunteers.read", also=("lending",)),),
)

from portal.volunteers import roster_group_views, roster_tabs, roster_views  # noqa: E402, F401 - routes of this blueprint
