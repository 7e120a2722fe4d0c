"""Publishing: what was checked is what everybody reads, under one index number, never edited again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from portal.core import calendar
from portal.core.audit import AuditEntry
from portal.core.database import db
from portal.core.errors import RuleError
from portal.notices import desk, services
from portal.notices.drafts import MOST_PINNED, revision_of
from portal.notices.models import NoticeVersion
from tests.harness.cases import each, either_engine
from tests.notices.rows import BODY, OFFICE, TITLE, WHO_MAY_NOT, draft, published

YEAR = calendar.today().year


@pytest.fixture
def notice(cast):
    return draft(cast.secretary, cast.community)


@pytest.fixture
def url(notice) -> str:
    return f"{OFFICE}/{notice.public_id}/publish"


def check(url: str) -> str:
    return url.replace("/publish", "/check")


def test_published_it_has_its_number_and_everybody_reads_it(cast, sign_in, client, db_session, notice, url):
    secretary = sign_in(cast.secretary)
    response = secretary.submit(url, page=check(url))
    assert response.headers["Location"] == f"{OFFICE}/{notice.public_id}/published"
    number = f"WANGJIANG-{YEAR}-0001"
    page = secretary.page(response.headers["Location"])
    assert page.select_one(".reference").get_text() == number
    assert page.find("a", string=f"http://localhost/notices/{notice.public_id}")
    assert number in client.page(f"/notices/{notice.public_id}").get_text()
    entry = db_session.scalars(select(AuditEntry).where(AuditEntry.action == "notices.publish")).one()
    assert entry.changes == {"version": 1, "index_number": number}


def test_twice_is_the_same_answer(cast, sign_in, db_session, notice, url):
    secretary = sign_in(cast.secretary)
    form = {"number": "1", "revision": revision_of(notice, desk.get_draft(notice))}
    first, second = secretary.force(url, form), secretary.force(url, form)
    assert first.headers["Location"] == second.headers["Location"]
    assert notice.index_number == f"WANGJIANG-{YEAR}-0001"
    assert len(db_session.scalars(select(AuditEntry).where(AuditEntry.action == "notices.publish")).all()) == 1


@either_engine
@each(("who", "status"), WHO_MAY_NOT)
def test_who_may_not(cast, sign_in, notice, url, who, status):
    assert sign_in(getattr(cast, who)).force(url, {"number": "1"}).status_code == status
    assert notice.status == "draft"


@either_engine
def test_not_signed_in_and_by_get(cast, client, sign_in, notice, url):
    assert client.force(url, {"number": "1"}).headers["Location"].startswith("/sign-in")
    assert sign_in(cast.secretary).get(url).status_code == 405
    assert notice.status == "draft"


@either_engine
def test_another_associations_draft_is_not_there(cast, sign_in, db_session):
    foreign = draft(cast.sibling, cast.sibling_community)
    assert sign_in(cast.secretary).force(f"{OFFICE}/{foreign.public_id}/publish", {"number": "1"}).status_code == 404
    assert foreign.status == "draft"


@either_engine
@each(
    ("values", "field"),
    [
        ({"body": ""}, "body"),
        ({"body": "\u200b\n "}, "body"),
        ({"issuer": ""}, "issuer"),
        ({"signed_on": date.today() + timedelta(days=3)}, "signed_on"),  # noqa: DTZ011
    ],
)
def test_what_is_missing_is_said_with_the_way_to_it(cast, sign_in, db_session, values, field):
    notice = draft(cast.secretary, cast.community, **values)
    secretary, url = sign_in(cast.secretary), f"{OFFICE}/{notice.public_id}"
    page = secretary.page(f"{url}/check")
    assert page.find("a", href=f"{url}/edit#{field}")
    assert not page.find("form", action=f"{url}/publish")
    assert secretary.force(f"{url}/publish", {"number": "1"}).status_code == 422
    assert notice.status == "draft"


def test_changed_after_it_was_checked_is_checked_again(cast, sign_in, notice, url):
    seen = revision_of(notice, desk.get_draft(notice))
    sign_in(cast.publisher).submit(f"{OFFICE}/{notice.public_id}/edit", {"body": "还没有人看过的正文"})
    response = sign_in(cast.secretary).force(url, {"number": "1", "revision": seen})
    assert response.status_code == 422
    assert "还没有人看过的正文" in response.text
    assert notice.status == "draft"


@either_engine
@each("number", ["2", "0", "-1", "abc", "", "9" * 30])
def test_a_version_that_is_not_there(cast, sign_in, notice, url, number):
    sign_in(cast.secretary).force(url, {"number": number})
    assert notice.status == "draft"


def test_numbers_run_by_association_and_year(cast):
    numbers = [published(cast.secretary, cast.community).index_number for _ in range(2)]
    numbers.append(published(cast.sibling, cast.sibling_community).index_number)
    with calendar.at(datetime(YEAR + 1, 1, 1, 0, 30, tzinfo=UTC)):
        numbers.append(published(cast.secretary, cast.community).index_number)
    with calendar.at(datetime(YEAR, 12, 31, 16, 1, tzinfo=UTC)):  # already the new year in Beijing
        numbers.append(published(cast.secretary, cast.community).index_number)
    assert numbers == [
        f"WANGJIANG-{YEAR}-0001", f"WANGJIANG-{YEAR}-0002", f"TINGYU-{YEAR}-0001",
        f"WANGJIANG-{YEAR + 1}-0001", f"WANGJIANG-{YEAR + 1}-0002",
    ]  # fmt: skip


def test_after_9999_comes_10000(cast):
    for number in (9999, 10_000):
        published(cast.secretary, cast.community).index_number = f"WANGJIANG-{YEAR}-{number}"
    assert published(cast.secretary, cast.community).index_number == f"WANGJIANG-{YEAR}-10001"


def test_only_a_few_are_pinned(cast):
    for _ in range(MOST_PINNED):
        published(cast.secretary, cast.community, is_pinned=True)
    with pytest.raises(RuleError, match=str(MOST_PINNED)):
        draft(cast.secretary, cast.community, is_pinned=True)


def test_one_notice_is_superseded_by_one_only(cast):
    old = published(cast.secretary, cast.community, title="旧办法")
    first, second = (draft(cast.secretary, cast.community, supersedes=old.public_id) for _ in range(2))
    services.publish(cast.secretary, first, number=1)
    with pytest.raises(RuleError) as refused:
        services.publish(cast.secretary, second, number=1)
    assert refused.value.field == "supersedes"


EDIT = update(NoticeVersion).values(body="改过")


def test_the_database_refuses_to_edit_or_remove_what_is_published(cast, db_session, notice):
    services.publish(cast.secretary, notice, number=1)
    db_session.flush()
    for statement in (EDIT, delete(NoticeVersion), text("UPDATE notice_version SET html = 'x'")):
        with pytest.raises(DBAPIError), db_session.begin_nested():
            db_session.execute(statement)
    assert db_session.scalar(select(NoticeVersion.body)) == BODY


def test_control_a_draft_may_be_edited(db_session, notice):
    db_session.execute(EDIT)
    assert db_session.scalar(select(NoticeVersion.body)) == "改过"


def test_control_without_the_trigger_what_is_published_changes(cast, db_session, notice):
    services.publish(cast.secretary, notice, number=1)
    db_session.flush()
    drop = {
        "sqlite": "DROP TRIGGER notice_version_no_update",
        "postgresql": "DROP TRIGGER notice_version_no_change ON notice_version",
    }
    db_session.execute(text(drop[db.engine.dialect.name]))
    db_session.execute(EDIT)
    assert db_session.scalar(select(NoticeVersion.body)) == "改过"


def test_the_html_is_made_once(cast, db_session, notice):
    version = services.publish(cast.secretary, notice, number=1)
    assert '<td class="r">12.00</td>' in version.html
    assert (notice.title, notice.kind, version.published_by) == (TITLE, "policy", cast.secretary.person_id)


@either_engine
def test_the_check_shows_the_validity_that_the_public_will_see(cast, sign_in, db_session):
    notice = draft(cast.secretary, cast.community)
    facts = sign_in(cast.secretary).page(f"{OFFICE}/{notice.public_id}/check").select_one(".facts")
    assert [tag.text for tag in facts.select(".tag")] == ["有效"]
