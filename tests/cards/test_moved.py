"""What happens to a card when the member moves, is renamed, or asks for the record's deletion."""

from __future__ import annotations

import pytest

from portal.cards.models import IssueReason
from portal.cards.telling import tell
from portal.core.calendar import today
from portal.members import services as members
from portal.members.models import EndReason
from portal.people import removal
from portal.people import services as people
from portal.verification.kinds import State
from tests.cards.rows import cards_of, live_cards, make_card, membership_of
from tests.harness.cases import either_engine


def move(cast):
    membership = membership_of(cast.member)
    members.settle(None, membership, cast.sibling_community, None, membership.joined_on)
    members.moved.send(membership)


def test_a_transfer_voids_the_card_and_the_new_association_issues_another(cast, sign_in):
    membership = membership_of(cast.member)
    make_card(membership)
    move(cast)
    (old,) = cards_of(membership.id)
    assert old.void_reason == IssueReason.TRANSFERRED
    client = sign_in(cast.sibling)
    assert "王秀英" in client.get("/office/tingyu/cards?state=missing").text
    url = f"/office/tingyu/memberships/{membership.public_id}/card"
    assert client.submit(url, {"reason": "transferred"}).status_code == 303
    (fresh,) = live_cards(membership.id)
    assert (fresh.association_id, fresh.snapshot["association"]) == (cast.sibling_community.id, "听雨社区协会")


@either_engine
def test_the_association_of_before_opens_it_no_more(cast, sign_in):
    card = make_card(membership_of(cast.member))
    move(cast)
    assert sign_in(cast.secretary).get(f"/office/wangjiang/cards/{card.public_id}").status_code == 404
    assert sign_in(cast.sibling).get(f"/office/tingyu/cards/{card.public_id}").status_code == 200


def test_a_move_without_a_card_is_quiet(cast):
    move(cast)
    assert cards_of(membership_of(cast.member).id) == []


def test_a_correction_leaves_the_card_as_it_was_printed(cast):
    card = make_card(membership_of(cast.member))
    people.correct_person(None, membership_of(cast.member).person, name="王秀瑛")
    assert cards_of(card.membership_id)[0].printed_name == "王秀英"


def test_a_deleted_record_leaves_no_name_and_no_valid_card(cast):
    card = make_card(membership_of(cast.member))
    removal.remove_person(None, membership_of(cast.member).person, "zh-Hans")
    (left,) = cards_of(card.membership_id)
    assert "王秀英" not in str(left.snapshot)
    assert left.void_reason == "removed"


@pytest.mark.parametrize(
    ("reason", "void"),
    [
        (EndReason.IN_ERROR, "ended"),
        (EndReason.EXCLUDED, "ended"),
        (EndReason.DELETED, "removed"),
        (EndReason.WITHDREW, ""),
    ],
)
def test_an_end_that_leaves_no_last_day_voids_the_card_at_once(cast, reason, void):
    """Whoever withdraws has the card through the last day; of an error or an exclusion it is void the same moment."""
    card = make_card(membership_of(cast.member))
    members.end_membership(None, membership_of(cast.member), today(), reason)
    assert cards_of(card.membership_id)[0].void_reason == void
    assert tell(card.code_id).state == (State.VOID if void else State.VALID)


def test_an_ended_membership_offers_no_card(cast, sign_in):
    held = membership_of(cast.member)
    card, client = make_card(held), sign_in(cast.secretary)
    pages = (f"/office/wangjiang/memberships/{held.public_id}", f"/office/wangjiang/cards/{card.public_id}")
    issuing = f"/memberships/{held.public_id}/card"
    assert [issuing in client.get(url).text for url in pages] == [True, True]
    members.end_membership(None, held, today(), EndReason.WITHDREW)
    assert [issuing in client.get(url).text for url in pages] == [False, False]
    assert (
        client.force(f"/office/wangjiang{issuing}", {"reason": "lost", "replaces": card.public_id}).status_code == 422
    )
