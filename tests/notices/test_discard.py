"""Discarding a draft: after asking; what was published is never thrown away."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.core.audit import AuditEntry
from portal.notices import desk, services
from portal.notices.models import Notice
from tests.harness.cases import each, either_engine
from tests.notices.rows import OFFICE, TITLE, WHO_MAY_NOT, draft, published


@pytest.fixture
def notice(cast):
    return draft(cast.secretary, cast.community)


@pytest.fixture
def url(notice) -> str:
    return f"{OFFICE}/{notice.public_id}/discard"


def count(db_session) -> int:
    return db_session.scalar(select(func.count()).select_from(Notice))


def test_a_draft_is_gone_and_the_log_keeps_its_title(cast, sign_in, db_session, url):
    assert sign_in(cast.publisher).submit(url).headers["Location"] == OFFICE
    assert count(db_session) == 0
    entry = db_session.scalars(select(AuditEntry).where(AuditEntry.action == "notices.discard")).one()
    assert (entry.changes["title"], entry.association_id) == (TITLE, cast.community.id)


def test_twice_is_the_same_answer(cast, sign_in, db_session, url):
    secretary = sign_in(cast.secretary)
    assert [secretary.force(url).headers["Location"] for _ in range(2)] == [OFFICE, OFFICE]
    assert len(db_session.scalars(select(AuditEntry).where(AuditEntry.action == "notices.discard")).all()) == 1


def test_of_a_correction_the_published_version_stays(cast, sign_in, db_session):
    notice = published(cast.secretary, cast.community)
    services.begin_correction(cast.secretary, notice)
    db_session.flush()
    assert sign_in(cast.secretary).submit(f"{OFFICE}/{notice.public_id}/discard").status_code == 303
    assert desk.get_draft(notice) is None
    assert desk.get_current(notice).number == 1


def test_what_is_published_is_not_discarded(cast, sign_in, db_session):
    notice = published(cast.secretary, cast.community)
    secretary = sign_in(cast.secretary)
    assert secretary.get(f"{OFFICE}/{notice.public_id}/discard").status_code == 303
    secretary.force(f"{OFFICE}/{notice.public_id}/discard")
    assert notice.status == "published"
    assert desk.get_current(notice).title == TITLE


@either_engine
@each(("who", "status"), WHO_MAY_NOT)
def test_who_may_not(cast, sign_in, db_session, url, who, status):
    somebody = sign_in(getattr(cast, who))
    assert somebody.get(url).status_code == status
    assert somebody.force(url).status_code == status
    assert count(db_session) == 1


@either_engine
def test_not_signed_in_another_association_by_get(cast, client, sign_in, db_session, url):
    assert client.force(url).headers["Location"].startswith("/sign-in")
    foreign = draft(cast.sibling, cast.sibling_community)
    assert sign_in(cast.secretary).force(f"{OFFICE}/{foreign.public_id}/discard").status_code == 404
    sign_in(cast.secretary).get(url)
    assert count(db_session) == 2
