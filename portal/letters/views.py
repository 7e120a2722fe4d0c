"""Letters and visits as the rest of the portal sees them: the entries in the navigations, the pages, the jobs."""

from __future__ import annotations

from portal.core.feature import Entry, Feature
from portal.core.i18n import lazy, lazy_pgettext
from portal.letters import (
    act_views,
    answer_views,
    figure_views,
    follow_views,
    office_views,
    onward_views,
    own_views,
    retention,
    sight,
    telling,
    write_views,
)
from portal.letters.blueprint import blueprint

__all__ = [
    "act_views",
    "answer_views",
    "blueprint",
    "feature",
    "figure_views",
    "follow_views",
    "office_views",
    "onward_views",
    "own_views",
    "telling",
    "write_views",
]


feature = Feature(
    "letters",
    blueprint,
    public=(Entry(lazy("Write to us"), "letters.start", 40),),
    own=(Entry(lazy("My letters"), "letters.own", 18),),
    office=(Entry(lazy_pgettext("office", "Letters"), "letters.office_list", 62, sight.RIGHT),),
    jobs=(retention.keep_up,),
)
