"""Appraisals as the rest of the portal sees them: the entries in the navigations, the pages."""

from __future__ import annotations

from portal.core.feature import Entry, Feature
from portal.core.i18n import lazy_pgettext
from portal.surveys import (  # noqa: F401 - their pages hang on the blueprint, or they are handed down
    answer_views,
    clock,
    office_views,
    proving,
    running_views,
)
from portal.surveys.blueprint import blueprint

feature = Feature(
    "surveys",
    blueprint,
    own=(Entry(lazy_pgettext("own", "Appraisals"), "surveys.own", 19),),
    office=(Entry(lazy_pgettext("office", "Appraisals"), "surveys.office_list", 66, "surveys.run"),),
)
