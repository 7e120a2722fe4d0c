"""A card is taken out of use by itself."""

from __future__ import annotations

import pytest

from tests.cards.rows import CARDS, cards_of, make_card, membership_of
from tests.harness.cases import either_engine


@pytest.fixture
def card(cast):
    return make_card(membership_of(cast.member))


def url_of(card) -> str:
    return f"{CARDS}/{card.public_id}/void"


def test_void_for_a_reason(cast, sign_in, card):
    response = sign_in(cast.secretary).submit(url_of(card), {"reason": "returned", "note": "搬家交回"})
    assert response.status_code == 303
    (shown,) = cards_of(card.membership_id)
    assert (shown.void_reason, shown.voided_at is None) == ("returned", False)
    assert "已作废" in sign_in(cast.secretary).get(response.location).text


def test_a_reason_is_needed(cast, sign_in, card):
    for reason in (None, "renewed", "removed", "whim"):
        response = sign_in(cast.secretary).submit(url_of(card), {"reason": reason, "note": "写下的备注"})
        assert response.status_code == 422
        assert "写下的备注" in response.text
    assert cards_of(card.membership_id)[0].voided_at is None


def test_twice_is_told(cast, sign_in, card):
    client = sign_in(cast.secretary)
    assert client.submit(url_of(card), {"reason": "lost"}).status_code == 303
    again = client.submit(url_of(card), {"reason": "damaged"})
    assert again.status_code == 422
    assert cards_of(card.membership_id)[0].void_reason == "lost"


@either_engine
def test_who_may_not(cast, sign_in, card, client):
    for account, status in ((cast.leader, 403), (cast.sibling, 404), (cast.ended, 404)):
        assert sign_in(account).force(url_of(card), {"reason": "lost"}).status_code == status
    assert (
        sign_in(cast.sibling).force(url_of(card).replace("wangjiang", "tingyu"), {"reason": "lost"}).status_code
        == 404
    )
    assert client.get(url_of(card)).status_code == 303
    sign_in(cast.secretary).get(url_of(card))
    assert cards_of(card.membership_id)[0].voided_at is None
