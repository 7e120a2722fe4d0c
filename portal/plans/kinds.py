"""What kinds of activities there are."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from portal.core.formats import date_short
from portal.core.i18n import _, lazy, lazy_pgettext, pgettext


class ActivityKind(StrEnum):
    PUBLICITY = "publicity"
    TRAINING = "training"
    SERVICE = "service"
    VISIT = "visit"
    CULTURE = "culture"
    SAFETY = "safety"
    MEETING = "meeting"
    OTHER = "other"

    @property
    def label(self) -> str:
        return str(KINDS[self])

    def title_on(self, day: date) -> str:
        """A name for an activity that was given none: 11月21日安全与清洁."""
        label = _("Activity") if self is ActivityKind.OTHER else self.label
        return str(pgettext("activity", "%(kind)s, %(date)s", kind=label, date=date_short(day)))


KINDS = {
    ActivityKind.PUBLICITY: lazy("Publicity"),
    ActivityKind.TRAINING: lazy("Training"),
    ActivityKind.SERVICE: lazy("Service day"),
    ActivityKind.VISIT: lazy("Visits"),
    ActivityKind.CULTURE: lazy("Culture and sport"),
    ActivityKind.SAFETY: lazy("Safety and clean-up"),
    ActivityKind.MEETING: lazy("Meeting"),
    ActivityKind.OTHER: lazy_pgettext("activity kind", "Other"),
}
