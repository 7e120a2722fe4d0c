"""A stranger verifies a code: typed or scanned, in each state, and learns nothing more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.cards import services
from portal.cards.models import IssueReason, VoidReason
from portal.core.calendar import at, now, today
from portal.core.database import db
from portal.members.models import EndReason
from portal.verification import attempts, codes
from portal.verification.models import VerifiableCode
from tests.cards.rows import code_of, loaded, make_card, membership_of
from tests.harness.cases import each, either_engine


@pytest.fixture(autouse=True)
def no_attempts(app):
    app.extensions.pop("portal.verification", None)


@pytest.fixture
def card(app, cast):
    return make_card(membership_of(cast.member))


def verdict(client, code, status=200) -> str:
    return client.page(f"/verify/{code}", status).select_one(".verdict").get_text(" ", strip=True)


@either_engine
def test_a_valid_card(client, cast, card):
    shown = verdict(client, code_of(card))
    assert "有效" in shown
    assert "王**" in shown
    assert cast.community.name in shown
    page = client.get(f"/verify/{code_of(card)}").text
    for secret in ("王秀英", card.snapshot["number"], "2020", cast.group.name):
        assert secret not in page


@either_engine
def test_an_ended_membership(client, cast, card):
    membership = membership_of(cast.member)
    membership.ended_on, membership.end_reason = today() - timedelta(days=1), EndReason.EXCLUDED
    shown = verdict(client, code_of(card))
    assert "已终止" in shown
    assert EndReason.EXCLUDED.label not in client.get(f"/verify/{code_of(card)}").text


def test_a_membership_is_valid_on_its_last_day(client, cast, card):
    membership = membership_of(cast.member)
    membership.ended_on, membership.end_reason = today(), EndReason.WITHDREW
    assert "有效" in verdict(client, code_of(card))


def test_a_void_card(client, cast, card):
    services.void(cast.secretary, loaded(cast.secretary, cast.community, card), VoidReason.LOST, "由女儿报失")
    shown = verdict(client, code_of(card))
    assert "无效" in shown
    assert "遗失" not in shown


def test_a_suspended_membership(client, cast, card):
    membership_of(cast.member).suspended_on = today()
    assert "无效" in verdict(client, code_of(card))


def test_after_a_reissue_the_old_code_is_void_and_the_new_one_valid(client, cast, card):
    fresh = make_card(membership_of(cast.member), IssueReason.LOST)
    assert "无效" in verdict(client, code_of(card))
    assert "有效" in verdict(client, code_of(fresh))


def test_an_organisation_is_named_whole(client, cast):
    membership = membership_of(cast.member)
    membership.organisation_name = "清河五金店"
    card = make_card(membership)
    assert "清河五金店" in verdict(client, code_of(card))


@either_engine
def test_a_code_that_nobody_tells_about_is_unknown(client, cast):
    db.session.add(VerifiableCode(code="0" * 16, kind="receipt"))
    assert "查无此码" in verdict(client, "0" * 16, 404)


UNKNOWN = ("7k3m9xq20tb5wz4c", "zzzzzzzzzzzzzzzz", "short", "x" * 90, "%F0%9F%98%80", "..", "-", "%27%20or%201%3D1")


@either_engine
def test_all_unknown_codes_get_the_same_bytes(client, cast):
    answers = {client.get(f"/verify/{code}").data for code in UNKNOWN}
    assert len(answers) == 1
    assert {client.get(f"/verify/{code}").status_code for code in UNKNOWN} == {404}


@either_engine
def test_unknown_and_malformed_codes_cost_the_same_questions(client, cast, query_count):
    counts = set()
    for code in UNKNOWN:
        with query_count() as queries:
            client.get(f"/verify/{code}")
        counts.add(len(queries))
    assert len(counts) == 1


@either_engine
@each("write", [str, str.upper, lambda code: codes.shown(code), lambda code: f"  {code[:5]} – {code[5:]} "])
def test_a_code_is_read_forgivingly(client, cast, card, write):
    response = client.get("/verify", query_string={"code": write(code_of(card))})
    assert response.status_code == 303
    assert "有效" in client.get(response.location).text


def test_letters_taken_for_digits(app):
    assert codes.read("O0oI1l Ｌ-ab") == "0001111ab"
    assert codes.shown("7k3m9xq20tb5wz4c") == "7K3M-9XQ2-0TB5-WZ4C"


def test_codes_are_long_and_of_the_alphabet(app):
    found = {codes.new_code() for _number in range(500)}
    assert len(found) == 500
    assert all(len(code) == 16 and codes.read(code.upper()) == code for code in found)


@either_engine
def test_nothing_typed_is_said_by_the_field(client, cast):
    assert client.page("/verify").select_one("#code-error") is None
    assert client.page("/verify?code=+").select_one("#code-error") is not None


def test_no_search_engine_and_no_old_answer(client, card):
    for url in ("/verify", f"/verify/{code_of(card)}"):
        headers = client.get(url).headers
        assert headers["X-Robots-Tag"] == "noindex"
        assert headers["Cache-Control"] == "no-cache"


@either_engine
def test_a_post_is_refused(client, card):
    assert client.post(f"/verify/{code_of(card)}").status_code in (400, 405)


def test_guessing_is_slowed(client, cast, card):
    for _number in range(attempts.FREE):
        assert client.get("/verify/guess").status_code == 404
    slowed = client.get(f"/verify/{code_of(card)}")
    assert slowed.status_code == 429
    assert "有效" not in slowed.text
    with at(now() + attempts.FIRST_WAIT):
        assert client.get(f"/verify/{code_of(card)}").status_code == 200
        assert client.get("/verify/guess").status_code == 404
        assert client.get("/verify/guess").status_code == 429


def test_control_valid_codes_never_wait(client, card):
    for _number in range(attempts.FREE + 5):
        assert client.get(f"/verify/{code_of(card)}").status_code == 200


def test_another_address_does_not_wait(client, card):
    for _number in range(attempts.FREE + 1):
        client.get("/verify/guess")
    elsewhere = client.get(f"/verify/{code_of(card)}", environ_base={"REMOTE_ADDR": "198.51.100.7"})
    assert elsewhere.status_code == 200


def test_an_address_of_ipv6_is_its_network(app):
    assert attempts.network("2001:db8:1:2::1") == attempts.network("2001:db8:1:2:ffff::7")
    assert attempts.network("2001:db8:1:3::1") != attempts.network("2001:db8:1:2::1")
    assert attempts.network("198.51.100.7") != attempts.network("198.51.100.8")
    assert attempts.network(None) == attempts.network("nonsense")


def test_waits_grow_to_five_minutes_and_are_forgotten(app):
    kept = attempts.Attempts()
    for _number in range(attempts.FREE + 30):
        kept.fail("a")
    assert kept.wait("a") == attempts.LONGEST_WAIT.total_seconds()
    with at(now() + attempts.WINDOW):
        assert kept.wait("a") == 0


def test_the_memory_of_attempts_is_bounded(app, monkeypatch):
    monkeypatch.setattr(attempts, "MOST_ADDRESSES", 3)
    kept = attempts.Attempts()
    for number in range(10):
        kept.fail(str(number))
    assert len(kept._failed) == 3


@either_engine
def test_the_page_names_all_that_can_be_verified(client, cast):
    shown = client.page("/verify").select_one("main").text
    assert all(word in shown for word in ("会员证", "聘书", "服务证明"))
