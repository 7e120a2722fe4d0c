"""Cards on paper: what can be read and selected, long names, the sheet, and what cannot be printed."""

from __future__ import annotations

import pytest

from portal.associations.queries import get_root
from portal.cards import printing
from portal.cards.models import IssueReason
from portal.core.database import db
from portal.core.documents import MissingGlyphs
from tests.cards.rows import (
    CARDS,
    cards_of,
    code_of,
    loaded,
    make_card,
    make_members,
    membership_of,
    page_count,
    text_of,
)
from tests.harness.cases import each, either_engine


@pytest.fixture
def card(cast):
    return make_card(membership_of(cast.member))


@either_engine
def test_the_office_prints_one(cast, sign_in, card):
    response = sign_in(cast.secretary).get(f"{CARDS}/{card.public_id}/card.pdf")
    assert response.mimetype == "application/pdf"
    text = text_of(response.data)
    for shown in (
        "王秀英",
        card.snapshot["number"],
        "清河区协会联合会",
        "个人会员",
        code_of(card)[:4].upper(),
        "/verify",
    ):
        assert shown in text


@either_engine
def test_a_void_card_is_not_printed_again(cast, sign_in, card):
    make_card(membership_of(cast.member), IssueReason.DAMAGED)
    assert sign_in(cast.secretary).get(f"{CARDS}/{card.public_id}/card.pdf").status_code == 404


@either_engine
def test_who_may_not(cast, sign_in, card, client):
    db.session.commit()
    url = f"{CARDS}/{card.public_id}/card.pdf"
    for account, status in ((cast.leader, 403), (cast.sibling, 404), (cast.member, 404), (cast.ended, 404)):
        assert sign_in(account).get(url).status_code == status
    assert sign_in(cast.sibling).get(url.replace("wangjiang", "tingyu")).status_code == 404
    assert client.get(url).status_code == 303


@each("name", ["买买提·艾力江·阿卜杜热合曼", "Anna Louise Weatherby-Smith", "清" * 40])
def test_a_long_name_stays_on_its_card(cast, name):
    (membership,) = make_members(cast.community, name)
    card = loaded(cast.secretary, cast.community, make_card(membership))
    pdf = printing.print_cards([card], get_root())
    assert page_count(pdf) == 2
    assert name.replace(" ", "") in text_of(pdf)


def test_eleven_cards_are_two_sheets_with_their_backs(cast):
    made = [make_card(one) for one in make_members(cast.community, *(f"钱{chr(0x4E00 + n)}" for n in range(11)))]
    cards = [loaded(cast.secretary, cast.community, card) for card in made]
    pdf = printing.print_cards(cards, get_root(), printing.SHEET)
    assert page_count(pdf) == 4
    assert text_of(pdf).count("望江社区协会") == 22


def test_a_gap_is_never_printed(cast, card):
    shown = loaded(cast.secretary, cast.community, card)
    shown.snapshot = {**shown.snapshot, "name": "李\U0003134f"}
    with pytest.raises(MissingGlyphs):
        printing.print_cards([shown], get_root())
    assert len(cards_of(shown.membership_id)) == 1


def test_the_code_leads_to_the_page_of_the_settings(app, cast, card):
    settings = app.extensions["portal.settings"]
    shown = loaded(cast.secretary, cast.community, card)
    assert printing.verify_url(shown) == f"{settings.base_url}/verify/{code_of(card)}"


def test_a_qr_code_keeps_its_finders():
    """The three squares by which a reader finds it, as strokes of seven modules at the corners."""
    drawn = printing.qr_rows("https://example.org/verify/0123456789abcdef")
    assert "M0 0h7v1h-7z" in drawn
    assert "M0 6h7v1h-7z" in drawn
