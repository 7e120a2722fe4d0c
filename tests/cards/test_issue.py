"""The first card of a membership, and another in its place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.cards import services
from portal.cards.models import IssueReason
from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.members.models import EndReason
from tests.cards.rows import cards_of, code_of, live_cards, make_card, make_members, membership_of
from tests.harness.cases import either_engine

RARE = "李\U0003134f"


def page_of(membership, code="wangjiang") -> str:
    return f"/office/{code}/memberships/{membership.public_id}/card"


@pytest.fixture
def membership(cast):
    return membership_of(cast.member)


def test_the_first_card(cast, sign_in, membership):
    client = sign_in(cast.secretary)
    response = client.submit(page_of(membership), {"note": "现场领取"})
    (card,) = cards_of(membership.id)
    assert response.status_code == 303
    assert response.location.endswith(f"/office/wangjiang/cards/{card.public_id}")
    assert (card.serial, card.reason, card.note, card.voided_at) == (1, IssueReason.FIRST, "现场领取", None)
    assert card.snapshot == {
        "name": "王秀英",
        "number": membership.number,
        "kind": "个人会员",
        "association": "望江社区协会",
        "joined_on": "2020-01-01",
    }
    assert (card.issued_on, card.issued_by_id) == (today(), cast.secretary.person_id)
    assert (card.association_id, card.group_id) == (cast.community.id, cast.group.id)
    entry = db.session.query(AuditEntry).filter_by(action="cards.issue").one()
    assert (entry.actor_id, entry.person_id) == (cast.secretary.id, cast.member.person_id)


def test_a_reissue_voids_the_card_of_before(cast, sign_in, membership):
    old = make_card(membership)
    response = sign_in(cast.secretary).submit(page_of(membership), {"reason": "damaged"})
    assert response.status_code == 303
    first, second = cards_of(membership.id)
    assert (first.id, first.void_reason, first.voided_at is None) == (old.id, "damaged", False)
    assert (second.serial, second.reason, second.voided_at) == (2, "damaged", None)
    assert code_of(first) != code_of(second)


@either_engine
def test_a_reissue_needs_a_reason(cast, sign_in, membership):
    make_card(membership)
    for reason in (None, "first", "whim"):
        response = sign_in(cast.secretary).submit(page_of(membership), {"reason": reason, "note": "保留的备注"})
        assert response.status_code == 422
        assert "保留的备注" in response.text
    assert len(cards_of(membership.id)) == 1


def test_the_service_holds_reason_and_history_together(app, cast, membership):
    with pytest.raises(RuleError) as first:
        services.issue(None, None, membership, IssueReason.LOST)
    make_card(membership)
    with pytest.raises(RuleError) as again:
        services.issue(
            None, None, membership_of(cast.member), IssueReason.FIRST, replaces=live_cards(membership.id)[0].public_id
        )
    assert first.value.field == again.value.field == "reason"


def test_the_same_form_sent_twice_is_one_new_card(cast, sign_in, membership):
    make_card(membership)
    client = sign_in(cast.secretary)
    form = {"reason": "lost", "note": "", "replaces": live_cards(membership.id)[0].public_id}
    assert client.force(page_of(membership), form).status_code == 303
    again = client.force(page_of(membership), form)
    assert again.status_code == 422
    assert "刚才已有人发证" in again.text
    assert len(live_cards(membership.id)) == 1
    assert len(cards_of(membership.id)) == 2


@pytest.mark.parametrize("state", ["ended", "suspended"])
def test_only_an_active_membership_gets_one(cast, sign_in, membership, state):
    if state == "ended":
        membership.ended_on, membership.end_reason = today() - timedelta(days=1), EndReason.WITHDREW
    else:
        membership.suspended_on = today()
    response = sign_in(cast.secretary).submit(page_of(membership))
    assert response.status_code == 422
    assert {"ended": "已终止", "suspended": "已暂停"}[state] in response.text
    assert cards_of(membership.id) == []


@either_engine
def test_a_character_that_cannot_be_printed_is_named(cast, sign_in):
    (membership,) = make_members(cast.community, RARE)
    response = sign_in(cast.secretary).submit(page_of(membership))
    assert response.status_code == 422
    assert "U+3134F" in response.text
    assert RARE in response.text
    assert cards_of(membership.id) == []


def test_names_with_a_dot_can_be_printed(cast, sign_in):
    (membership,) = make_members(cast.community, "买买提·艾力江")
    assert sign_in(cast.secretary).submit(page_of(membership)).status_code == 303


@either_engine
def test_a_note_too_long_comes_back(cast, sign_in, membership):
    response = sign_in(cast.secretary).submit(page_of(membership), {"note": "长" * 201})
    assert response.status_code == 422
    assert "长" * 201 in response.text


@either_engine
def test_who_may_not(cast, sign_in, membership):
    db.session.commit()
    for account, status in ((cast.leader, 403), (cast.treasurer, 403), (cast.member, 404), (cast.ended, 404)):
        client = sign_in(account)
        assert client.get(page_of(membership)).status_code == status
        assert client.force(page_of(membership)).status_code == status
    sibling = sign_in(cast.sibling)
    assert sibling.force(page_of(membership)).status_code == 404
    assert sibling.force(page_of(membership, "tingyu")).status_code == 404
    assert cards_of(membership.id) == []


def test_an_officer_above_may(cast, sign_in, membership):
    assert sign_in(cast.chair).submit(page_of(membership, "liuan")).status_code == 303
    assert len(live_cards(membership.id)) == 1


@either_engine
def test_not_signed_in_and_no_get_issues(client, cast, membership):
    assert client.get(page_of(membership)).status_code == 303
    assert client.post(page_of(membership)).status_code == 400
    assert cards_of(membership.id) == []
