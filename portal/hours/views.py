"""Hours as the rest of the portal sees them: the entries in the navigations, the pages, a person's part."""

from __future__ import annotations

from portal.core.feature import Entry, Feature
from portal.core.i18n import lazy, lazy_pgettext
from portal.hours import following, office_views, own_views, part
from portal.hours.blueprint import blueprint

__all__ = ["blueprint", "feature", "following", "office_views", "own_views", "part"]


feature = Feature(
    "hours",
    blueprint,
    own=(Entry(lazy("My hours"), "hours.own_list", 15),),
    office=(Entry(lazy_pgettext("navigation", "Hours"), "hours.office_list", 34, "hours.approve"),),
)
