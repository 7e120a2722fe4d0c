"""Pages of volunteers."""

from __future__ import annotations

from portal.core.feature import Entry, Feature
from portal.core.i18n import lazy, lazy_pgettext
from portal.volunteers import retention, services
from portal.volunteers.blueprint import blueprint

__all__ = ["blueprint", "feature", "services"]

BELONGING = ("lending", "certificates", "dossiers")
feature = Feature(
    "volunteers",
    blueprint,
    public=(Entry(lazy_pgettext("navigation", "Volunteer"), "volunteers.start", 37),),
    own=(Entry(lazy("My volunteering"), "volunteers.own", 8, also=("dossiers.own",)),),
    office=(Entry(lazy("Volunteers"), "volunteers.roster", 12, "volunteers.read", also=BELONGING),),
    jobs=(retention.forget,),
)

from portal.volunteers import (  # noqa: E402, F401 - routes of this blueprint
    follow_views,
    letter_views,
    office_views,
    own_views,
    person_part,
    register_views,
    roster_group_views,
    roster_tabs,
    roster_views,
    skill_views,
    telling,
    term_views,
)
