"""Memberships: kinds, numbers, covers, places, suspensions and transfers."""

from __future__ import annotations

from typing import Any

from flask import abort, g

from portal.core import access, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.feature import Feature
from portal.members import models, queries  # noqa: F401
from portal.members.blueprint import blueprint
from portal.members.models import Membership
from portal.members.parts import parts_of

feature = Feature("members", blueprint)


@blueprint.get("/office/<code>/memberships/<public_id>")
@requires("members.read")
def membership(code: str, public_id: str) -> str:
    """One membership: what it is, whom it covers, where it has been, what was changed."""
    shown = load(public_id)
    return web.page("members/membership.html", membership=shown, day=today(), parts=parts_of(shown, g.association))


def load(public_id: str, right: str = "members.read") -> Membership:
    """A membership of this association or one below it that the reader may see; otherwise 404."""
    reach: Any = access.visible(queries.memberships_below(g.association), right, Membership)
    return queries.get_membership(reach, public_id) or abort(404)
