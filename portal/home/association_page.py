"""One association in public: what it is, who agreed to be named, how to reach it, what is new there.

It stands on this floor and not with the associations, for it shows notices and activities.
"""

from __future__ import annotations

from flask import abort

from portal.activities.queries import latest_public
from portal.associations import ties
from portal.associations.queries import count_below, get_association, list_groups
from portal.core import web
from portal.core.access import public
from portal.core.calendar import today
from portal.core.shared import shared
from portal.home.views import blueprint
from portal.honours.roll import has_any
from portal.notices.queries import latest_published
from portal.offices.queries import PublicOfficer, list_public_officers
from portal.statements.queries import latest_of

NOTICES, ACTIVITIES = 5, 3


@blueprint.get("/associations/<code>")
@public
@shared
def association(code: str) -> str:
    """The public page; it stays when the association is archived, and says so."""
    shown = get_association(code) or abort(404)
    officers = list_public_officers(shown)
    return web.page(
        "home/association.html",
        shown=shown,
        officers=[officer for officer in officers if officer.group_id is None],
        groups=[(group, _leaders(officers, group.id)) for group in list_groups(shown)],
        members=ties.ask().members_below([shown.id]).get(shown.id, 0),
        below=count_below(shown),
        notices=latest_published(NOTICES, shown.path),
        activities=latest_public(shown.path, ACTIVITIES),
        statement=latest_of(shown.id),
        honours=has_any(shown),
        day=today(shown.time_zone),
    )


def _leaders(officers: list[PublicOfficer], group_id: int) -> list[str]:
    return [officer.name for officer in officers if officer.group_id == group_id]
