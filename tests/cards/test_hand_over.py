"""A card is handed over, one or a whole stack; what was marked by mistake is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import today
from tests.cards.rows import CARDS, cards_of, make_card, make_members, membership_of
from tests.harness.cases import either_engine


@pytest.fixture
def card(cast):
    return make_card(membership_of(cast.member), issued_on=today() - timedelta(days=3))


def day_of(card):
    return cards_of(card.membership_id)[0].handed_over_on


def test_on_a_day(cast, sign_in, card):
    response = sign_in(cast.secretary).submit(f"{CARDS}/{card.public_id}/hand-over")
    assert response.status_code == 303
    assert day_of(card) == today()


@pytest.mark.parametrize("days", [1, -4])
def test_not_on_a_day_to_come_nor_before_it_was_issued(cast, sign_in, card, days):
    day = (today() + timedelta(days=days)).isoformat()
    response = sign_in(cast.secretary).submit(f"{CARDS}/{card.public_id}/hand-over", {"on": day})
    assert response.status_code == 422
    assert day in response.text
    assert day_of(card) is None


def test_what_is_no_day_comes_back(cast, sign_in, card):
    for typed in ("", "昨天"):
        response = sign_in(cast.secretary).submit(f"{CARDS}/{card.public_id}/hand-over", {"on": typed})
        assert response.status_code == 422
        assert typed in response.text


def test_taken_back(cast, sign_in, card):
    client = sign_in(cast.secretary)
    client.submit(f"{CARDS}/{card.public_id}/hand-over")
    page = f"{CARDS}/{card.public_id}"
    assert client.submit(f"{page}/take-back", page=page).status_code == 303
    assert day_of(card) is None


def test_a_void_card_is_not_handed_over(cast, sign_in, card):
    client = sign_in(cast.secretary)
    client.submit(f"{CARDS}/{card.public_id}/void", {"reason": "lost"})
    assert client.submit(f"{CARDS}/{card.public_id}/hand-over").status_code == 422
    client.force(f"{CARDS}/{card.public_id}/take-back")
    assert day_of(card) is None


def test_a_stack_for_a_group(cast, sign_in, card):
    others = [make_card(one) for one in make_members(cast.community, "林栩", "周舟", group_id=cast.other_group.id)]
    url = f"{CARDS}/hand-over?group={cast.other_group.public_id}"
    client = sign_in(cast.secretary)
    assert "2" in client.page(url).select_one(".confirm h2").text
    assert client.submit(url).status_code == 303
    assert [day_of(one) for one in others] == [today(), today()]
    assert day_of(card) is None
    assert client.get(url).location.endswith(f"{CARDS}?state=valid"), "nothing waits any more"


@either_engine
def test_who_may_not(cast, sign_in, card, client):
    for path in (f"{card.public_id}/hand-over", f"{card.public_id}/take-back", "hand-over"):
        for account, status in ((cast.leader, 403), (cast.sibling, 404), (cast.ended, 404), (cast.member, 404)):
            assert sign_in(account).force(f"{CARDS}/{path}", {"on": today().isoformat()}).status_code == status
        elsewhere = sign_in(cast.sibling).force(f"/office/tingyu/cards/{path}", {"on": today().isoformat()})
        assert elsewhere.status_code == (303 if path == "hand-over" else 404), "nothing of theirs waits there"
        assert client.post(f"{CARDS}/{path}").status_code == 400
    assert client.get(f"{CARDS}/hand-over").status_code == 303
    assert day_of(card) is None
