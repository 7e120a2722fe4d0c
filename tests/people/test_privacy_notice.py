"""The privacy notice: versions by the topmost association; consents on paper."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core.calendar import today
from portal.offices.rights import Position
from portal.people import services
from portal.people.models import Consent, PrivacyNotice
from tests.harness.cases import each, either_engine
from tests.harness.factory import appoint, make_account, make_person

URL = "/office/qinghe/privacy"


@pytest.fixture
def top(cast):
    """The topmost association's secretary."""
    person = make_person("罗文清")
    appoint(person, cast.federation, Position.SECRETARY)
    return make_account(person)


def versions(db_session) -> list[int]:
    return sorted({row.version for row in db_session.scalars(select(PrivacyNotice))})


def test_first_and_second_version(cast, top, sign_in, client, db_session):
    officer = sign_in(top)
    assert officer.submit(URL, {}).status_code == 303
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert officer.submit(URL, {"zh_hans": "**新**版", "effective_on": tomorrow}).status_code == 303
    assert versions(db_session) == [1, 2]
    page = client.page("/privacy")
    assert "新版" not in page.select_one(".prose").get_text(), "the second begins tomorrow"
    assert client.page("/privacy?version=2").select_one(".prose strong").get_text() == "新"
    for none in ("9", "0", "-1", "9" * 30):
        assert client.get(f"/privacy?version={none}").status_code == 404


@either_engine
def test_each_text_is_written_in_its_language(cast, top, sign_in):
    """A screen reader reads it so, and a browser spells it so."""
    boxes = sign_in(top).page(URL).select("main textarea")
    assert {box["name"]: box.get("lang") for box in boxes} == {"zh_hans": "zh-Hans", "zh_hant": "zh-Hant", "en": "en"}


def test_sent_twice_makes_two_versions_that_say_the_same(cast, top, sign_in, db_session):
    officer = sign_in(top)
    officer.submit(URL, {})
    officer.submit(URL, {})
    assert versions(db_session) == [1, 2]


@either_engine
@each(("field", "value"), [("zh_hans", " "), ("en", ""), ("effective_on", ""), ("effective_on", "x")])
def test_bad_input_is_said_by_its_field(cast, top, sign_in, db_session, field, value):
    response = sign_in(top).submit(URL, {"zh_hant": "留下的字", field: value})
    assert response.status_code == 422
    assert f'href="#{field}"' in response.text
    assert "留下的字" in response.text
    assert versions(db_session) == []


@either_engine
def test_a_later_version_cannot_begin_in_the_past(cast, top, sign_in, db_session):
    services.publish_notice(None, services.default_notice(), today())
    yesterday = (today() - timedelta(days=1)).isoformat()
    assert sign_in(top).submit(URL, {"effective_on": yesterday}).status_code == 422
    assert versions(db_session) == [1]


@either_engine
@pytest.mark.parametrize(
    ("who", "code", "status"), [("chair", "liuan", 404), ("secretary", "qinghe", 404), ("member", "qinghe", 404)]
)
def test_who_may_not(cast, sign_in, db_session, who, code, status):
    response = sign_in(getattr(cast, who)).force(f"/office/{code}/privacy", services.default_notice())
    assert response.status_code == status
    assert versions(db_session) == []


def test_consent_on_paper(cast, sign_in, db_session):
    services.publish_notice(None, services.default_notice(), today())
    page = f"/office/wangjiang/people/{cast.member.person.public_id}"
    secretary = sign_in(cast.secretary)
    assert secretary.submit(f"{page}/consents/photo", page=page).status_code == 303
    consent = db_session.scalar(select(Consent))
    assert (consent.purpose, consent.given_by, consent.notice_version) == ("photo", "paper", 1)
    assert secretary.submit(f"{page}/consents/photo", page=page).status_code == 303
    db_session.refresh(consent)
    assert consent.withdrawn_at is not None
    assert secretary.force(f"{page}/consents/register").status_code == 404


@either_engine
@pytest.mark.parametrize(("who", "status"), [("treasurer", 403), ("leader", 403), ("sibling", 404), ("member", 404)])
def test_who_may_not_record_a_consent(cast, sign_in, db_session, who, status):
    url = f"/office/wangjiang/people/{cast.member.person.public_id}/consents/photo"
    assert sign_in(getattr(cast, who)).force(url).status_code == status
    assert db_session.scalar(select(Consent)) is None
