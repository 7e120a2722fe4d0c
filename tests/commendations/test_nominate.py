"""Putting somebody forward: by the record, found by name, a group, the association; taken back; agreed on paper."""

from __future__ import annotations

import io
from datetime import timedelta
from functools import partial

import openpyxl
import pytest
from sqlalchemy import select

from portal.accounts.queries import get_account
from portal.associations.models import Association
from portal.commendations import evidence, nominating, nomination_queries, proposing
from portal.commendations.models import CallCategory, Nomination
from portal.core.calendar import today
from portal.core.database import db
from portal.people.models import Person
from tests.certificates.rows import serve_hours
from tests.commendations.rows import REASON, category_of, make_words
from tests.harness.cases import either_engine
from tests.harness.factory import make_membership, make_person
from tests.harness.praise import make_call
from tests.harness.together import told
from tests.notices.rows import acting

OFFICE = "/office/wangjiang/commendations"


@pytest.fixture
def call(cast, db_session):
    return make_call(cast.street, by_anyone=True)


def at_call(call, what):
    return f"{OFFICE}/calls/{call.public_id}/{what}"


def forward(call, which=0, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return at_call(call, f"put-forward/{category_of(call, which).public_id}?{query}")


def put_forward(cast, call, who, **values):
    terms = nominating.Terms(**{"name": who.person.name, "reason": REASON, "person": who.person, **values})
    return nominating.nominate(acting(cast.secretary), category_of(call), cast.community, terms)


def count():
    return db.session.query(Nomination).count()


def test_candidates_by_the_record(january_over, cast, client, call, db_session):
    """Whose record shows ten hours; beneath, who falls short; several ticked, each with a reason, all or none."""
    serve_hours(cast.volunteer, cast.community, 12)
    serve_hours(cast.member, cast.community, 11)
    category = category_of(call)
    meeting, near = proposing.proposals(category, call, cast.community)
    assert [one.person_id for one in meeting] == [cast.volunteer.person_id, cast.member.person_id]
    assert all(one.missing for one in near)
    assert [one.person.id for one in evidence.candidates(category, call, cast.community)] == [
        one.person_id for one in meeting
    ]
    client.sign_in(cast.secretary)
    page = client.page(at_call(call, "candidates"))
    assert "陈晓明" in page.get_text()
    book = openpyxl.load_workbook(io.BytesIO(client.get(at_call(call, "candidates.xlsx")).data))
    assert [row[1] for row in book.active.iter_rows(min_row=2, max_row=3, values_only=True)] == ["陈晓明", "王秀英"]
    people = [who.person.public_id for who in (cast.volunteer, cast.member)]
    url = at_call(call, f"candidates/put-forward?category={category.public_id}&person={people[0]}&person={people[1]}")
    reasons = {f"reason-{one}": REASON for one in people}
    answer = client.submit(url, {**reasons, f"reason-{people[0]}": "好"})
    assert answer.status_code == 422
    assert f'id="reason-{people[0]}-error"' in answer.text
    assert count() == 0
    form = {**client.form(url), **reasons}
    assert [client.send(url, form).status_code for _ in range(2)] == [303, 303]
    assert count() == 2
    assert REASON in client.get(at_call(call, "nominations.csv")).text
    assert "reason-" not in client.get(at_call(call, "candidates/put-forward?category=" + category.public_id)).text


def test_put_forward_found_by_name(cast, client, call, db_session):
    """Found by initials and card number; less than asked warns and no more; sent twice it is one; then it is full."""
    client.sign_in(cast.secretary)
    newcomer = make_person("陶望川")
    number = make_membership(newcomer, cast.community).number
    for typed in ("cxm", "陈晓"):
        assert "陈晓明" in client.get(forward(call, q=typed)).text
    assert "陶望川" in client.get(forward(call, q=number.lower())).text
    assert "何远山" not in client.get(forward(call, q="何远山")).text.replace('value="何远山"', "")
    url = forward(call, person=cast.volunteer.person.public_id)
    page = client.page(url)
    assert page.select_one(".notice.amber") is not None
    for field, wrong in (("name", " "), ("reason", ""), ("reason", "好人"), ("name", "长" * 61)):
        answer = client.submit(url, {"reason": REASON, field: wrong})
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
    form = {**client.form(url), "reason": REASON}
    first, second = (client.send(url, form) for _ in range(2))
    assert first.location == second.location
    assert count() == 1
    assert "陈晓明" in client.page(first.location).get_text()
    put_forward(cast, call, cast.member)
    db_session.commit()
    full = client.submit(forward(call, person=newcomer.public_id), {"reason": REASON})
    assert full.status_code == 422
    assert "2" in full.text
    assert count() == 2
    assert client.get(forward(call, person=cast.secretary.person.public_id)).status_code == 404
    assert client.get(forward(call, person=cast.stranger.person.public_id)).status_code == 404
    assert client.force(forward(call)).status_code == 404


def test_a_group_and_a_suggestion(cast, client, call, db_session):
    client.sign_in(cast.secretary)
    answer = client.submit(forward(call, 1), {"group": "", "name": "第一小组", "reason": REASON})
    assert 'id="group-error"' in answer.text
    given = {"group": cast.group.public_id, "name": "望江第一小组", "reason": REASON}
    said = make_words(call, cast.community, category=category_of(call, 1), nominee="一组")
    db_session.commit()
    url = forward(call, 1, suggestion=said.public_id)
    assert REASON in client.page(url).get_text()
    made = client.submit(url, given)
    assert made.status_code == 303
    text = client.page(made.location).get_text()
    assert "望江第一小组" in text
    assert "路人甲" not in text
    db_session.expire_all()
    assert said.state == "taken_up"
    assert client.get(url).status_code == 404


def test_taken_back_and_agreed_on_paper(cast, client, call, db_session):
    one = put_forward(cast, call, cast.volunteer)
    other = put_forward(cast, call, cast.member)
    db_session.commit()
    client.sign_in(cast.secretary)
    page = f"{OFFICE}/nominations/{one.public_id}"
    assert client.submit(f"{page}/consent", {}, page=page).status_code == 422
    form = client.form(f"{page}/consent", page=page)
    assert [client.send(f"{page}/consent", {**form, "by": "paper"}).status_code for _ in range(2)] == [303, 303]
    assert (db.session.get_one(Nomination, one.id).consent_by, other.consented_at) == ("paper", None)
    listed = {value: client.get(f"{OFFICE}/nominations?consent={value}").text for value in ("given", "waiting")}
    assert "陈晓明" in listed["given"]
    assert "王秀英" not in listed["given"]
    assert "陈晓明" not in listed["waiting"]
    assert "陈晓明" in client.get(at_call(call, "nominations?consent=none&state=no&category=no")).text
    assert client.submit(f"{page}/take-back", {"reason": "误"}).status_code == 422
    form = client.form(f"{page}/take-back")
    answers = [client.send(f"{page}/take-back", {**form, "reason": "重复推荐，予以撤回。"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 422]
    assert "重复推荐" in client.page(page).get_text()
    client.sign_in(cast.chair)
    above = page.replace("wangjiang", "liuan")
    assert "重复推荐" in client.page(above).get_text()
    assert "王秀英" in client.get("/office/liuan/commendations/nominations").text
    assert client.force(f"{above}/take-back").status_code == 404
    assert client.get(page.replace("wangjiang", "tingyu")).status_code == 404


@either_engine
def test_who_may_and_when(cast, client, call, db_session):
    one = put_forward(cast, call, cast.volunteer)
    later = make_call(cast.street, opens_on=today() + timedelta(days=3))
    closed = make_call(cast.street, opens_on=today() - timedelta(days=40), closes_on=today() - timedelta(days=1))
    draft = make_call(cast.street, is_open=False)
    db_session.commit()
    address = f"{OFFICE}/nominations/{one.public_id}"
    assert "/sign-in" in client.get(address).location
    for who, status in ((cast.treasurer, 403), (cast.leader, 403), (cast.sibling, 404), (cast.member, 404)):
        client.sign_in(who)
        assert client.get(address).status_code == status
        assert client.get(at_call(call, "candidates")).status_code == status
        assert client.force(forward(call, person=cast.member.person.public_id)).status_code == status
    client.sign_in(cast.sibling)
    assert client.get(address.replace("wangjiang", "tingyu")).status_code == 404
    client.sign_in(cast.secretary)
    for other in (later, closed):
        page = client.page(at_call(other, "candidates"))
        assert page.select_one("input[name=person]") is None
        answer = client.submit(forward(other, person=cast.member.person.public_id), {"reason": REASON})
        assert answer.status_code == 422
    assert client.get(at_call(draft, "candidates")).status_code == 404
    assert client.get(f"{address}/consent").status_code == 405
    assert count() == 1


@pytest.fixture
def many(cast, db_session):
    """A call with one place for an association, and two whom it could put forward."""
    call = make_call(cast.street)
    people = [make_person(name) for name in ("甲一", "乙二", "丙三", "丁四")]
    for one in people:
        make_membership(one, cast.community)
    made = category_of(call).id, [one.id for one in people]
    db_session.commit()
    return made


def nominations(cast, category_id, people):
    account_id, place_id = cast.secretary.id, cast.community.id

    def nominate(person_id):
        category = db.session.get_one(CallCategory, category_id)
        db.session.refresh(category, ["kind"])
        person, place = db.session.get_one(Person, person_id), db.session.get_one(Association, place_id)
        terms = nominating.Terms(name=person.name, reason=REASON, person=person)
        nominating.nominate(get_account(account_id), category, place, terms)

    return [partial(nominate, person_id) for person_id in people]


def test_at_most_so_many_of_an_association_at_once(live_app, cast, db_session, many):
    assert sorted(told(live_app, nominations(cast, *many))) == ["done"] * 2 + ["told"] * 2
    assert count() == 2


def test_control_without_the_count_there_are_more(live_app, cast, db_session, many, monkeypatch):
    monkeypatch.setattr(nominating, "_check_count", lambda *_values: None)
    assert told(live_app, nominations(cast, *many)) == ["done"] * 4


def test_read_by_whoever_called(cast, call, db_session):
    put_forward(cast, call, cast.volunteer)
    statement = nomination_queries.nominations_of(acting(cast.chair), cast.street)
    assert len(db.session.scalars(statement).all()) == 1
    for who, place in ((cast.sibling, cast.sibling_community), (cast.sibling, cast.community)):
        assert not db.session.scalars(nomination_queries.nominations_of(acting(who), place)).all()
    assert db.session.scalars(select(Nomination)).one().evidence["of"] == "person"
