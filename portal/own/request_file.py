"""The office's list of requests as a file: who asked for what, and how it stands; no value that was asked for."""

from __future__ import annotations

from typing import Any

from portal.core.downloads import ListFile, each, words
from portal.core.formats import local
from portal.core.i18n import _, pgettext
from portal.own.models import PersonalRequest, RequestKind, RequestState


def requests(statement: Any) -> ListFile:
    kinds, states = words(RequestKind.labels()), words(RequestState.labels())

    def line(asked: PersonalRequest) -> list[Any]:
        place = asked.association
        day = local(asked.asked_at, place.time_zone).date()
        return [asked.person.name, kinds[asked.kind], place.display_name, day, states[asked.state]]

    headings = [_("Name"), _("What was asked"), _("Association"), _("Sent on"), pgettext("request", "State")]
    return ListFile(_("Requests about own data"), headings, statement, each(line))
