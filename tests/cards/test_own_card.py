"""One's own card: on the phone and as a file, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.cards.models import IssueReason
from portal.core.calendar import today
from portal.core.database import db
from portal.members.models import EndReason
from tests.cards.rows import code_of, make_card, membership_of, page_count, text_of
from tests.harness.cases import either_engine


@pytest.fixture
def card(cast):
    return make_card(membership_of(cast.member))


def pdf_of(card) -> str:
    return f"/me/cards/{card.public_id}/card.pdf"


@either_engine
def test_the_card_with_its_code(cast, sign_in, card):
    response = sign_in(cast.member).get("/me/card")
    assert "王秀英" in response.text
    assert code_of(card)[:4].upper() in response.text
    assert "<svg" in response.text
    assert response.headers["Cache-Control"] == "no-store"


@either_engine
def test_without_a_card_and_without_a_membership(cast, sign_in):
    assert "望江社区协会" in sign_in(cast.member).page("/me/card").select_one(".empty").get_text()
    assert "您没有会员证" in sign_in(cast.volunteer).page("/me/card").select_one(".empty").get_text()


@either_engine
def test_after_the_end_there_is_none(cast, sign_in, card):
    membership = membership_of(cast.member)
    membership.ended_on, membership.end_reason = today() - timedelta(days=1), EndReason.WITHDREW
    assert sign_in(cast.member).page("/me/card").select_one(".pass") is None


@either_engine
def test_as_a_file(cast, sign_in, card):
    response = sign_in(cast.member).get(pdf_of(card))
    assert response.mimetype == "application/pdf"
    assert response.headers["Cache-Control"] == "no-store"
    assert page_count(response.data) == 2
    text = text_of(response.data)
    for shown in ("王秀英", card.snapshot["number"], "望江社区协会", code_of(card)[:4].upper(), "2020年1月1日"):
        assert shown in text


@either_engine
def test_a_void_one_is_not_printed(cast, sign_in, card):
    make_card(membership_of(cast.member), IssueReason.LOST)
    assert sign_in(cast.member).get(pdf_of(card)).status_code == 404


@either_engine
def test_nobody_elses(cast, sign_in, card, client):
    db.session.commit()
    for account in (cast.stranger, cast.sibling, cast.secretary, cast.administrator):
        assert sign_in(account).get(pdf_of(card)).status_code == 404
        assert "王秀英" not in sign_in(account).get("/me/card").text
    for url in ("/me/card", pdf_of(card)):
        assert client.get(url).status_code == 303
    assert sign_in(cast.member).post(pdf_of(card)).status_code in (400, 405)
