"""The cards of a membership, on the membership's page."""

from __future__ import annotations

from portal.associations.models import Association
from portal.cards import exports, queries
from portal.core.calendar import today
from portal.core.i18n import _
from portal.members.models import Membership, MembershipState
from portal.members.parts import Part, part


@part(20)
def cards_of(membership: Membership, association: Association) -> Part:
    """Every card it had, the latest first, and the way to another."""
    context = {
        "cards": queries.list_cards(membership.id),
        "state_of": exports.state_of,
        "words": exports.states(),
        "may_issue": membership.ended_on is None and membership.state_on(today()) == MembershipState.ACTIVE,
    }
    return Part(_("Member cards"), "cards/_membership.html", context)
