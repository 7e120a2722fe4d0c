"""Applications on paper: the blank form, and entering one with the same checks."""

from __future__ import annotations

from sqlalchemy import select

from portal.applications.models import MembershipApplication
from portal.core.identity import demo_identity
from portal.people.models import Consent
from tests.applications.filling import NUMBER, OFFICE, PHONE, birthday, count
from tests.harness.cases import each, either_engine
from tests.harness.factory import kind_of

URL = f"{OFFICE}/new"


def paper(cast, **values):
    known = {"kind": kind_of(cast.community).public_id, "name": "钟若兰", "identity_number": NUMBER, "phone": PHONE,
             "residence": "湖滨巷", "register": "y"}  # fmt: skip
    return {name: value for name, value in (known | values).items() if value is not None}


def test_entered_and_decided_by_the_usual_way(cast, sign_in, db_session):
    secretary = sign_in(cast.secretary)
    response = secretary.submit(URL, paper(cast, group=cast.group.public_id, photo="y"))
    assert response.status_code == 303, response.text[:2000]
    made = db_session.scalars(select(MembershipApplication)).one()
    assert (made.channel, made.entered_by_id, made.group_id) == ("paper", cast.secretary.person_id, cast.group.id)
    done = secretary.submit(f"{response.location}/accept", {"joined_on": "2026-01-05"}, page=response.location)
    assert done.status_code == 303
    assert {consent.given_by for consent in db_session.scalars(select(Consent))} == {"paper"}


@each(
    "values",
    [
        {"kind": None},
        {"name": ""},
        {"identity_number": "11010119900307123"},
        {"identity_number": None},
        {"identity_number": None, "sex": "female"},
        {"identity_number": None, "birth_on": "1968-03-21"},
        {"identity_number": None, "birth_on": "2999-01-01", "sex": "female"},
        {"phone": None},
        {"phone": "12"},
        {"register": None},
        {"group": "foreign"},
        {"identity_number": demo_identity(3, birthday(9), "male")},
        {"identity_number": demo_identity(3, birthday(9), "male"), "guardian_name": "钟明"},
    ],
)
def test_the_same_checks(cast, sign_in, values):
    response = sign_in(cast.secretary).force(URL, paper(cast, **values))
    assert response.status_code == 422
    assert "湖滨巷" in response.text
    assert count() == 0


def test_an_organisation_needs_its_name(cast, sign_in, db_session):
    kind = kind_of(cast.community, 2).public_id
    secretary = sign_in(cast.secretary)
    assert secretary.force(URL, paper(cast, kind=kind, identity_number=None)).status_code == 422
    assert secretary.force(URL, paper(cast, kind=kind, organisation_name="湖滨茶社")).status_code == 303
    made = db_session.scalars(select(MembershipApplication)).one()
    assert (made.organisation_name, made.identity_number) == ("湖滨茶社", None)


def test_an_honorary_member_does_not_apply(cast, sign_in):
    response = sign_in(cast.secretary).force(URL, paper(cast, kind=kind_of(cast.community, 3).public_id))
    assert response.status_code == 422


@either_engine
@each(("who", "status"), [("treasurer", 403), ("leader", 403), ("sibling", 404), ("ended", 404)])
def test_who_may_not(cast, sign_in, who, status):
    client = sign_in(getattr(cast, who))
    assert client.get(URL).status_code == status
    assert client.force(URL, paper(cast)).status_code == status
    assert count() == 0


@either_engine
def test_not_signed_in(cast, client):
    assert client.force(URL, paper(cast)).location.startswith("/sign-in")


@either_engine
def test_the_blank_form(cast, client):
    page = client.page("/join/paper-form?at=wangjiang")
    assert "望江社区协会" in page.get_text()
    assert client.page("/join/paper-form").h1 is not None
