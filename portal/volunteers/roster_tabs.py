"""The rooms of the volunteers' section, in one row above each of them: those that the reader may open."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for

from portal.core.access import can
from portal.core.i18n import lazy, lazy_pgettext
from portal.volunteers.blueprint import blueprint

# Heading, page, right. Features above this one add their pages by being there.
ROOMS = (
    (lazy_pgettext("volunteers", "Roster"), "volunteers.roster", "volunteers.read"),
    (lazy("Registrations"), "volunteers.registrations", "volunteers.read"),
    (lazy_pgettext("volunteers", "Terms"), "volunteers.terms", "volunteers.read"),
    (lazy("Groups"), "volunteers.groups", "volunteers.read"),
    (lazy("Lending"), "lending.office_list", "volunteers.write"),
    (lazy_pgettext("volunteers", "Skills"), "volunteers.skills", "volunteers.write"),
    (lazy("Stars"), "certificates.stars", "volunteers.read"),
    (lazy_pgettext("volunteers", "Training"), "dossiers.training", "volunteers.read"),
    (lazy("Figures"), "dossiers.figures", "reports.read"),
)


@blueprint.app_template_global("volunteer_rooms")
def rooms(current: str = "") -> list[tuple[Any, str, bool]]:
    """For the macro `tabs`: heading, address, whether it is this page's. A page inside a room names the room."""
    here = current or request.endpoint
    shown = [room for room in ROOMS if room[1] in current_app.view_functions and can(room[2])]
    return [(heading, url_for(endpoint), endpoint == here) for heading, endpoint, _right in shown]
