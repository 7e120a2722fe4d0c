"""Granting an office, page by page: find the person, choose the office, read what it gives, confirm."""

from __future__ import annotations

from datetime import timedelta

import pytest
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.offices.rights import Position
from portal.people.models import AffiliationKind
from tests.harness.cases import either_engine
from tests.harness.factory import affiliate, make_account, make_person

FIND = "/office/wangjiang/appointments/grant"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def url(cast) -> str:
    return f"{FIND}/{cast.member.person.public_id}"


def names(page) -> list[str]:
    return [row.b.get_text() for row in page.select("#found .person")]


# Finding


def test_found_by_name_and_initials(cast, sign_in):
    address = f"{FIND}/{cast.member.person.public_id}"
    secretary = sign_in(cast.secretary)
    for text in ("王秀英", "王秀", "wxy", "wangxiuying"):
        page = secretary.page(FIND, query_string={"q": text})
        assert names(page) == ["王秀英"], text
        assert page.select_one("#found a")["href"] == address


def test_found_by_the_last_digits(cast, sign_in):
    digits = cast.member.person.phone_last4
    page = sign_in(cast.secretary).page(FIND, query_string={"q": digits})
    assert "王秀英" in names(page)


@either_engine
def test_nobody_of_another_branch_is_found_by_name(cast, sign_in):
    assert names(sign_in(cast.secretary).page(FIND, query_string={"q": "何远山"})) == []
    assert names(sign_in(cast.chair).page("/office/liuan/appointments/grant", query_string={"q": "何远山"})) == []
    assert names(sign_in(cast.chair).page("/office/liuan/appointments/grant", query_string={"q": "王秀英"})) == [
        "王秀英"
    ]


def test_whoever_may_not_see_the_register_finds_officers_only(cast, sign_in):
    url = "/office/qinghe/appointments/grant"
    hidden = f"{url}/{cast.member.person.public_id}"
    administrator = sign_in(cast.administrator)
    assert names(administrator.page(url, query_string={"q": "王秀英"})) == []
    assert names(administrator.page(url, query_string={"q": "黄淑兰"})) == ["黄淑兰"]
    assert administrator.get(hidden).status_code == 404


@either_engine
def test_htmx_gets_the_rows_alone(cast, sign_in):
    response = sign_in(cast.secretary).get(FIND, query_string={"q": "王"}, headers={"HX-Request": "true"})
    assert "<html" not in response.text
    assert "王秀英" in response.text


def test_nothing_typed_nobody_listed(cast, sign_in):
    assert names(sign_in(cast.secretary).page(FIND)) == []


def test_finding_costs_no_more_for_many(cast, sign_in, query_count):
    secretary = sign_in(cast.secretary)
    with query_count() as few:
        secretary.page(FIND, query_string={"q": "王"})
    for number in range(15):
        affiliate(make_person(f"王{number}"), cast.community, group_id=cast.group.id)
    with query_count() as many:
        assert len(names(secretary.page(FIND, query_string={"q": "王"}))) == 16
    assert len(many) == len(few) <= 12


# Somebody from elsewhere, by a number in full


def test_identified_by_phone(cast, sign_in, held, db_session):
    secretary, stranger = sign_in(cast.secretary), cast.stranger.person_id
    phone, direct = cast.stranger.person.phone, f"{FIND}/{cast.stranger.person.public_id}"
    assert secretary.get(direct).status_code == 404, "the id alone opens nothing"
    response = secretary.submit(FIND, {"number": phone})
    assert response.status_code == 303
    assert phone not in response.location
    assert "何远山" in secretary.get(response.location).text
    data = {"position": "publisher", "start_on": str(today()), "confirmed": "yes"}
    assert secretary.force(direct, data).status_code == 404
    assert secretary.force(response.location, data).status_code == 303
    assert [each.position for each in held(stranger)] == [Position.PUBLISHER]
    entries = db_session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.person_id) for entry in entries] == [
        ("offices.identify", stranger),
        ("offices.grant", stranger),
    ]
    assert phone not in str([entry.changes for entry in entries])


