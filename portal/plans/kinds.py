"""What kinds of activities there are."""

from __future__ import annotations

from datetime import date

from portal.core.formats import date_short
from portal.core.i18n import _, lazy, lazy_pgettext, pgettext
from portal.core.labels import Labelled


class ActivityKind(Labelled):
    PUBLICITY = "publicity", lazy("Publicity")
    TRAINING = "training", lazy("Training")
    SERVICE = "service", lazy("Service day")
    VISIT = "visit", lazy("Visits")
    CULTURE = "culture", lazy("Culture and sport")
    SAFETY = "safety", lazy("Safety and clean-up")
    MEETING = "meeting", lazy("Meeting")
    OTHER = "other", lazy_pgettext("activity kind", "Other")

    def title_on(self, day: date) -> str:
        """A name for an activity that was given none: 11月21日安全与清洁."""
        label = _("Activity") if self is ActivityKind.OTHER else self.label
        return str(pgettext("activity", "%(kind)s, %(date)s", kind=label, date=date_short(day)))
