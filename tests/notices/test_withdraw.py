"""Withdrawing: the text is out of sight, title, reason and date stay in the record."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.notices import desk, services
from tests.harness.cases import each, either_engine
from tests.notices.rows import OFFICE, TITLE, WHO_MAY_NOT, corrected, draft, published

REASON = "数字有误，将重新公布。"


@pytest.fixture
def notice(cast):
    return published(cast.secretary, cast.community, is_pinned=True)


@pytest.fixture
def url(notice) -> str:
    return f"{OFFICE}/{notice.public_id}/withdraw"


def test_the_page_stays_without_its_text(cast, sign_in, client, db_session, notice, url):
    corrected(cast.secretary, notice, body="**24.00**")
    assert sign_in(cast.secretary).submit(url, {"reason": REASON}).status_code == 303
    public = f"/notices/{notice.public_id}"
    page = client.page(public)
    assert page.h1.get_text() == TITLE
    assert REASON in page.get_text()
    assert not page.find(string="24.00")
    for number in (1, 2):
        assert client.get(f"{public}/versions/{number}").headers["Location"] == public
    assert TITLE not in client.get("/notices").text
    entry = db_session.scalars(select(AuditEntry).where(AuditEntry.action == "notices.withdraw")).one()
    assert entry.changes["reason"] == REASON


def test_the_office_still_has_it(cast, sign_in, db_session, notice, url):
    secretary = sign_in(cast.secretary)
    secretary.submit(url, {"reason": REASON})
    assert secretary.page(f"{OFFICE}?state=withdrawn").find("a", string=TITLE)
    assert REASON in secretary.page(f"{OFFICE}/{notice.public_id}").get_text()


def test_twice_keeps_the_first_reason(cast, sign_in, db_session, notice, url):
    secretary = sign_in(cast.secretary)
    for reason in (REASON, "另一个原因"):
        response = secretary.force(url, {"reason": reason})
        assert response.headers["Location"] == f"{OFFICE}/{notice.public_id}"
    assert notice.withdrawal_reason == REASON
    assert secretary.get(url).status_code == 303


@each("reason", ["", "  \u200b ", "长" * 501])
def test_a_reason_is_required(cast, sign_in, db_session, notice, url, reason):
    response = sign_in(cast.secretary).submit(url, {"reason": reason})
    assert response.status_code == 422
    assert 'id="reason-error"' in response.text
    assert notice.status == "published"


@either_engine
@each(("who", "status"), WHO_MAY_NOT)
def test_who_may_not(cast, sign_in, notice, url, who, status):
    somebody = sign_in(getattr(cast, who))
    assert somebody.get(url).status_code == status
    assert somebody.force(url, {"reason": REASON}).status_code == status
    assert notice.status == "published"


@either_engine
def test_not_signed_in_another_association_a_draft(cast, client, sign_in, db_session, notice, url):
    assert client.force(url, {"reason": REASON}).headers["Location"].startswith("/sign-in")
    foreign = published(cast.sibling, cast.sibling_community)
    unpublished = draft(cast.secretary, cast.community)
    secretary = sign_in(cast.secretary)
    assert secretary.force(f"{OFFICE}/{foreign.public_id}/withdraw", {"reason": REASON}).status_code == 404
    assert secretary.force(f"{OFFICE}/{unpublished.public_id}/withdraw", {"reason": REASON}).status_code == 422
    assert {foreign.status, notice.status, unpublished.status} == {"published", "draft"}


def test_a_correction_in_the_making_goes_with_it_and_the_page_says_so(cast, sign_in, db_session, notice, url):
    services.begin_correction(cast.secretary, notice)
    db_session.flush()
    secretary = sign_in(cast.secretary)
    assert secretary.page(url).select_one(".notice.amber")
    secretary.submit(url, {"reason": REASON})
    assert desk.get_draft(notice) is None
    assert notice.is_pinned is False


def test_what_it_superseded_is_in_force_again(cast, client, db_session):
    old = published(cast.secretary, cast.community, title="旧办法")
    new = published(cast.secretary, cast.community, title="新办法", supersedes=old.public_id)
    assert client.page(f"/notices/{old.public_id}").select_one(f'.notice a[href="/notices/{new.public_id}"]')
    services.withdraw(cast.secretary, new, REASON)
    page = client.page(f"/notices/{old.public_id}")
    assert page.select_one(".facts .tag.green")
    assert not page.select_one(".notice")
