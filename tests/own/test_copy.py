"""The copy of everything: whole by the tables themselves, one's own only, without what lets somebody in."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from portal.accounts.models import AccountSession
from portal.core.calendar import now
from portal.core.database import Base
from portal.own.exports import NOT_COPIED, SECTIONS, Section
from portal.people.models import Consent, ConsentPurpose, Person, Reveal
from tests.harness.cases import either_engine
from tests.harness.factory import PASSWORD_HASH
from tests.harness.source import import_models

URL = "/me/copy.json"
ABOUT_PEOPLE = ("person", "account")


def forgotten(sections: tuple[Section, ...], reasons: dict[str, str]) -> set[str]:
    """Keys to a person or an account that are in no section and have no reason to be left out."""
    copied = {f"{section.model.__tablename__}.{section.column}" for section in sections}
    keys = {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in ABOUT_PEOPLE
    }
    return keys - copied - set(reasons)


def test_no_table_about_people_is_forgotten():
    import_models()
    assert forgotten(SECTIONS, NOT_COPIED) == set()


def test_control_a_forgotten_table_is_found():
    import_models()
    assert forgotten(SECTIONS[:1], NOT_COPIED) >= {"affiliation.person_id", "consent.person_id"}


def test_every_reason_is_of_a_column_that_exists():
    import_models()
    columns = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}
    assert set(NOT_COPIED) <= columns
    assert all(NOT_COPIED.values())


def copy(client) -> dict:
    answer = client.get(URL)
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    return json.loads(answer.text)


def test_it_holds_what_is_held(cast, sign_in, db_session, ask):
    ask(cast.member, "请更正", name="王秀瑛")
    person, here = cast.member.person_id, cast.community.id
    db_session.add(Consent(person_id=person, purpose=ConsentPurpose.PHOTO, notice_version=1, given_at=now()))
    db_session.add(Reveal(person_id=person, field="phone", reason="核对报名", by_name="黄淑兰", association_id=here))
    held = copy(sign_in(cast.member))
    assert set(held) == {section.name for section in SECTIONS} | {"made_on"}
    assert held["person"][0]["phone"] == cast.member.person.phone
    assert held["memberships"][0]["association"] == "望江社区协会"
    assert held["memberships"][0]["kind"] == "个人会员"
    assert held["stays"][0]["group"] == "第一小组"
    assert held["consents"][0]["purpose"] == "photo"
    assert held["reveals"][0]["reason"] == "核对报名"
    assert "王秀瑛" in held["requests"][0]["wanted"]
    assert [entry["action"] for entry in held["log"]] == ["own.ask_correction"]
    assert held["sessions"][0]["device"] == "test"


@either_engine
def test_no_secret_and_nobody_else(cast, sign_in):
    text = sign_in(cast.member).get(URL).text
    assert PASSWORD_HASH not in text
    assert 'hash"' not in text, "no field of a hash"
    for other in ("volunteer", "secretary", "stranger"):
        account = getattr(cast, other)
        assert account.name not in text
        assert account.person.phone not in text


@either_engine
def test_as_a_document(cast, sign_in):
    answer = sign_in(cast.member).get("/me/copy.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")


@either_engine
def test_a_character_that_cannot_be_printed(cast, sign_in, db_session):
    db_session.get(Person, cast.member.person_id).residence = "\U00030000里"
    client = sign_in(cast.member)
    assert client.get("/me/copy.pdf").location == "/me/copy"
    assert client.page("/me/copy").select_one(".notice.amber")
    assert "\U00030000" in client.get(URL).text


@either_engine
@pytest.mark.parametrize("url", [URL, "/me/copy.pdf"])
def test_the_password_is_asked(cast, sign_in, db_session, url):
    member = sign_in(cast.member)
    row = db_session.scalar(select(AccountSession).where(AccountSession.account_id == cast.member.id))
    row.confirmed_at = now().replace(year=2020)
    db_session.commit()
    assert member.get(url).location == "/confirm?next=/me/copy"
    assert member.get("/me/copy").status_code == 200
