"""The rooms of commendations, in one row above each of them: those that the reader may open."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, request, url_for

from portal.commendations.blueprint import blueprint
from portal.commendations.models import CommendationCall
from portal.core.access import can
from portal.core.i18n import lazy_pgettext

# Heading and page. Features above this one add their pages by being there, with the right that each declares.
ROOMS = (
    (lazy_pgettext("commendations", "Calls"), "commendations.office_list"),
    (lazy_pgettext("commendations", "Nominations"), "commendations.nominations"),
    (lazy_pgettext("commendations", "Suggestions"), "commendations.suggestions"),
    (lazy_pgettext("commendations", "Review"), "reviews.office_list"),
    (lazy_pgettext("commendations", "Register of honours"), "honours.office_list"),
    (lazy_pgettext("commendations", "Kinds"), "commendations.manage_kinds"),
)
TOPMOST = ("commendations.manage_kinds",)
# The pages that a call leads to, by its public id.
OF_CALL = (
    (lazy_pgettext("commendations", "Candidates by the record"), "commendations.candidates"),
    (lazy_pgettext("commendations", "Nominations to this call"), "commendations.call_nominations"),
    (lazy_pgettext("commendations", "Review of this call"), "reviews.call_page"),
)
BY_ITS_OWN = ("reviews.call_page",)  # of a call from above, the association above reviews


@blueprint.app_template_global("commendation_rooms")
def rooms(current: str = "") -> list[tuple[Any, str, bool]]:
    """For the macro `tabs`: heading, address, whether it is this page's. A page inside a room names the room."""
    here = current or request.endpoint
    return [(heading, url_for(endpoint), endpoint == here) for heading, endpoint in ROOMS if _is_open(endpoint)]


@blueprint.app_template_global("call_rooms")
def ways(call: CommendationCall) -> list[tuple[Any, str]]:
    """Heading and address of the pages about a call that there are, and that the reader may open."""
    is_own = call.association_id == g.association.id
    shown = [(heading, endpoint) for heading, endpoint in OF_CALL if _is_open(endpoint)]
    shown = [one for one in shown if is_own or one[1] not in BY_ITS_OWN]
    return [(heading, url_for(endpoint, public_id=call.public_id)) for heading, endpoint in shown]


@blueprint.app_template_global("page_if_there")
def page_if_there(endpoint: str, **values: Any) -> str | None:
    """The address of a page that another room may bring."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def _is_open(endpoint: str) -> bool:
    """Whether there is such a room here, and the reader holds the right that its page declares."""
    view = current_app.view_functions.get(endpoint)
    right = getattr(view, "access", None)
    is_here = endpoint not in TOPMOST or g.association.parent_id is None
    return is_here and right is not None and can(right, whole=getattr(view, "for_the_whole", False))
