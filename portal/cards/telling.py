"""What a stranger learns about a card by its code."""

from __future__ import annotations

from sqlalchemy import select

from portal.associations.models import Association
from portal.cards.models import MemberCard
from portal.cards.services import KIND
from portal.core.calendar import today
from portal.core.database import db
from portal.core.formats import mask_name
from portal.core.i18n import _
from portal.members.models import Membership, MembershipState
from portal.verification.kinds import State, Verdict, tells


@tells(KIND)
def tell(code_id: int) -> Verdict | None:
    """A void card is not valid, whatever the membership is; nor is a valid one while the membership rests."""
    row = db.session.execute(
        select(MemberCard, Membership, Association.name)
        .join(Membership, Membership.id == MemberCard.membership_id)
        .join(Association, Association.id == MemberCard.association_id)
        .where(MemberCard.code_id == code_id)
    ).one_or_none()
    if row is None:
        return None
    card, membership, association = row
    name = card.printed_name if membership.organisation_name else mask_name(card.printed_name)
    return Verdict(_state(card, membership), str(_("Member card")), name, association)


def _state(card: MemberCard, membership: Membership) -> State:
    if card.voided_at is not None:
        return State.VOID
    states = {MembershipState.ENDED: State.ENDED, MembershipState.SUSPENDED: State.VOID}
    return states.get(membership.state_on(today()), State.VALID)
