"""The rooms of what is published, in one row above each of them: those that the reader may open."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for

from portal.core.access import can
from portal.core.i18n import lazy_pgettext
from portal.notices.blueprint import blueprint

# Heading and page. Features above this one add their pages by being there, with the right that each declares.
ROOMS = (
    (lazy_pgettext("office", "Notices"), "notices.office_list"),
    (lazy_pgettext("office", "Disclosure"), "disclosure.calendar"),
    (lazy_pgettext("office", "Notice periods"), "objections.office_list"),
    (lazy_pgettext("office", "Charters"), "charters.office_list"),
)


@blueprint.app_template_global("notice_rooms")
def rooms(current: str = "") -> list[tuple[Any, str, bool]]:
    """For the macro `tabs`: heading, address, whether it is this page's. A page inside a room names the room."""
    here = current or request.endpoint
    return [(heading, url_for(endpoint), endpoint == here) for heading, endpoint in ROOMS if _is_open(endpoint)]


def _is_open(endpoint: str) -> bool:
    """Whether there is such a room, and the reader holds the right that its page declares."""
    view = current_app.view_functions.get(endpoint)
    right = getattr(view, "access", None)
    return right is not None and can(right, whole=getattr(view, "for_the_whole", False))
