"""Accepting: a new record or the one that is there, once, by somebody else than the applicant."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.applications import services
from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.encryption import blind_index
from portal.core.errors import RuleError
from portal.core.identity import demo_identity
from portal.members.models import Membership
from portal.people.models import Consent, Person
from tests.applications.filling import NUMBER, OFFICE, PHONE, applied, birthday
from tests.harness.cases import each, either_engine
from tests.harness.factory import affiliate, kind_of, make_membership, make_person


def form(**values):
    return {"record": "new", "group": "", "joined_on": today().isoformat(), **values}


def accept(client, made, **values):
    return client.force(f"{OFFICE}/{made.public_id}/accept", form(**values))


def members(db_session) -> list[Membership]:
    return list(db_session.scalars(select(Membership).where(Membership.joined_on == today())))


@either_engine
@each(("known", "status"), [({"birth_on": date(1950, 2, 2)}, 422), ({"sex": "male"}, 422), ({}, 303)])
def test_a_number_overwrites_nothing_that_stands_in_a_record(cast, sign_in, db_session, known, status):
    person = make_person("钟若兰", phone=PHONE, **known)
    affiliate(person, cast.community)
    made = applied(cast)
    answer = accept(sign_in(cast.secretary), made, record=person.public_id)
    assert answer.status_code == status
    db_session.refresh(person)
    if status == 422:
        assert {name: getattr(person, name) for name in known} == known
        assert person.identity_number is None
        assert "请选择新建记录" in answer.text
    else:
        assert person.identity_number == NUMBER


def test_a_new_record_and_the_applicant_sees_it(cast, sign_in, client, db_session):
    made = applied(cast, consents=["register", "photo"])
    secretary = sign_in(cast.secretary)
    page = secretary.page(f"{OFFICE}/{made.public_id}")
    assert NUMBER not in str(page)
    assert PHONE not in str(page)
    response = secretary.submit(f"{OFFICE}/{made.public_id}/accept", {"group": cast.group.public_id},
                                page=f"{OFFICE}/{made.public_id}")  # fmt: skip
    assert response.status_code == 303, response.text[:2000]
    (membership,) = members(db_session)
    person = db_session.get(Person, membership.person_id)
    assert (person.name, person.identity_number, person.phone) == ("钟若兰", NUMBER, PHONE)
    assert (membership.association_id, membership.group_id) == (cast.community.id, cast.group.id)
    consents = db_session.scalars(select(Consent).where(Consent.person_id == person.id)).all()
    assert {(c.purpose, c.notice_version, c.given_by) for c in consents} == {
        ("register", 1, "self"),
        ("photo", 1, "self"),
    }
    decided = secretary.page(f"{OFFICE}/{made.public_id}")
    assert membership.number in decided.get_text()
    opened = f"/office/wangjiang/memberships/{membership.public_id}"
    assert [len(decided.select(f'main a[href="{url}"]')) for url in (opened, f"{opened}/card")] == [1, 1]
    assert secretary.submit(f"{opened}/card").status_code == 303
    assert not secretary.page(f"{OFFICE}/{made.public_id}").select(f'main a[href="{opened}/card"]')
    assert membership.number in client.page(f"/join/{made.reference}").get_text()
    log = db_session.scalars(select(AuditEntry).where(AuditEntry.action == "applications.accept")).one()
    assert NUMBER not in str(log.changes)


@either_engine
def test_a_child_s_consent_is_the_guardian_s(cast, sign_in, db_session):
    number = demo_identity(3, birthday(9), "male")
    made = applied(cast, identity_number=number, guardian_name="钟明", guardian_phone="13800000000")
    accept(sign_in(cast.secretary), made)
    (membership,) = members(db_session)
    assert db_session.scalars(select(Consent)).one().given_by == "guardian"
    assert db_session.get(Person, membership.person_id).guardian_name == "钟明"


def test_an_organisation(cast, sign_in, db_session):
    made = applied(cast, kind=kind_of(cast.community, 2), organisation_name="湖滨茶社")
    accept(sign_in(cast.secretary), made)
    assert members(db_session)[0].organisation_name == "湖滨茶社"


@either_engine
def test_somebody_alike_is_asked_about_and_chosen(cast, sign_in, db_session):
    known = make_person("钟若兰", phone=PHONE)
    affiliate(known, cast.community)
    made = applied(cast)
    secretary = sign_in(cast.secretary)
    page = secretary.page(f"{OFFICE}/{made.public_id}")
    assert {tag["value"] for tag in page.select("input[name=record]")} == {known.public_id, "new"}
    assert page.select_one("input[name=record][checked]") is None
    assert accept(secretary, made, record="").status_code == 422
    assert accept(secretary, made, record=known.public_id).status_code == 303
    assert members(db_session)[0].person_id == known.id
    db_session.refresh(known)
    assert (known.identity_number, known.residence) == (NUMBER, "望江社区湖滨巷")


@either_engine
def test_somebody_alike_elsewhere_is_nobody_s_business(cast, sign_in, db_session):
    known = make_person("钟若兰", phone=PHONE)
    affiliate(known, cast.village)
    made = applied(cast)
    secretary = sign_in(cast.secretary)
    assert known.public_id not in str(secretary.page(f"{OFFICE}/{made.public_id}"))
    assert accept(secretary, made, record=known.public_id).status_code == 422
    assert members(db_session) == []


@either_engine
def test_the_holder_of_the_number_is_the_only_choice(cast, sign_in, db_session):
    known = make_person("钟小兰", identity_number=NUMBER, identity_index=blind_index(NUMBER, "identity"))
    affiliate(known, cast.village)
    made = applied(cast)
    secretary = sign_in(cast.secretary)
    page = secretary.page(f"{OFFICE}/{made.public_id}")
    assert [tag["value"] for tag in page.select("input[name=record]")] == [known.public_id]
    assert "钟小兰" not in page.get_text()
    assert "上石村" not in page.get_text()
    assert accept(secretary, made, record="new").status_code == 422
    assert accept(secretary, made, record=known.public_id).status_code == 303
    assert members(db_session)[0].person_id == known.id


@either_engine
def test_a_member_applies_again_and_only_the_officer_learns_it(cast, sign_in, client, db_session):
    person = make_person(
        "钟若兰", phone=PHONE, identity_number=NUMBER, identity_index=blind_index(NUMBER, "identity")
    )
    make_membership(person, cast.community)
    made, other = applied(cast), applied(cast)
    assert made.reference != other.reference
    for row in (made, other):
        assert "会员号" not in client.page(f"/join/{row.reference}").get_text()
    secretary = sign_in(cast.secretary)
    assert other.public_id in str(secretary.page(f"{OFFICE}/{made.public_id}"))
    response = accept(secretary, made, record=person.public_id)
    assert response.status_code == 422
    assert members(db_session) == []


@either_engine
@each(
    "values",
    [
        {"record": "nobody"},
        {"joined_on": (today() + timedelta(days=1)).isoformat()},
        {"joined_on": (today() - timedelta(days=1)).isoformat()},
        {"joined_on": ""},
        {"group": "foreign"},
    ],
)
def test_bad_input(cast, sign_in, db_session, values):
    made = applied(cast)
    assert accept(sign_in(cast.secretary), made, **values).status_code == 422
    assert members(db_session) == []


def test_decided_once(cast, sign_in, db_session):
    made = applied(cast)
    secretary, chair = sign_in(cast.secretary), sign_in(cast.chair)
    assert accept(secretary, made).status_code == 303
    assert accept(chair, made).status_code == 422
    assert chair.force(f"{OFFICE}/{made.public_id}/decline", {"reason": "不符合条件"}).status_code == 422
    assert chair.force(f"{OFFICE}/{made.public_id}/ask", {"question": "住哪里？"}).status_code == 422
    assert len(members(db_session)) == 1
    db_session.refresh(made)
    assert made.state == "accepted"


def test_not_the_own_application(cast, sign_in, db_session):
    me = cast.secretary.person
    made = applied(cast, name=me.name, phone=me.phone, identity_number=None, sex="female", birth_on=birthday(50))
    secretary = sign_in(cast.secretary)
    assert secretary.page(f"{OFFICE}/{made.public_id}").select("form[action$=accept]") == []
    assert accept(secretary, made, record=me.public_id).status_code == 422
    assert secretary.force(f"{OFFICE}/{made.public_id}/decline", {"reason": "不符合条件"}).status_code == 422
    assert accept(sign_in(cast.chair), made, record=me.public_id).status_code in (303, 422)
    with pytest.raises(RuleError):
        services.ask(cast.secretary, made, "住哪里？")


@either_engine
@each(
    ("who", "status"),
    [("treasurer", 403), ("leader", 403), ("publisher", 403), ("sibling", 404), ("ended", 404), ("stranger", 404)],
)
@each("act", ["accept", "ask", "decline"])
def test_who_may_not(cast, sign_in, db_session, who, status, act):
    made = applied(cast)
    data = form() | {"question": "住哪里？", "reason": "不符合条件"}
    response = sign_in(getattr(cast, who)).force(f"{OFFICE}/{made.public_id}/{act}", data)
    assert response.status_code == status
    db_session.refresh(made)
    assert made.state == "submitted"


@either_engine
def test_not_signed_in_not_by_get_and_not_from_another_office(cast, sign_in, client):
    made = applied(cast)
    url = f"{OFFICE}/{made.public_id}/accept"
    assert client.force(url, form()).location.startswith("/sign-in")
    assert sign_in(cast.secretary).get(url).status_code == 405
    assert sign_in(cast.chair).force(url.replace("wangjiang", "liuan"), form()).status_code == 404
    sibling = f"/office/tingyu/applications/{made.public_id}"
    assert sign_in(cast.sibling).get(sibling).status_code == 404
