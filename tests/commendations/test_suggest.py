"""Speaking for somebody: from a phone without an account, signed in, for a group; answered once; then forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from portal.associations.models import Association
from portal.commendations import nominating, removal, retention, suggesting
from portal.commendations.models import Source, Suggestion
from portal.core.audit import AuditEntry
from portal.core.calendar import at, now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.people.models import PrivacyNotice
from tests.commendations.rows import NOT_NOW, REASON, category_of, make_words
from tests.harness.cases import either_engine, unwritten
from tests.harness.praise import make_call
from tests.notices.rows import acting

OFFICE = "/office/wangjiang/commendations"


@pytest.fixture
def call(cast, db_session):
    return make_call(cast.street, by_members=True, by_anyone=True)


def given(call, **values):
    known = {"nominee": "陈师傅", "reason": REASON, "name": "路人甲", "phone": "139 1234 0001"}
    return {"category": category_of(call).public_id, **known, **values}


def refused(action, *values, **named):
    with pytest.raises(RuleError) as error, db.session.begin_nested():
        action(*values, **named)
    return error.value.field


def count():
    return db.session.scalar(select(func.count()).select_from(Suggestion))


def test_from_a_phone_checked_sent_once_and_followed(cast, client, call):
    url = f"/commendations/calls/{call.public_id}/nominate"
    assert "梧桐" not in client.page(url).get_text()
    assert "at=wangjiang" in client.get(f"{url}?all=1").text
    db.session.add(PrivacyNotice(version=3, language="zh-Hans", body="第 3 版", effective_on=today()))
    checked = client.submit(f"{url}?at=wangjiang", given(call))
    assert checked.status_code == 200
    assert REASON in checked.text
    assert count() == 0
    said = {**client.form(f"{url}?at=wangjiang"), **given(call), "csrf_token": client.token()}
    again = client.send(f"{url}?at=wangjiang", {**said, "change": "yes"})
    assert 'name="nominee"' in again.text
    first, second = (client.send(f"{url}/send?at=wangjiang", said) for _ in range(2))
    assert first.location == second.location
    assert count() == 1
    made = db.session.scalars(select(Suggestion)).one()
    assert (made.source, made.name, made.phone, made.by_person_id) == ("public", "路人甲", "13912340001", None)
    assert made.notice_version == 3  # with which whoever spoke agreed
    raw = db.session.execute(text("SELECT name, phone FROM suggestion")).one()
    assert not {"路人甲", "13912340001"} & set(raw)
    assert made.reference[:4].upper() in client.page(first.location).get_text()
    shown = client.page(f"/commendations/suggestions/{made.reference}").get_text()
    assert REASON in shown
    assert "路人甲" not in shown
    found = client.submit("/commendations/suggestions", {"reference": made.reference.upper()})
    assert found.location == f"/commendations/suggestions/{made.reference}"
    assert client.submit("/commendations/suggestions", {"reference": "0000-0000-0000"}).status_code == 422
    assert client.get("/commendations/suggestions/000000000000").status_code == 404


@either_engine
def test_what_is_wrong_is_said_by_field(cast, client, call):
    url = f"/commendations/calls/{call.public_id}/nominate?at=wangjiang"
    form = client.form(url)
    for field, wrong in (("nominee", " "), ("reason", ""), ("name", "\u200b"), ("phone", "12"), ("category", "x")):
        answer = client.send(url, {**form, **given(call, **{field: wrong})})
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
    send = url.replace("?", "/send?")
    for field, wrong in (("nominee", "路人甲"), ("reason", "好人"), ("name", "长" * 61)):
        answer = client.send(send, {**form, **given(call, **{field: wrong})})
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
    assert client.get(send).status_code == 405
    assert client.get(url.replace("wangjiang", "shangshi")).status_code == 200
    assert client.send(url.replace("wangjiang", "shangshi"), {**form, **given(call)}).status_code == 404
    assert count() == 0


@either_engine
def test_too_many_from_one_connection(cast, client, call, monkeypatch):
    monkeypatch.setattr("portal.commendations.suggest_views.MOST", 1)
    url = f"/commendations/calls/{call.public_id}/nominate"
    answers = []
    for _turn in range(2):
        form = {**client.form(f"{url}?at=wangjiang"), **given(call), "csrf_token": client.token()}
        answers.append(client.send(f"{url}/send?at=wangjiang", form).status_code)
    assert answers == [303, 422]
    assert count() == 1


@either_engine
def test_only_as_the_call_allows(cast, client, db_session):
    """Members only: a stranger of another town is not one; who is not signed in signs in first."""
    members, groups = make_call(cast.street, by_members=True), make_call(cast.street, title="小组推荐")
    later = make_call(cast.street, by_anyone=True, opens_on=today() + timedelta(days=3))
    url = "/commendations/calls/{}/nominate"
    assert "/sign-in" in client.get(url.format(members.public_id)).location
    assert client.get(url.format(groups.public_id)).status_code == 404
    assert client.get(url.format(later.public_id)).location.endswith(f"/calls/{later.public_id}")
    client.sign_in(cast.stranger)
    assert client.get(url.format(members.public_id)).status_code == 404
    client.sign_in(cast.member)
    assert "望江" in client.page(url.format(members.public_id)).get_text()
    own = client.page("/me/nominating").get_text()
    assert members.title in own
    assert groups.title not in own
    for by, known in (
        (None, {}), (cast.stranger, {"source": Source.MEMBER}), (cast.secretary, {"source": Source.GROUP}),
    ):  # fmt: skip
        account = acting(by) if by else None
        with pytest.raises(RuleError):
            make_words(members, cast.community, by=account, **known)


def test_a_member_and_a_leader_speak(cast, client, call, db_session):
    member, leader = acting(cast.member), acting(cast.leader)
    made = make_words(call, cast.community, by=member, source=Source.MEMBER, name="别人", key="one")
    assert (made.name, made.by_person_id, made.source) == ("王秀英", cast.member.person_id, "member")
    assert make_words(call, cast.community, by=member, source=Source.MEMBER, key="one") is made
    assert refused(make_words, call, cast.sibling_community, by=member, source=Source.MEMBER, key="one") == ""
    assert refused(make_words, call, cast.community, by=member, source=Source.MEMBER, nominee="王秀英") == "nominee"
    assert (
        refused(make_words, call, cast.community, by=leader, source=Source.GROUP, group=cast.other_group) == "group"
    )
    client.sign_in(cast.leader)
    assert "/commendations/for-a-group" in client.get("/office/wangjiang").text
    url = f"{OFFICE}/for-a-group"
    answer = client.submit(url, {"category": category_of(call, 1).public_id, "nominee": "巡河队", "reason": REASON})
    assert answer.status_code == 303
    said = db.session.scalars(select(Suggestion).where(Suggestion.source == "group")).one()
    assert (said.group_id, said.name, said.nominee) == (cast.group.id, "吴桂芳", "巡河队")
    assert "巡河队" in client.page(url).get_text()
    assert client.submit(url, {"nominee": " "}).status_code == 422
    assert client.get(f"{OFFICE}/suggestions").status_code == 403


def test_taken_up_or_declined_once(cast, client, call, db_session):
    taken, declined = make_words(call, cast.community), make_words(call, cast.community, nominee="周老师")
    client.sign_in(cast.secretary)
    assert "commendations/suggestions?state=waiting" in client.get("/office/wangjiang").text
    page = f"{OFFICE}/suggestions/{declined.public_id}"
    assert "路人甲" not in client.page(page).get_text()
    shown = client.submit(f"{page}/name", {"reason": "核实事迹"}, page=page)
    assert "路人甲" in shown.text
    assert client.submit(f"{page}/name", {"reason": " "}, page=page).status_code == 422
    assert "核实事迹" in client.page(f"/commendations/suggestions/{declined.reference}").get_text()
    assert client.submit(f"{page}/decline", {"answer": "不"}, page=page).status_code == 422
    form = client.form(f"{page}/decline", page=page)
    answers = [client.send(f"{page}/decline", {**form, "answer": NOT_NOW}).status_code for _ in range(2)]
    assert answers == [303, 422]
    assert NOT_NOW in client.page(f"/commendations/suggestions/{declined.reference}").get_text()
    nomination = nominating.nominate(
        acting(cast.secretary), category_of(call), cast.community,
        nominating.Terms(name="陈晓明", reason=REASON, person=acting(cast.volunteer).person), taken,
    )  # fmt: skip
    assert (taken.state, taken.nomination_id) == ("taken_up", nomination.id)
    assert refused(nominating.decline, acting(cast.secretary), taken, NOT_NOW) == ""
    assert client.get(f"{OFFICE}/suggestions/list.csv").status_code == 200
    assert "路人甲" not in client.get(f"{OFFICE}/suggestions/list.csv").text
    client.sign_in(cast.sibling)
    assert client.get(page).status_code == 404
    assert client.get(page.replace("wangjiang", "tingyu")).status_code == 404


def test_whoever_is_meant_does_not_answer(cast, call, sign_in, db_session):
    """By the name, which is all that the words have: nor do they learn who spoke."""
    secretary, place = acting(cast.secretary), db.session.get_one(Association, cast.community.id)
    meant = make_words(call, cast.community, nominee=f"{secretary.name[0]} {secretary.name[1:]}秘书长")
    page = f"{OFFICE}/suggestions/{meant.public_id}"
    assert not sign_in(cast.secretary).page(page).select("main form, main a.btn")
    assert refused(nominating.decline, secretary, meant, NOT_NOW) == ""
    assert refused(suggesting.reveal, secretary, meant, "核实情况") == ""
    terms = nominating.Terms(name="陈晓明", reason=REASON, person=acting(cast.volunteer).person)
    assert refused(nominating.nominate, secretary, category_of(call), place, terms, suggestion=meant) == ""
    assert sign_in(cast.chair).page(page).select("main form")
    nominating.decline(acting(cast.chair), meant, NOT_NOW)
    assert meant.state == "declined"


def test_who_spoke_is_forgotten_in_time(cast, call, db_session):
    old, young, left = (make_words(call, cast.community, nominee=one) for one in ("甲乙", "丙丁", "戊己"))
    member = make_words(call, cast.community, by=acting(cast.member), source=Source.MEMBER)
    nominating.decline(acting(cast.secretary), old, NOT_NOW)
    with at(now() + timedelta(days=200)):
        nominating.decline(acting(cast.secretary), young, NOT_NOW)
        suggesting.reveal(acting(cast.secretary), young, "核实事迹")
    with at(now() + timedelta(days=370)):
        retention.forget()
        db.session.expire_all()
        assert (old.name, old.phone, young.name, left.name) == (None, None, "路人甲", "路人甲")
    with at(now() + timedelta(days=400)):
        retention.forget()
        db.session.expire_all()
        assert (left.name, member.name, member.by_person_id, member.reason) == (None, None, None, REASON)


def test_a_deleted_record_leaves_no_name(cast, call, db_session):
    member = make_words(call, cast.community, by=acting(cast.member), source=Source.MEMBER)
    terms = nominating.Terms(name="王秀英", reason=REASON, person=acting(cast.member).person)
    nomination = nominating.nominate(acting(cast.secretary), category_of(call), cast.community, terms)
    removal.forget([acting(cast.member).person], "已删除")
    db.session.expire_all()
    assert (member.name, member.phone) == (None, None)
    assert (nomination.state, nomination.name, nomination.reason, nomination.evidence) == (
        "withdrawn",
        "已删除",
        "",
        {},
    )


@either_engine
def test_what_was_said_stands(cast, call, db_session):
    made = make_words(call, cast.community)
    for change in ("UPDATE suggestion SET nominee = '别人'", "DELETE FROM suggestion"):
        with unwritten(), pytest.raises(Exception, match="suggestion"):
            db.session.execute(text(change))
    assert db.session.scalars(select(AuditEntry.action)).all()[-1] == "commendations.suggest"
    assert made.nominee == "陈师傅"
