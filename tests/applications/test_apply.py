"""Applying at /join: one question a page, back and forth, sent once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from portal.applications import drafts
from portal.applications.models import ApplicationDraft, MembershipApplication
from portal.core import calendar
from portal.core.calendar import now
from portal.core.identity import demo_identity
from tests.applications.filling import NUMBER, PHONE, answers_of, birthday, count, fill_in, send
from tests.harness.cases import either_engine
from tests.harness.factory import kind_of


def row(db_session) -> MembershipApplication:
    return db_session.scalars(select(MembershipApplication)).one()


def test_from_the_start_to_the_reference(cast, client, db_session):
    start = client.page("/join?at=wangjiang")
    assert "望江社区协会" in start.get_text()
    link = next(a["href"] for a in start.find_all("a") if "/join/apply" in a["href"])
    assert client.page(link).select_one("input[name=association][checked]")["value"] == "wangjiang"
    assert fill_in(client, answers_of(cast), seen=True) == "/join/check"
    check = client.page("/join/check").get_text()
    for said in ("望江社区协会", "钟若兰", NUMBER, "139 0000 1234", "想参加志愿服务", cast.group.name):
        assert said in check
    reference = send(client)
    page = client.page(f"/join/{reference}/sent")
    assert reference[:4].upper() in page.get_text()
    made = row(db_session)
    assert (made.reference, made.state, made.channel) == (reference, "submitted", "web")
    assert (made.sex, str(made.birth_on), made.phone) == ("female", "1968-03-21", PHONE)
    assert (made.consents, made.notice_version, made.group_id) == (["register"], 1, cast.group.id)
    assert db_session.query(ApplicationDraft).count() == 0


def test_the_only_association_that_is_found_is_chosen(cast, client):
    one = client.page("/join/apply/association?q=望江").select("input[name=association]")
    assert [(box["value"], box.has_attr("checked")) for box in one] == [("wangjiang", True)]
    several = client.page("/join/apply/association?q=社区").select("input[name=association]")
    assert len(several) > 1
    assert not any(box.has_attr("checked") for box in several)


def test_sent_twice_it_is_one(cast, client, db_session):
    fill_in(client, answers_of(cast))
    data = {"csrf_token": client.token()}
    first, second = (client.post("/join/send", data=data).location for _ in range(2))
    assert first == second
    assert count() == 1


def test_control_without_the_token_s_reference_it_would_be_two(cast, client, monkeypatch):
    monkeypatch.setattr(drafts, "reference_of", lambda _token: drafts.new_token()[:12])
    fill_in(client, answers_of(cast))
    data = {"csrf_token": client.token()}
    first, second = (client.post("/join/send", data=data).location for _ in range(2))
    assert first != second


def test_what_is_kept_meanwhile_is_encrypted_and_private(cast, client, db_session):
    fill_in(client, dict(list(answers_of(cast).items())[:5]))
    draft = db_session.execute(text("SELECT token_hash, answers FROM application_draft")).one()
    cookie = client.get_cookie("join")
    assert cookie.value not in draft.token_hash
    assert "钟若兰" not in draft.answers
    assert NUMBER not in draft.answers
    response = client.get("/join/apply/name")
    assert response.headers["Cache-Control"] == "no-store"
    header = client.submit("/join/apply/name", {"name": "钟若"}).headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert count() == 0


def test_a_jump_ahead_leads_to_the_first_open_question(cast, client):
    assert client.get("/join/apply/consents").location == "/join/apply/association"
    assert client.get("/join/check").location == "/join/apply/association"
    fill_in(client, dict(list(answers_of(cast).items())[:3]))
    assert client.get("/join/check").location == "/join/apply/identity"
    assert client.force("/join/apply/consents", {"register": "y"}).location == "/join/apply/identity"
    assert client.get("/join/apply/guardian").location == "/join/apply/identity"
    assert client.get("/join/apply/nothing").status_code == 404


def test_a_change_leads_back_to_the_check_and_asks_what_it_opens(cast, client, db_session):
    fill_in(client, answers_of(cast))
    assert client.submit("/join/apply/name", {"name": "钟兰"}).location == "/join/check"
    assert client.page("/join/apply/name").select_one("input[name=name]")["value"] == "钟兰"
    assert client.submit("/join/apply/identity", {"identity_number": ""}).location == "/join/apply/birth"
    born = birthday(10).isoformat()
    assert client.submit("/join/apply/birth", {"sex": "female", "birth_on": born}).location == "/join/apply/guardian"
    guardian = {"guardian_name": "钟明", "guardian_phone": "13800000000", "guardian_agrees": "y"}
    assert client.submit("/join/apply/guardian", guardian).location == "/join/check"
    send(client)
    made = row(db_session)
    assert (made.name, made.identity_number, made.guardian_name) == ("钟兰", None, "钟明")


@either_engine
def test_another_association_asks_the_group_again(cast, client, db_session):
    fill_in(client, answers_of(cast))
    assert client.submit("/join/apply/association", {"association": "tingyu"}).location == "/join/check"
    send(client)
    assert (row(db_session).association_id, row(db_session).group_id) == (cast.sibling_community.id, None)


def test_an_organisation_names_its_contact(cast, client, db_session):
    organisation = {"organisation": {"organisation_name": "湖滨茶社"}, "identity": None, "residence": None}
    said = answers_of(cast, kind={"kind": kind_of(cast.community, 2).public_id}, **organisation)
    assert fill_in(client, said, seen=True) == "/join/check"
    send(client)
    made = row(db_session)
    assert (made.organisation_name, made.name, made.identity_number) == ("湖滨茶社", "钟若兰", None)


def test_not_sure_of_the_group_and_every_consent(cast, client, db_session):
    consents = {"register": "y", "photo": "y", "public_roster": "y"}
    fill_in(client, answers_of(cast, group={"group": "none"}, consents=consents))
    send(client)
    assert row(db_session).group_id is None
    assert row(db_session).consents == ["register", "photo", "public_roster"]


@pytest.mark.parametrize(("age", "days", "is_child"), [(14, 0, False), (14, 1, True), (13, 0, True), (0, 0, True)])
def test_the_guardian_s_part_ends_with_the_fourteenth_birthday(cast, client, age, days, is_child):
    born = {"sex": "male", "birth_on": birthday(age, days).isoformat()}
    before = dict(list(answers_of(cast, identity={"identity_number": ""}, birth=born).items())[:7])
    location = fill_in(client, before)
    assert location == "/join/apply/group"
    after = client.submit("/join/apply/group", {"group": "none"}).location
    assert after == ("/join/apply/guardian" if is_child else "/join/apply/reason")


def test_a_child_may_be_without_a_phone(cast, client, db_session):
    number = demo_identity(3, birthday(9), "male")
    guardian = {"guardian_name": "钟明", "guardian_phone": "13800000000", "guardian_agrees": "y"}
    said = answers_of(cast, identity={"identity_number": number}, contact={"phone": ""}, guardian=guardian)
    fill_in(client, said)
    send(client)
    assert (row(db_session).phone, row(db_session).guardian_phone) == (None, "13800000000")


NOT_YET = (calendar.today() + timedelta(days=2)).isoformat()


FAULTS: dict[str, list[dict[str, str]]] = {
    "association": [{}, {"association": "liuan"}, {"association": "nowhere"}],
    "kind": [{"kind": "x"}],
    "name": [{"name": ""}, {"name": "长" * 61}],
    "identity": [{"identity_number": NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")}],
    "birth": [
        {"birth_on": "1968-03-21"},
        {"sex": "other", "birth_on": "1968-03-21"},
        {"sex": "female", "birth_on": "2001-02-29"},
        {"sex": "female", "birth_on": NOT_YET},
        {"sex": "female", "birth_on": "1879-12-31"},
    ],
    "contact": [{"phone": ""}, {"phone": "12345"}, {"phone": PHONE, "email": "nobody"}],
    "residence": [{"residence": ""}],
    "group": [{"group": "foreign"}],
    "reason": [{"reason": "字" * 501}],
    "consents": [{"photo": "y"}],
}


@either_engine
def test_a_fault_is_said_by_its_field_and_nothing_typed_is_lost(cast, client):
    born = {"sex": "female", "birth_on": "1968-03-21"}
    said = answers_of(cast, identity={"identity_number": ""}, birth=born)
    assert set(FAULTS) <= set(said)
    for step, sound in said.items():
        url = f"/join/apply/{step}"
        for data in FAULTS.get(step, ()):
            response = client.force(url, data)
            assert response.status_code == 422, (step, data)
            assert 'class="summary"' in response.text
            typed = next((value for name, value in data.items() if value and name in ("name", "reason", "phone")), "")
            assert typed in response.text
        assert client.force(url, sound).status_code == 303, step


def test_under_14_without_a_guardian_it_goes_no_further(cast, client):
    said = answers_of(cast, identity={"identity_number": demo_identity(3, birthday(9), "male")})
    fill_in(client, dict(list(said.items())[:7]))
    for missing in ("guardian_name", "guardian_phone", "guardian_agrees"):
        data = {"guardian_name": "钟明", "guardian_phone": "13800000000", "guardian_agrees": "y", missing: ""}
        data = {name: value for name, value in data.items() if value}
        assert client.force("/join/apply/guardian", data).status_code == 422
    assert client.get("/join/check").location == "/join/apply/guardian"


def test_a_new_privacy_notice_is_agreed_to_anew(cast, client, db_session):
    from portal.people.services import default_notice, publish_notice

    fill_in(client, answers_of(cast))
    publish_notice(None, default_notice(), calendar.today())
    db_session.commit()
    assert client.force("/join/send").location == "/join/apply/consents"
    assert count() == 0
    assert client.submit("/join/apply/consents", {"register": "y"}).location == "/join/check"


def test_what_was_chosen_is_gone_meanwhile(cast, client, db_session):
    fill_in(client, answers_of(cast))
    cast.community.archived_on = calendar.today()
    db_session.commit()
    response = client.submit("/join/send", page="/join/check")
    assert response.status_code == 422
    assert "钟若兰" in response.text
    assert count() == 0


def test_deleted_on_a_shared_computer(cast, client, db_session):
    fill_in(client, answers_of(cast))
    assert client.submit("/join/forget", page="/join/check").status_code == 303
    assert db_session.query(ApplicationDraft).count() == 0
    assert client.get_cookie("join") is None
    assert client.get("/join/check").location == "/join/apply/association"


def test_a_draft_lasts_a_day(cast, client):
    fill_in(client, answers_of(cast))
    with calendar.at(now() + timedelta(days=1, minutes=1)):
        assert client.get("/join/check").location == "/join/apply/association"


def test_somebody_else_s_cookie_is_needed(cast, client, app):
    from tests.harness.client import client_of

    fill_in(client, answers_of(cast))
    assert client_of(app).get("/join/check").location == "/join/apply/association"


def test_without_a_privacy_notice_nothing_is_asked(cast, client, db_session):
    db_session.execute(text("DELETE FROM privacy_notice"))
    db_session.commit()
    assert client.get("/join/apply/association").location == "/join"
    assert client.force("/join/apply/association", {"association": "wangjiang"}).location == "/join"
    assert "/join/apply" not in str(client.page("/join"))


def test_only_by_post_and_with_a_token(cast, client):
    fill_in(client, answers_of(cast))
    assert client.get("/join/send").status_code == 404  # read as a reference, which nothing has
    assert client.post("/join/send").status_code == 400
    assert count() == 0
