"""A correction: asked for, looked at, accepted or refused by somebody else, withdrawn; one at a time."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.accounts.models import Account
from portal.accounts.queries import get_by_login
from portal.core.identity import demo_identity
from portal.own.models import PersonalRequest
from portal.people.models import Person
from portal.people.queries import get_own
from portal.people.services import correct_person
from tests.harness.cases import each, either_engine
from tests.harness.factory import make_membership

URL = "/me/data/correction"
NUMBER = demo_identity(7, date(1988, 5, 20), "female")


def only(db_session) -> PersonalRequest:
    return db_session.scalars(select(PersonalRequest)).one()


def state(db_session) -> str:
    return db_session.scalar(select(PersonalRequest.state))


def office(asked: PersonalRequest, act: str = "") -> str:
    return f"/office/wangjiang/requests/{asked.public_id}{act}"


def test_asked_and_shown_masked(cast, sign_in, db_session):
    member = sign_in(cast.member)
    answer = member.submit(URL, {"name": "王秀瑛", "phone": "138 1234 5678", "note": "名字写错了"})
    asked = only(db_session)
    assert answer.location == f"/me/requests/{asked.public_id}"
    page = member.page(answer.location).get_text()
    assert "王秀瑛" in page
    assert "138****5678" in page
    assert "13812345678" not in page
    assert asked.association_id == cast.community.id
    assert "王秀瑛" not in str(db_session.connection().exec_driver_sql("SELECT wanted FROM personal_request").all())


def test_accepted_in_the_office(cast, sign_in, db_session, ask):
    asked = ask(cast.member, name="王秀瑛", phone="13812345678")
    secretary = sign_in(cast.secretary)
    assert secretary.page("/office/wangjiang/requests").select_one("tbody a")["href"] == office(asked)
    page = secretary.page(office(asked)).get_text()
    assert "王秀英" in page
    assert "王秀瑛" in page
    assert "13812345678" in page, "whoever decides compares it"
    assert str(get_own(cast.member.person_id).phone) not in page
    assert secretary.submit(office(asked, "/accept"), page=office(asked)).status_code == 303
    person = db_session.get(Person, cast.member.person_id)
    assert (person.name, person.phone) == ("王秀瑛", "13812345678")
    account = db_session.get(Account, cast.member.id)
    assert account.phone_index == person.phone_index, "the sign-in follows the phone"
    assert "13812345678" not in secretary.page(office(asked)).get_text(), "decided: masked again"
    assert state(db_session) == "done"
    assert "王秀瑛" in sign_in(cast.member).page("/me").get_text()


@either_engine
def test_an_email_that_an_officer_wrote_signs_nobody_in(cast, sign_in, db_session, ask):
    """To it a new password could be mailed: the account of a chair who is a member would be the secretary's."""
    make_membership(db_session.get(Person, cast.chair.person_id), cast.community)
    db_session.commit()
    secretary = sign_in(cast.secretary)
    url = f"/office/wangjiang/people/{get_own(cast.chair.person_id).public_id}/edit"
    assert secretary.submit(url, {"email": "attacker@example.org"}).status_code == 303
    asked = ask(cast.chair, phone="13911112222")
    assert secretary.force(office(asked, "/accept")).status_code == 303
    assert get_by_login("attacker@example.org") is None
    assert get_by_login("13911112222").id == cast.chair.id


def test_accepted_twice(cast, sign_in, db_session, ask):
    asked = ask(cast.member, name="王秀瑛")
    secretary = sign_in(cast.secretary)
    assert secretary.force(office(asked, "/accept")).status_code == 303
    assert secretary.force(office(asked, "/accept")).status_code == 422
    assert secretary.force(office(asked, "/refuse"), {"reason": "材料不符"}).status_code == 422
    assert state(db_session) == "done"


@either_engine
def test_refused_for_a_reason_that_the_person_reads(cast, sign_in, db_session, ask):
    asked = ask(cast.member, name="王秀瑛")
    secretary = sign_in(cast.secretary)
    assert secretary.submit(office(asked, "/refuse"), {"reason": ""}, page=office(asked)).status_code == 422
    assert state(db_session) == "open"
    assert (
        secretary.submit(office(asked, "/refuse"), {"reason": "与身份证不符"}, page=office(asked)).status_code == 303
    )
    assert "与身份证不符" in sign_in(cast.member).page(f"/me/requests/{asked.public_id}").get_text()
    assert db_session.get(Person, cast.member.person_id).name == "王秀英"


def test_withdrawn_then_nothing_decides_it(cast, sign_in, db_session, ask):
    asked = ask(cast.member, name="王秀瑛")
    member, url = sign_in(cast.member), f"/me/requests/{asked.public_id}"
    assert member.submit(f"{url}/withdraw", page=url).status_code == 303
    assert state(db_session) == "withdrawn"
    assert member.force(f"{url}/withdraw").status_code == 303
    assert sign_in(cast.secretary).force(office(asked, "/accept")).status_code == 422
    assert db_session.get(Person, cast.member.person_id).name == "王秀英"


def test_one_at_a_time(cast, sign_in, ask, count):
    asked = ask(cast.member, name="王秀瑛")
    member = sign_in(cast.member)
    assert member.get(URL).location == f"/me/requests/{asked.public_id}"
    assert member.force(URL, {"name": "王秀樱"}).location == f"/me/requests/{asked.public_id}"
    assert count(PersonalRequest) == 1


@either_engine
@each(
    "data",
    [
        {},
        {"note": "都对"},
        {"name": "王秀英"},
        {"phone": "12"},
        {"identity_number": NUMBER[:-1]},
        {"birth_on": "明天"},
        {"name": "王" * 61},
    ],
)
def test_bad_input_keeps_what_was_typed(cast, sign_in, count, data):
    answer = sign_in(cast.member).submit(URL, data)
    assert answer.status_code == 422
    assert all(value in answer.text for value in data.values())
    assert count(PersonalRequest) == 0


