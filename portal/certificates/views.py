"""Stars and certificates as the rest of the portal sees them: the entries in the navigations, the pages."""

from __future__ import annotations

from portal.certificates import (
    models,  # noqa: F401
    office_views,
    own_views,
    part,
    star_views,
    table_views,
    telling,
)
from portal.certificates.blueprint import blueprint
from portal.certificates.exports import stars_shown
from portal.core.feature import Entry, Feature
from portal.core.i18n import lazy

__all__ = ["blueprint", "feature", "office_views", "own_views", "part", "star_views", "table_views", "telling"]

feature = Feature(
    "certificates",
    blueprint,
    own=(
        Entry(lazy("Stars and certificates"), "certificates.own_stars", 16, also=("certificates.own_certificates",)),
    ),
)

blueprint.add_app_template_global(stars_shown, "stars_shown")
