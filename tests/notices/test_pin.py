"""Pinning: a few of an association's notices stand first in its own list."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.notices.drafts import MOST_PINNED
from tests.harness.cases import each, either_engine
from tests.notices.rows import OFFICE, WHO_MAY_NOT, draft, published


@pytest.fixture
def notice(cast):
    return published(cast.secretary, cast.community)


@pytest.fixture
def url(notice) -> str:
    return f"{OFFICE}/{notice.public_id}/pin"


def test_pin_twice_and_unpin(cast, sign_in, db_session, notice, url):
    secretary = sign_in(cast.secretary)
    for _ in range(2):
        assert secretary.force(url, {"is_pinned": "yes"}).headers["Location"] == f"{OFFICE}/{notice.public_id}"
    assert notice.is_pinned is True
    assert len(db_session.scalars(select(AuditEntry).where(AuditEntry.action == "notices.pin")).all()) == 1
    secretary.force(url, {"is_pinned": "no"})
    assert notice.is_pinned is False


def test_only_a_few(cast, sign_in, db_session, notice, url):
    for _ in range(MOST_PINNED):
        published(cast.secretary, cast.community, is_pinned=True)
    secretary = sign_in(cast.secretary)
    answer = secretary.force(url, {"is_pinned": "yes"})
    assert f"{MOST_PINNED} " in secretary.page(answer.headers["Location"]).select_one(".notice").get_text()
    assert notice.is_pinned is False


@either_engine
@each(("who", "status"), WHO_MAY_NOT)
def test_who_may_not(cast, sign_in, notice, url, who, status):
    assert sign_in(getattr(cast, who)).force(url, {"is_pinned": "yes"}).status_code == status
    assert notice.is_pinned is False


@either_engine
def test_not_signed_in_by_get_another_association_a_draft(cast, client, sign_in, db_session, notice, url):
    assert client.force(url, {"is_pinned": "yes"}).headers["Location"].startswith("/sign-in")
    secretary = sign_in(cast.secretary)
    assert secretary.get(url).status_code == 405
    foreign = published(cast.sibling, cast.sibling_community)
    assert secretary.force(f"{OFFICE}/{foreign.public_id}/pin", {"is_pinned": "yes"}).status_code == 404
    unpublished = draft(cast.secretary, cast.community)
    secretary.force(f"{OFFICE}/{unpublished.public_id}/pin", {"is_pinned": "yes"})
    assert not any((foreign.is_pinned, notice.is_pinned, unpublished.is_pinned))