@either_engine
def test_the_signed_word_is_for_one_reader_and_place(cast, sign_in, app):
    salt, person = "portal.offices.identified", cast.stranger.person.public_id
    signer, other = (URLSafeTimedSerializer(key, salt=salt) for key in (app.config["SECRET_KEY"], "another key"))
    right = [person, cast.community.id, cast.secretary.id]
    words = [
        "",
        "forged",
        signer.dumps([person, cast.street.id, cast.secretary.id]),
        signer.dumps([person, cast.community.id, cast.chair.id]),
        signer.dumps([cast.member.person.public_id, cast.community.id, cast.secretary.id]),
        other.dumps(right),
    ]
    secretary, url = sign_in(cast.secretary), f"{FIND}/{person}"
    assert {secretary.get(url, query_string={"proof": word}).status_code for word in words} == {404}
    assert secretary.get(url, query_string={"proof": signer.dumps(right)}).status_code == 200


def test_nobody_has_this_number(cast, sign_in):
    last4, secretary = cast.stranger.person.phone_last4, sign_in(cast.secretary)
    for number in ("", "13900000000", "何远山", "hys", last4, "110101199001011234"):
        response = secretary.submit(FIND, {"number": number})
        assert response.status_code == 422, number
        assert 'id="number-error"' in response.text


def test_a_number_that_two_share_names_nobody(cast, sign_in):
    phone = cast.stranger.person.phone
    make_person("同号", phone=phone)
    assert sign_in(cast.secretary).submit(FIND, {"number": phone}).status_code == 422


# Choosing and confirming


def test_chosen_checked_and_granted(cast, sign_in, url, held, logged, record_of):
    secretary, person = sign_in(cast.secretary), cast.member.person_id
    choice = {"position": "supervisor", "end_on": str(today() + timedelta(days=90)), "is_public": "y"}
    check = secretary.submit(url, choice, headers=ENGLISH)
    assert check.status_code == 200
    assert "see dues" in check.text
    assert "read the audit log" in check.text
    assert "record dues" not in check.text
    assert held(person) == [], "nothing is granted before it is confirmed"
    response = secretary.force(url, {**choice, "start_on": str(today()), "confirmed": "yes"})
    assert response.status_code == 303
    granted = held(person)[0]
    assert (granted.position, granted.start_on, granted.is_public) == (Position.SUPERVISOR, today(), True)
    assert granted.created_by == cast.secretary.person_id
    assert not granted.covers_subtree
    assert record_of(person) == [(today(), today() + timedelta(days=90))]
    assert logged() == ["offices.grant"]
    assert response.location.endswith(f"/appointments/{granted.public_id}")
    assert sign_in(cast.member).get("/office/wangjiang").status_code == 200


def test_the_page_that_checks_carries_everything_on(cast, sign_in, url, held):
    from bs4 import BeautifulSoup

    from tests.harness.client import form_values

    secretary = sign_in(cast.secretary)
    choice = {"position": "publisher", "start_on": str(today()), "end_on": "", "is_public": "y"}
    page = BeautifulSoup(secretary.submit(url, choice).text, "html.parser")
    sent = form_values(page.select_one("main form"))
    assert secretary.post(url, data={**sent, "change": "yes"}).status_code == 200
    assert held(cast.member.person_id) == []
    assert secretary.post(url, data=sent).status_code == 303
    assert held(cast.member.person_id)[0].is_public


def test_twice_is_granted_once(cast, sign_in, url, held):
    secretary = sign_in(cast.secretary)
    data = {"position": "publisher", "start_on": str(today()), "confirmed": "yes"}
    assert secretary.force(url, data).status_code == 303
    again = secretary.force(url, data)
    assert again.status_code == 422
    assert 'id="position-error"' in again.text
    assert len(held(cast.member.person_id)) == 1


WRONG = [
    ("position", ""),
    ("position", "emperor"),
    ("position", "chair"),  # the secretary lacks rights of it, so it is not offered
    ("start_on", ""),
    ("start_on", "soon"),
    ("start_on", "1900-01-01"),
    ("end_on", str(today() - timedelta(days=1))),
    ("end_on", "never"),
    ("term", "nowhere"),
]


@either_engine
def test_bad_input(cast, sign_in, url, held):
    secretary = sign_in(cast.secretary)
    for field, value in WRONG:
        for confirmed in ("", "yes"):
            data = {"position": "publisher", "start_on": str(today()), "confirmed": confirmed, field: value}
            response = secretary.force(url, data)
            assert response.status_code == 422, (field, value)
            assert f'id="{field}-error"' in response.text, (field, value)
    assert held(cast.member.person_id) == []


