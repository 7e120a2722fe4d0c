"""Entering somebody from paper, and correcting a record."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.identity import demo_identity
from portal.people.models import Affiliation, Consent, Person
from tests.harness.cases import each, either_engine
from tests.harness.factory import affiliate, make_person

URL = "/office/wangjiang/members/new"
NUMBER = demo_identity(7, date(1968, 3, 21), "female")
PAPER = {"name": "钟若兰", "has_signed": "y"}


def entered(db_session) -> Person | None:
    return db_session.scalar(select(Person).where(Person.name == "钟若兰"))


def test_entered(cast, sign_in, db_session):
    secretary = sign_in(cast.secretary)
    data = {**PAPER, "identity_number": NUMBER, "phone": "139 1234 5678", "group": cast.group.public_id}
    response = secretary.submit(URL, data)
    assert response.status_code == 303
    person = entered(db_session)
    assert (person.sex, person.birth_on) == ("female", date(1968, 3, 21))
    assert person.phone == "13912345678"
    assert db_session.scalar(select(Consent).where(Consent.person_id == person.id)).given_by == "paper"
    page = secretary.page(response.location)
    assert "钟若兰" in page.h1.get_text()
    assert NUMBER not in str(page)


def test_entered_as_a_member(cast, sign_in, db_session):
    sign_in(cast.secretary).submit(URL, {**PAPER, "group": cast.group.public_id})
    held = db_session.scalars(select(Affiliation).where(Affiliation.person_id == entered(db_session).id)).one()
    assert (held.kind, held.association_id, held.group_id) == ("member", cast.community.id, cast.group.id)


@either_engine
def test_a_child_needs_a_guardian(cast, sign_in, db_session):
    secretary, child = sign_in(cast.secretary), {**PAPER, "birth_on": str(today() - timedelta(days=12 * 365))}
    for given in ({}, {"guardian_name": "钟母"}, {"guardian_phone": "13800000000"}):
        assert secretary.submit(URL, {**child, **given}).status_code == 422
    assert entered(db_session) is None
    secretary.submit(URL, {**child, "guardian_name": "钟母", "guardian_phone": "13800000000"})
    consent = db_session.scalar(select(Consent).where(Consent.person_id == entered(db_session).id))
    assert consent.given_by == "guardian"


def test_look_alikes_are_asked_about(cast, sign_in, db_session):
    affiliate(make_person("钟若兰", phone="13912345678"), cast.community)
    secretary, data = sign_in(cast.secretary), {**PAPER, "phone": "13912345678"}
    asked = secretary.submit(URL, data)
    assert asked.status_code == 422
    assert 'href="#is_another"' in asked.text
    assert "*******5678" in asked.text
    assert db_session.query(Person).filter_by(name="钟若兰").count() == 1
    assert secretary.submit(URL, {**data, "is_another": "y"}, page=URL).status_code == 303
    assert db_session.query(Person).filter_by(name="钟若兰").count() == 2


def test_of_look_alikes_elsewhere_nothing_is_shown(cast, sign_in):
    affiliate(make_person("钟若兰", phone="13912345678", residence="雨巷"), cast.sibling_community)
    asked = sign_in(cast.secretary).submit(URL, {**PAPER, "phone": "13912345678"})
    assert asked.status_code == 422
    assert "雨巷" not in asked.text
    assert "听雨" not in asked.text
    assert "*******5678" not in asked.text


def test_secrets_are_encrypted_at_rest_and_not_in_the_log(cast, sign_in, db_session):
    sign_in(cast.secretary).submit(URL, {**PAPER, "identity_number": NUMBER, "phone": "13912345678"})
    from sqlalchemy import text

    row = db_session.execute(text("SELECT identity_number, phone FROM person WHERE name = '钟若兰'")).one()
    assert NUMBER not in row[0]
    assert "13912345678" not in row[1]
    log = str([entry.changes for entry in db_session.scalars(select(AuditEntry))])
    assert NUMBER not in log
    assert "13912345678" not in log


@either_engine
@each(
    ("field", "value", "word"),
    [
        ("name", "", "name"),
        ("identity_number", "11010119900307123", "identity_number"),
        ("identity_number", NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"), "identity_number"),
        ("phone", "12345", "phone"),
        ("birth_on", "2999-01-01", "birth_on"),
        ("birth_on", "yesterday", "birth_on"),
        ("email", "nobody", "email"),
        ("has_signed", None, "has_signed"),
    ],
)
def test_bad_input_is_said_by_its_field_and_kept(cast, sign_in, db_session, field, value, word):
    response = sign_in(cast.secretary).submit(URL, {**PAPER, "residence": "槐树里", field: value})
    assert response.status_code == 422
    assert f'href="#{word}' in response.text
    assert "槐树里" in response.text
    assert entered(db_session) is None


@either_engine
def test_same_identity_number_is_refused(cast, sign_in, db_session):
    secretary = sign_in(cast.secretary)
    secretary.submit(URL, {**PAPER, "identity_number": NUMBER})
    again = secretary.submit(URL, {**PAPER, "name": "另一人", "identity_number": NUMBER})
    assert again.status_code == 422
    assert 'href="#identity_number"' in again.text


@either_engine
@each(("who", "status"), [("leader", 403), ("treasurer", 403), ("sibling", 404), ("member", 404)])
def test_who_may_not(cast, sign_in, db_session, who, status):
    assert sign_in(getattr(cast, who)).force(URL, PAPER).status_code == status
    assert entered(db_session) is None


def test_without_a_token_nothing_is_written(cast, sign_in, db_session):
    assert sign_in(cast.secretary).post(URL, data=PAPER).status_code == 400
    assert entered(db_session) is None


def test_corrected(cast, sign_in, db_session):
    person = make_person("钟若兰", phone="13912345678", residence="槐树里")
    affiliate(person, cast.community)
    url = f"/office/wangjiang/people/{person.public_id}/edit"
    assert sign_in(cast.secretary).submit(url, {"name": "钟若蓝"}).status_code == 303
    kept = db_session.get(Person, person.id)
    assert (kept.name, kept.phone, kept.residence) == ("钟若蓝", "13912345678", "槐树里")
    assert sign_in(cast.secretary).page("/office/wangjiang/members/everybody?q=若蓝").select("tbody tr")
    entry = db_session.scalar(select(AuditEntry).where(AuditEntry.action == "people.correct"))
    assert entry.changes["name"] == ["钟若兰", "钟若蓝"]


def test_a_guardian_is_corrected_and_the_phone_kept(cast, sign_in, db_session):
    person = make_person("钟小禾", guardian_name="钟母", guardian_phone="13800000000")
    affiliate(person, cast.community)
    url = f"/office/wangjiang/people/{person.public_id}"
    secretary = sign_in(cast.secretary)
    assert "钟母" in secretary.get(url).text
    assert "13800000000" not in secretary.get(f"{url}/edit").text
    assert secretary.submit(f"{url}/edit", {"guardian_name": "钟父"}).status_code == 303
    kept = db_session.get(Person, person.id)
    assert (kept.guardian_name, kept.guardian_phone) == ("钟父", "13800000000")


@either_engine
def test_a_sibling_cannot_correct(cast, sign_in, db_session):
    person = make_person("钟若兰")
    affiliate(person, cast.community)
    for url in (
        f"/office/wangjiang/people/{person.public_id}/edit",
        f"/office/tingyu/people/{person.public_id}/edit",
    ):
        assert sign_in(cast.sibling).force(url, {"name": "改"}).status_code == 404
    assert db_session.get(Person, person.id).name == "钟若兰"
