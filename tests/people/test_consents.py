"""Consents: given one by one under a version of the notice, withdrawn as easily, and the public notice."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from portal.people.models import Consent, PrivacyNotice
from tests.harness.cases import either_engine


@pytest.fixture
def notice(db_session, cast) -> PrivacyNotice:
    rows = [
        PrivacyNotice(version=version, language="zh-Hans", body=f"第 {version} 版 **说明**", effective_on=day)
        for version, day in ((1, date(2021, 1, 1)), (2, date(2022, 1, 1)), (3, date(2999, 1, 1)))
    ]
    db_session.add_all(rows)
    db_session.commit()
    return rows[1]


def live(db_session, cast) -> list[str]:
    statement = select(Consent).where(Consent.person_id == cast.member.person_id, Consent.withdrawn_at.is_(None))
    return [(c.purpose, c.notice_version) for c in db_session.scalars(statement)]


def test_given_and_withdrawn(cast, sign_in, db_session, notice):
    member = sign_in(cast.member)
    assert member.submit("/me/consents/photo", page="/me/consents").status_code == 303
    assert live(db_session, cast) == [("photo", 2)]
    assert member.submit("/me/consents/photo", page="/me/consents").status_code == 303
    assert live(db_session, cast) == []
    assert db_session.scalar(select(Consent)).withdrawn_at is not None


def test_the_record_itself_is_not_withdrawn_here(cast, sign_in, db_session, notice):
    assert sign_in(cast.member).force("/me/consents/register").status_code == 404
    assert sign_in(cast.member).force("/me/consents/nonsense").status_code == 404
    assert live(db_session, cast) == []


@either_engine
def test_not_signed_in(cast, client, db_session, notice):
    assert client.force("/me/consents/photo").status_code == 303
    assert live(db_session, cast) == []


@either_engine
def test_notice_in_force_is_public(client, cast, notice):
    page = client.page("/privacy")
    assert page.select_one(".prose strong").get_text() == "说明"
    assert "第 2 版" in page.get_text()


@either_engine
def test_without_a_notice_the_page_says_so(client, cast):
    assert client.page("/privacy").select_one(".empty")