@either_engine
def test_offered_is_what_one_may_grant(cast, sign_in, url):
    page = sign_in(cast.secretary).page(url, headers=ENGLISH)
    offered = {box["value"] for box in page.select("input[name=position]")}
    assert offered == {"vice_chair", "secretary", "volunteer_coordinator", "publisher", "supervisor", "administrator"}
    assert "Treasurer" in page.select_one("main .hint, main p.hint").find_parent("main").get_text()
    assert page.select("[name=covers_subtree]") == [], "a community has nothing below"
    page = sign_in(cast.chair).page(url)
    assert {box["value"] for box in page.select("input[name=position]")} == {position.value for position in Position}


def test_the_leader_of_a_group(cast, sign_in, url, held):
    data = {"position": "group_leader", "start_on": str(today()), "confirmed": "yes"}
    chair = sign_in(cast.chair)
    assert 'id="group-error"' in chair.force(url, data).text
    assert chair.force(url, {**data, "group": cast.other_group.public_id}).status_code == 303
    assert held(cast.member.person_id)[0].group_id == cast.other_group.id


def test_a_term_gives_its_own_end(cast, sign_in, url, held, terms):
    data = {"position": "publisher", "start_on": str(today()), "term": terms[0].public_id, "confirmed": "yes"}
    assert sign_in(cast.secretary).force(url, data).status_code == 303
    assert held(cast.member.person_id)[0].end_on == terms[0].end_on


def test_below_too(cast, sign_in, held):
    url = f"/office/liuan/appointments/grant/{cast.member.person.public_id}"
    data = {"position": "supervisor", "start_on": str(today()), "covers_subtree": "y"}
    chair = sign_in(cast.chair)
    assert "2 associations" in chair.submit(url, data, headers=ENGLISH).text
    assert chair.force(url, {**data, "confirmed": "yes"}).status_code == 303
    assert held(cast.member.person_id)[0].covers_subtree
    assert sign_in(cast.member).get("/office/tingyu").status_code == 200


def test_forged_columns_change_nothing(cast, sign_in, url, held):
    forged = {"person_id": "1", "association_id": "1", "created_by": "1", "covers_subtree": "y", "is_identified": "y"}
    data = {"position": "publisher", "start_on": str(today()), "confirmed": "yes", **forged}
    assert sign_in(cast.secretary).force(url, data).status_code == 303
    granted = held(cast.member.person_id)[0]
    assert granted.association_id == cast.community.id
    assert not granted.covers_subtree


# Who may


NOBODY = {
    "treasurer": 403,
    "publisher": 403,
    "leader": 403,
    "sibling": 404,
    "member": 404,
    "volunteer": 404,
    "stranger": 404,
    "ended": 404,
}


@either_engine
def test_who_may_not(cast, sign_in, url, held):
    data, accounts = {"position": "publisher", "start_on": str(today()), "confirmed": "yes"}, cast.accounts()
    for who, status in NOBODY.items():
        client = sign_in(accounts[who])
        got = [client.get(FIND), client.get(url), client.force(url, data), client.force(FIND, {"number": "1"})]
        assert [response.status_code for response in got] == [status] * 4, who
    assert held(cast.member.person_id) == []


@either_engine
def test_not_signed_in(cast, client, url, held):
    for response in (client.get(FIND), client.get(url), client.force(url, {"confirmed": "yes"})):
        assert response.status_code == 303
        assert "/sign-in" in response.location
    assert held(cast.member.person_id) == []


@either_engine
def test_by_get_nothing_is_granted(cast, sign_in, url, held):
    query = {"position": "publisher", "start_on": str(today()), "confirmed": "yes"}
    assert sign_in(cast.secretary).get(url, query_string=query).status_code == 200
    assert held(cast.member.person_id) == []


@either_engine
def test_archived_refuses(cast, sign_in, url):
    cast.community.archived_on = today()
    assert sign_in(cast.chair).get(url).status_code == 403
    assert sign_in(cast.chair).get("/office/wangjiang/appointments").status_code == 200


def test_somebody_without_an_account_is_pointed_out(cast, sign_in):
    person = make_person("新人")
    affiliate(person, cast.community, AffiliationKind.VOLUNTEER)
    url = f"{FIND}/{person.public_id}"
    response = sign_in(cast.secretary).force(
        url, {"position": "publisher", "start_on": str(today()), "confirmed": "yes"}
    )
    assert sign_in(cast.secretary).page(response.location).select_one("main .notice.amber")
    make_account(person)
    assert not sign_in(cast.secretary).page(response.location).select_one("main .notice.amber")
