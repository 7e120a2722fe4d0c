"""Pages of sign-ups: one's own, the leader's list, the calendar."""

from __future__ import annotations

from portal.core.feature import Entry, Feature
from portal.core.i18n import lazy
from portal.signups import add_views, calendar_views, following, mails, office_part, office_views, own_views, panel
from portal.signups.blueprint import blueprint

__all__ = [
    "add_views",
    "blueprint",
    "calendar_views",
    "feature",
    "following",
    "mails",
    "office_part",
    "office_views",
    "own_views",
    "panel",
]

feature = Feature("signups", blueprint, own=(Entry(lazy("My sign-ups"), "signups.own", 3),))