def test_sex_and_birth_follow_from_the_number(cast, sign_in, db_session):
    sign_in(cast.member).submit(URL, {"identity_number": NUMBER, "sex": "male", "birth_on": "1999-01-01"})
    asked = only(db_session)
    sign_in(cast.secretary).force(office(asked, "/accept"))
    person = db_session.get(Person, cast.member.person_id)
    assert (person.identity_number, person.sex, person.birth_on) == (NUMBER, "female", date(1988, 5, 20))


def test_a_number_of_somebody_else_is_told_to_the_office_only(cast, sign_in, db_session):
    correct_person(cast.secretary, get_own(cast.volunteer.person_id), identity_number=NUMBER)
    assert sign_in(cast.member).submit(URL, {"identity_number": NUMBER}).status_code == 303
    asked = only(db_session)
    answer = sign_in(cast.secretary).force(office(asked, "/accept"))
    assert answer.status_code == 422
    assert NUMBER not in answer.text
    assert state(db_session) == "open"


def test_nobody_decides_the_own_request(cast, sign_in, db_session, ask):
    asked = ask(cast.secretary, name="黄淑岚")
    secretary = sign_in(cast.secretary)
    assert not secretary.page(office(asked)).find("form", action=office(asked, "/accept"))
    assert secretary.force(office(asked, "/accept")).status_code == 422
    assert secretary.force(office(asked, "/refuse"), {"reason": "不需要"}).status_code == 422
    assert state(db_session) == "open"
    assert sign_in(cast.chair).force(office(asked, "/accept")).status_code == 303
    assert db_session.get(Person, cast.secretary.person_id).name == "黄淑岚"


@either_engine
@each(
    ("role", "status"),
    [("treasurer", 403), ("leader", 403), ("publisher", 403), ("sibling", 404), ("ended", 404), ("stranger", 404)],
)
def test_who_may_not(cast, sign_in, db_session, ask, role, status):
    asked = ask(cast.member, name="王秀瑛")
    client = sign_in(getattr(cast, role))
    assert client.get(office(asked)).status_code == status
    assert client.get("/office/wangjiang/requests").status_code == status
    for act in ("/accept", "/refuse"):
        assert client.force(office(asked, act), {"reason": "材料不符"}).status_code == status
    assert state(db_session) == "open"


def test_at_a_siblings_own_address(cast, sign_in, db_session, ask):
    asked = ask(cast.member, name="王秀瑛")
    url = office(asked).replace("wangjiang", "tingyu")
    sibling = sign_in(cast.sibling)
    assert sibling.get(url).status_code == 404
    assert sibling.force(f"{url}/accept").status_code == 404
    assert sibling.page("/office/tingyu/requests").select_one(".empty")


def test_ones_own_only(cast, sign_in, db_session, ask):
    asked = ask(cast.member, name="王秀瑛")
    for account in (cast.volunteer, cast.secretary):
        client = sign_in(account)
        assert client.get(f"/me/requests/{asked.public_id}").status_code == 404
        assert client.force(f"/me/requests/{asked.public_id}/withdraw").status_code == 404
    assert state(db_session) == "open"


@either_engine
def test_not_signed_in_and_by_get(cast, client, sign_in, db_session, ask):
    asked = ask(cast.member, name="王秀瑛")
    for url in (URL, f"/me/requests/{asked.public_id}/withdraw", office(asked, "/accept"), office(asked, "/refuse")):
        assert client.force(url).location.startswith("/sign-in")
    for url in (office(asked, "/accept"), office(asked, "/refuse")):
        assert sign_in(cast.secretary).get(url).status_code == 405
    assert sign_in(cast.member).get(f"/me/requests/{asked.public_id}/withdraw").status_code == 405
    assert state(db_session) == "open"


def tasks(client) -> list[str]:
    return [link["href"] for link in client.page("/office/wangjiang").select(".work a")]


def test_the_work_list_counts_it(cast, sign_in, ask):
    secretary = sign_in(cast.secretary)
    assert "/office/wangjiang/requests" not in [
        a["href"] for a in secretary.page("/office/wangjiang").select(".work a")
    ]
    ask(cast.member, name="王秀瑛")
    ask(cast.secretary, name="黄淑岚")
    for client in (secretary, sign_in(cast.chair)):
        assert "/office/wangjiang/requests" in [a["href"] for a in client.page("/office/wangjiang").select(".work a")]
    text = secretary.page("/office/wangjiang", headers={"Accept-Language": "en"}).select_one(".work").get_text()
    assert "1 request about own data" in text


@either_engine
@each("text", ["王\0秀", "<b>王</b>", "{{ 7 * 7 }}", "王" + "\u202e" + "秀"])
def test_hostile_text_is_text(cast, sign_in, text):
    answer = sign_in(cast.member).force(URL, {"name": text, "note": text})
    assert answer.status_code in (303, 422)
    if answer.status_code == 303:
        page = sign_in(cast.member).get(answer.location).text
        assert "<b>王</b>" not in page
        assert ">49<" not in page


@either_engine
def test_while_one_waits_the_page_of_it_says_so(cast, sign_in, ask):
    asked, member = ask(cast.member, name="王秀瑛"), sign_in(cast.member)
    page = f"/me/requests/{asked.public_id}"
    before = member.page(page).select_one("main").get_text()
    assert member.get(URL).location == page
    assert len(member.page(page).select_one("main").get_text()) > len(before), "why one is here instead"
    assert member.page(page).select_one("main").get_text() == before, "said once"
