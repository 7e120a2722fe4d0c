"""Twenty officers reissue the same card at once: one card is in use."""

from __future__ import annotations

from portal.cards import queries, services
from portal.cards.models import IssueReason
from portal.core.database import db
from portal.members.models import Membership
from portal.members.queries import SHOWN
from tests.cards.rows import cards_of, live_cards, make_card, membership_of
from tests.harness.together import told

OFFICERS = 20


def reissues(membership_id, replaces):
    def reissue():
        membership = db.session.get(Membership, membership_id, options=SHOWN)
        services.issue(None, None, membership, IssueReason.LOST, replaces=replaces())

    return [reissue] * OFFICERS


def test_twenty_reissues_of_one_card_are_one(live_app, cast):
    card = make_card(membership_of(cast.member))
    seen = card.public_id
    words = told(live_app, reissues(card.membership_id, lambda: seen))
    assert sorted(words) == ["done"] + ["told"] * (OFFICERS - 1)
    assert len(live_cards(card.membership_id)) == 1
    assert len(cards_of(card.membership_id)) == 2


def test_whoever_looks_again_still_leaves_one_in_use(live_app, cast):
    """Each takes the card that is in use when the turn comes: many cards, one of them valid."""
    card = make_card(membership_of(cast.member))

    def in_use():
        return queries.live_card(card_membership).public_id

    card_membership = card.membership_id
    told(live_app, reissues(card_membership, in_use))
    assert len(live_cards(card_membership)) == 1
    serials = [one.serial for one in cards_of(card_membership)]
    assert serials == list(range(1, len(serials) + 1))
