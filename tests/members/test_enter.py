"""A member is entered from a signed paper form, or somebody known becomes one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.core.calendar import today
from portal.core.identity import demo_identity
from portal.members.models import Membership
from portal.people.models import Affiliation, AffiliationKind, Consent, Person
from tests.harness.cases import each, either_engine
from tests.harness.factory import affiliate, kind_of, make_membership, make_person, yesterday

URL = "/office/wangjiang/members/new"
NUMBER = demo_identity(7, date(1968, 3, 21), "female")
PAPER = {"name": "钟若兰", "has_signed": "y", "joined_on": "2026-03-01"}
REFUSED = [("treasurer", 403), ("leader", 403), ("publisher", 403), ("sibling", 404), ("member", 404), ("ended", 404)]


@pytest.fixture
def entered(db_session):
    return lambda: list(
        db_session.scalars(select(Membership).join(Membership.person).where(Person.name == PAPER["name"]))
    )


def test_entered(cast, sign_in, entered, records_of, db_session, logged):
    secretary, kind = sign_in(cast.secretary), kind_of(cast.community, 3)
    data = {**PAPER, "identity_number": NUMBER, "phone": "139 1234 5678", "group": cast.group.public_id}
    response = secretary.submit(URL, {**data, "kind": kind.public_id})
    assert response.status_code == 303
    held = entered()[0]
    assert (held.number, held.kind_id, held.joined_on) == ("WANGJIANG-00001", kind.id, date(2026, 3, 1))
    assert records_of(held.person_id) == [(cast.community.id, cast.group.id, None)]
    assert db_session.scalar(select(Consent).where(Consent.person_id == held.person_id)).given_by == "paper"
    page = secretary.page(response.location)
    assert "WANGJIANG-00001" in page.get_text()
    assert NUMBER not in str(page)
    assert logged() == ["members.join"]


def test_an_organisation_with_its_contact(cast, sign_in, entered):
    kind = kind_of(cast.community, 2).public_id
    secretary = sign_in(cast.secretary)
    refused = secretary.submit(URL, {**PAPER, "kind": kind})
    assert refused.status_code == 422
    assert 'href="#organisation_name"' in refused.text
    assert entered() == []
    assert secretary.submit(URL, {**PAPER, "kind": kind, "organisation_name": "望江小商店"}).status_code == 303
    assert entered()[0].organisation_name == "望江小商店"


def test_of_one_person_no_organisations_name_is_kept(cast, sign_in, entered):
    sign_in(cast.secretary).submit(URL, {**PAPER, "organisation_name": "某店"})
    assert entered()[0].organisation_name == ""
    assert entered()[0].sort_key.startswith("zhong")


@either_engine
@each(
    ("field", "value"),
    [
        ("name", ""), ("identity_number", "11010119900307123"), ("phone", "12345"), ("birth_on", "2999-01-01"),
        ("joined_on", ""), ("joined_on", "2999-01-01"), ("joined_on", "soon"), ("kind", "none"), ("kind", None),
        ("group", "another"), ("has_signed", None), ("email", "nobody"),
    ],
)  # fmt: skip
def test_bad_input_is_said_by_its_field_and_kept(cast, sign_in, entered, db_session, field, value):
    response = sign_in(cast.secretary).submit(URL, {**PAPER, "residence": "槐树里", field: value})
    assert response.status_code == 422
    assert f'href="#{field}' in response.text
    assert "槐树里" in response.text
    assert entered() == []
    assert db_session.scalar(select(Person).where(Person.name == PAPER["name"])) is None


def test_a_kind_that_has_ended_or_is_another_federations(cast, sign_in, entered):
    kind = kind_of(cast.community, 3)
    kind.ended_on = today()
    assert sign_in(cast.secretary).submit(URL, {**PAPER, "kind": kind.public_id}).status_code == 422
    assert entered() == []


def test_a_child_joins_with_a_guardian(cast, sign_in, entered, db_session):
    child = {**PAPER, "birth_on": str(today() - timedelta(days=12 * 365))}
    secretary = sign_in(cast.secretary)
    refused = secretary.submit(URL, child)
    assert 'href="#guardian_name"' in refused.text
    guarded = {"guardian_name": "钟母", "guardian_phone": "13800000000"}
    assert secretary.submit(URL, {**child, **guarded}).status_code == 303
    assert (
        db_session.scalar(select(Consent).where(Consent.person_id == entered()[0].person_id)).given_by == "guardian"
    )


def test_the_same_identity_number_leads_to_the_record(cast, sign_in, entered, db_session):
    secretary = sign_in(cast.secretary)
    secretary.submit(URL, {**PAPER, "identity_number": NUMBER})
    again = secretary.submit(URL, {**PAPER, "name": "另一人", "identity_number": NUMBER, "is_another": "y"})
    assert again.status_code == 422
    assert 'href="#identity_number"' in again.text
    assert f"/people/{db_session.get(Person, entered()[0].person_id).public_id}/join" in again.text
    assert len(entered()) == 1


def test_the_same_identity_number_elsewhere_shows_nothing_of_it(cast, sign_in, db_session):
    sign_in(cast.sibling).submit("/office/tingyu/members/new", {**PAPER, "identity_number": NUMBER})
    known = db_session.scalar(select(Person).where(Person.name == PAPER["name"]))
    again = sign_in(cast.secretary).submit(URL, {**PAPER, "name": "另一人", "identity_number": NUMBER})
    assert again.status_code == 422
    for secret in (known.public_id, "钟若兰", "听雨", "TINGYU"):
        assert secret not in again.text


def test_the_same_person_is_made_a_member(cast, sign_in, db_session):
    known = make_person("钟若兰", phone="13912345678")
    affiliate(known, cast.community, AffiliationKind.VOLUNTEER)
    secretary = sign_in(cast.secretary)
    asked = secretary.submit(URL, {**PAPER, "phone": "13912345678", "group": cast.group.public_id})
    assert asked.status_code == 422
    assert f"/people/{known.public_id}/join?" in asked.text
    join = f"/office/wangjiang/people/{known.public_id}/join"
    page = secretary.page(f"{join}?joined_on=2026-03-01&group={cast.group.public_id}")
    assert page.select_one("#joined_on")["value"] == "2026-03-01"
    assert secretary.submit(join, {"has_agreed": "y", "joined_on": "2026-03-01"}).status_code == 303
    assert db_session.query(Membership).filter_by(person_id=known.id).count() == 1
    assert db_session.query(Person).filter_by(name="钟若兰").count() == 1


def test_another_person_of_the_same_name(cast, sign_in, entered):
    affiliate(make_person("钟若兰", phone="13912345678"), cast.community)
    secretary, data = sign_in(cast.secretary), {**PAPER, "phone": "13912345678"}
    assert secretary.submit(URL, data).status_code == 422
    assert entered() == []
    assert secretary.submit(URL, {**data, "is_another": "y"}).status_code == 303
    assert len(entered()) == 1


def test_the_same_form_sent_twice_is_asked_about(cast, sign_in, entered):
    secretary = sign_in(cast.secretary)
    assert secretary.submit(URL, PAPER).status_code == 303
    again = secretary.submit(URL, PAPER)
    assert again.status_code == 422
    assert 'href="#is_another"' in again.text
    assert len(entered()) == 1
    assert secretary.submit(URL, {**PAPER, "is_another": "y"}).status_code == 303
    assert len(entered()) == 2


def test_nobody_joins_before_being_there(cast, sign_in, entered):
    refused = sign_in(cast.secretary).submit(URL, {**PAPER, "birth_on": "2026-05-01", "guardian_name": "钟母",
                                                   "guardian_phone": "13800000000"})  # fmt: skip
    assert refused.status_code == 422
    assert 'href="#joined_on"' in refused.text
    assert entered() == []


@either_engine
@each(("who", "status"), REFUSED)
def test_who_may_not_enter(cast, sign_in, entered, who, status):
    assert sign_in(getattr(cast, who)).force(URL, PAPER).status_code == status
    assert entered() == []


@either_engine
def test_not_signed_in_and_by_get(cast, client, sign_in, entered):
    assert client.force(URL, PAPER).location.startswith("/sign-in")
    assert sign_in(cast.secretary).get(URL, query_string=PAPER).status_code == 200
    assert entered() == []


def test_an_archived_association_takes_nobody(cast, sign_in, entered):
    cast.community.archived_on = today()
    assert sign_in(cast.secretary).force(URL, PAPER).status_code == 403
    assert entered() == []


# Somebody who is known


@pytest.fixture
def known(cast) -> str:
    return f"/office/wangjiang/people/{cast.volunteer.person.public_id}/join"


AGREED = {"has_agreed": "y"}


def test_a_volunteer_becomes_a_member_and_stays_a_volunteer(cast, sign_in, known, db_session):
    assert sign_in(cast.secretary).submit(known, AGREED).status_code == 303
    kinds = db_session.scalars(select(Affiliation.kind).where(Affiliation.person_id == cast.volunteer.person_id))
    assert sorted(kinds) == ["member", "volunteer"]


def test_twice_the_same_membership_is_refused(cast, sign_in, known, db_session):
    secretary = sign_in(cast.secretary)
    assert secretary.submit(known, AGREED).status_code == 303
    assert secretary.submit(known, AGREED).status_code == 422
    other = kind_of(cast.community, 3).public_id
    assert secretary.submit(known, {**AGREED, "kind": other}).status_code == 303, "another kind is another membership"
    assert db_session.query(Membership).filter_by(person_id=cast.volunteer.person_id).count() == 2


def test_without_having_asked_nobody_is_a_member(cast, sign_in, known, db_session):
    assert sign_in(cast.secretary).submit(known).status_code == 422
    assert db_session.query(Membership).filter_by(person_id=cast.volunteer.person_id).count() == 0


@either_engine
@each(("who", "status"), REFUSED)
def test_who_may_not_make_a_member(cast, sign_in, known, who, status):
    assert sign_in(getattr(cast, who)).force(known, AGREED).status_code == status


@either_engine
def test_nobody_elses_people(cast, sign_in, client, known):
    url = f"/office/tingyu/people/{cast.volunteer.person.public_id}/join"
    assert sign_in(cast.sibling).force(url, AGREED).status_code == 404
    assert sign_in(cast.sibling).get(url).status_code == 404
    assert client.force(known, AGREED).location.startswith("/sign-in")


def test_a_former_member_joins_again(cast, sign_in, records_of):
    person = make_person("走了又来")
    make_membership(person, cast.community, ended_on=yesterday(), end_reason="withdrew")
    url = f"/office/wangjiang/people/{person.public_id}/join"
    assert sign_in(cast.secretary).submit(url, AGREED).status_code == 303
    assert [row[2] for row in records_of(person.id)] == [yesterday(), None]


@either_engine
def test_whoever_went_elsewhere_cannot_be_taken_back_so(cast, sign_in):
    person = make_person("转走的人")
    make_membership(person, cast.sibling_community)
    assert sign_in(cast.secretary).get(f"/office/wangjiang/people/{person.public_id}/join").status_code == 404


@either_engine
@pytest.mark.parametrize(
    "query", ["kind=x&group=y&joined_on=z", "joined_on=2026-02-30", "organisation=" + "长" * 500]
)
def test_a_strange_address_fills_in_nothing(cast, sign_in, known, query):
    assert sign_in(cast.secretary).get(f"{known}?{query}").status_code == 200
