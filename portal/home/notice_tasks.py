"""What waits in the rooms of what is published: a line for everything of which there is some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portal.associations.models import Association
from portal.core.formats import datetime_local
from portal.core.i18n import _, ngettext

# Title, detail, page, action: a task without a day.
Line = tuple[str, str, tuple[str, dict[str, Any]], str]


def lines(found: Mapping[str, Any], association: Association) -> Iterator[Line]:
    """What was sent back or waits for a review first; a draft of one's own can wait."""
    page = "notices.office_list"
    if count := found.get("sent_back"):
        title = ngettext("%(num)d notice was sent back to you", "%(num)d notices were sent back to you", count)
        yield title, _("Read the note, change it, submit it again."), (page, {"state": "draft"}), _("Open")
    if count := found.get("to_review"):
        title = ngettext("%(num)d notice waits for your review", "%(num)d notices wait for your review", count)
        yield title, _("Approve it, or send it back with a note."), (page, {"state": "submitted"}), _("Read")
    if count := found.get("approved"):
        title = ngettext("%(num)d notice is approved", "%(num)d notices are approved", count)
        yield title, _("Publish now, or set a moment."), (page, {"state": "draft"}), _("Open")
    if count := found.get("drafts"):
        title = ngettext("%(num)d draft of a notice", "%(num)d drafts of notices", count)
        yield title, _("Check and publish, or discard."), (page, {}), _("Open")
    if count := found.get("scheduled"):
        title = ngettext("%(num)d notice is scheduled", "%(num)d notices are scheduled", count)
        moment = datetime_local(found["scheduled_for"], association.time_zone)
        detail = _("The next is published on %(time)s.", time=moment)
        yield title, detail, (page, {"state": "scheduled"}), _("Open")
