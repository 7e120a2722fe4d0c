"""Twenty officers reissue the same card at once: one card is in use."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from portal.cards import queries, services
from portal.cards.models import IssueReason
from portal.core.database import db
from portal.core.errors import RuleError
from portal.members.models import Membership
from portal.members.queries import SHOWN
from tests.cards.rows import cards_of, live_cards, make_card, membership_of

OFFICERS = 20


def at_once(app, membership_id, replaces):
    """What each of the officers was told, in threads that start together."""
    barrier = threading.Barrier(OFFICERS)

    def reissue(_number):
        with app.app_context():
            barrier.wait()
            try:
                membership = db.session.get(Membership, membership_id, options=SHOWN)
                services.issue(None, None, membership, IssueReason.LOST, replaces=replaces())
                db.session.commit()
            except RuleError:
                db.session.rollback()
                return "told"
            return "done"

    db.session.commit()
    with ThreadPoolExecutor(OFFICERS) as pool:
        return sorted(pool.map(reissue, range(OFFICERS)))


def test_twenty_reissues_of_one_card_are_one(live_app, cast):
    card = make_card(membership_of(cast.member))
    seen = card.public_id
    told = at_once(live_app, card.membership_id, lambda: seen)
    assert told == ["done"] + ["told"] * (OFFICERS - 1)
    assert len(live_cards(card.membership_id)) == 1
    assert len(cards_of(card.membership_id)) == 2


def test_whoever_looks_again_still_leaves_one_in_use(live_app, cast):
    """Each takes the card that is in use when the turn comes: many cards, one of them valid."""
    card = make_card(membership_of(cast.member))

    def in_use():
        return queries.live_card(card_membership).public_id

    card_membership = card.membership_id
    at_once(live_app, card_membership, in_use)
    assert len(live_cards(card_membership)) == 1
    serials = [one.serial for one in cards_of(card_membership)]
    assert serials == list(range(1, len(serials) + 1))
