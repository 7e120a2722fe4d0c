"""The queue as a file: what the page shows, no more."""

from __future__ import annotations

from collections.abc import Sequence

from portal.associations.models import Association
from portal.core.calendar import record_deadline
from portal.core.downloads import ListFile, words
from portal.core.formats import local
from portal.core.i18n import _, pgettext
from portal.hours.models import Category, MinutesOrigin
from portal.hours.queue import Waiting


def waiting(association: Association, rows: Sequence[Waiting]) -> ListFile:
    """What waits for approval, with what looks odd about it."""
    kinds, ways, between = words(Category.labels()), words(MinutesOrigin.labels()), pgettext("between names", ", ")
    headings = [
        _("Name"), _("Activity"), _("Date"), _("Group"), pgettext("hours", "Kind"), _("Minutes"),
        pgettext("hours", "How it was recorded"), _("Recorded by"), _("Recorded on"), _("To approve by"),
        _("What looks odd"),
    ]  # fmt: skip
    lines = [
        [
            one.entry.person.name,
            one.entry.title,
            one.entry.held_on,
            one.entry.group.name if one.entry.group else "",
            kinds[one.entry.category],
            one.revision.minutes,
            ways[one.revision.origin],
            one.revision.recorder.name if one.revision.recorder else "",
            local(one.revision.recorded_at, association.time_zone).date(),
            record_deadline(one.entry.held_on),
            between.join(one.oddities),
        ]
        for one in rows
    ]
    return ListFile(_("Hours to approve"), headings, lines)
