"""Memberships: kinds, numbers, covers, places, suspensions and transfers."""

from __future__ import annotations

from typing import Any

from flask import abort, g

from portal.core import access, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.feature import Feature
from portal.members import history, models, person_part, queries  # noqa: F401
from portal.members.blueprint import blueprint
from portal.members.models import Holder, Membership
from portal.members.parts import parts_of
from portal.people.models import Person
from portal.people.queries import people_by_public_ids

feature = Feature("members", blueprint)


@blueprint.get("/office/<code>/memberships/<public_id>")
@requires("members.read")
def membership(code: str, public_id: str) -> str:
    """One membership: what it is, whom it covers, where it has been, what was changed."""
    shown = load(public_id)
    covers = queries.list_covers(shown) if shown.kind.holder != Holder.PERSON else []
    transfers = queries.list_transfers_of(shown)
    entries = queries.list_entries_about(shown, transfers)
    context = {
        "covers": covers,
        "transfers": transfers,
        "stays": queries.list_way(shown),
        "history": history.lines(entries),
        "parts": parts_of(shown, g.association),
        "opened": _opened(shown, [row.person for row in covers]),
        "may_take_back": _may_take_back(shown),
    }
    return web.page("members/membership.html", membership=shown, day=today(), **context)


def _may_take_back(shown: Membership) -> bool:
    """Whether it was ended today, and the person is still in the register."""
    if shown.ended_on is None or shown.person.removed_at is not None:
        return False
    return queries.end_of_today(shown) is not None


def _opened(shown: Membership, covered: list[Person]) -> set[str]:
    """The public ids of those people whose own page opens for the reader."""
    named = [shown.person, *covered, *([shown.payer] if shown.payer else [])]
    found = people_by_public_ids(access.reached("members.read"), [one.public_id for one in named])
    return {one.public_id for one in found if any(held.is_live for held in one.affiliations)}


def load(public_id: str, right: str = "members.read") -> Membership:
    """A membership of this association or one below it that the reader may see; otherwise 404."""
    reach: Any = access.visible(queries.memberships_below(g.association), right, Membership)
    return queries.get_membership(reach, public_id) or abort(404)


from portal.members import (  # noqa: E402, F401 - their routes belong to this blueprint
    change_views,
    cover_views,
    entry_views,
    kind_views,
    roll_views,
    transfer_views,
)
