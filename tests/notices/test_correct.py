"""Correcting: a new version with a note; the earlier one stays as it was, and everybody can read it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.core.errors import RuleError
from portal.notices import desk, services
from portal.notices.models import NoticeVersion
from tests.harness.cases import each, either_engine
from tests.notices.rows import OFFICE, TITLE, WHO_MAY_NOT, corrected, draft, published


@pytest.fixture
def notice(cast):
    return published(cast.secretary, cast.community)


@pytest.fixture
def url(notice) -> str:
    return f"{OFFICE}/{notice.public_id}"


def test_a_correction_from_button_to_reader(cast, sign_in, client, db_session, notice, url):
    secretary = sign_in(cast.secretary)
    assert secretary.submit(f"{url}/correct", page=url).headers["Location"] == f"{url}/edit"
    assert client.page(f"/notices/{notice.public_id}").find(string="12.00")
    changed = {"body": "| 类别 | 元 |\n|---|---:|\n| 个人 | 24.00 |", "correction_note": "第一项标准有误"}
    assert secretary.submit(f"{url}/edit", changed).headers["Location"] == f"{url}/check"
    assert secretary.submit(f"{url}/publish", page=f"{url}/check").status_code == 303
    page = client.page(f"/notices/{notice.public_id}")
    assert page.find(string="24.00")
    assert not page.find(string="12.00")
    assert "第一项标准有误" in page.select_one(".versions").get_text()
    earlier = client.page(f"/notices/{notice.public_id}/versions/1")
    assert earlier.find(string="12.00")
    assert earlier.select_one('link[rel="canonical"]')["href"] == f"http://localhost/notices/{notice.public_id}"
    assert earlier.select_one(f'.notice a[href="/notices/{notice.public_id}"]')


def test_the_number_stays_and_the_list_shows_the_new_title(cast, client, db_session, notice):
    number, first = notice.index_number, notice.published_at
    corrected(cast.secretary, notice, title="会费标准（更正）")
    assert (notice.index_number, notice.published_at, notice.title) == (number, first, "会费标准（更正）")
    assert notice.updated_at > first
    assert client.page("/notices").find("a", string="会费标准（更正）")


def test_until_it_is_published_nothing_changes(cast, sign_in, client, db_session, notice, url):
    services.begin_correction(cast.secretary, notice)
    db_session.flush()
    sign_in(cast.secretary).submit(f"{url}/edit", {"title": "草稿里的标题", "correction_note": "改"})
    assert "草稿里的标题" not in client.get("/notices").text
    assert client.page(f"/notices/{notice.public_id}").h1.get_text() == TITLE
    assert client.get(f"/notices/{notice.public_id}/versions/2").status_code == 404


def test_a_note_is_required(cast, sign_in, db_session, notice, url):
    services.begin_correction(cast.secretary, notice)
    db_session.flush()
    response = sign_in(cast.secretary).submit(f"{url}/edit", {"body": "新的正文"})
    assert response.status_code == 422
    assert 'id="correction_note-error"' in response.text
    with pytest.raises(RuleError) as refused:
        services.publish(cast.secretary, notice, number=2)
    assert refused.value.field == "correction_note"


def test_without_a_change_nothing_is_published(cast, db_session, notice):
    with pytest.raises(RuleError):
        corrected(cast.secretary, notice)
    assert desk.get_current(notice).number == 1


def test_twice_is_one_draft_and_the_second_editor_sees_it(cast, sign_in, db_session, notice, url):
    name = cast.secretary.name
    for somebody in (sign_in(cast.secretary), sign_in(cast.publisher)):
        assert somebody.force(f"{url}/correct").headers["Location"] == f"{url}/edit"
    assert db_session.scalar(select(func.count()).select_from(NoticeVersion)) == 2
    assert name in sign_in(cast.publisher).page(url).select_one(".notice").get_text()


@either_engine
@each(("who", "status"), WHO_MAY_NOT)
def test_who_may_not(cast, sign_in, db_session, notice, url, who, status):
    assert sign_in(getattr(cast, who)).force(f"{url}/correct").status_code == status
    assert desk.get_draft(notice) is None


@either_engine
def test_not_signed_in_and_by_get(cast, client, sign_in, db_session, notice, url):
    assert client.force(f"{url}/correct").headers["Location"].startswith("/sign-in")
    assert sign_in(cast.secretary).get(f"{url}/correct").status_code == 405
    assert desk.get_draft(notice) is None


def test_a_draft_or_a_withdrawn_notice_is_not_corrected(cast, sign_in, db_session, notice, url):
    unpublished = draft(cast.secretary, cast.community)
    with pytest.raises(RuleError):
        services.begin_correction(cast.secretary, unpublished)
    services.withdraw(cast.secretary, notice, "发错了")
    response = sign_in(cast.secretary).force(f"{url}/correct")
    assert response.headers["Location"] == url
    assert desk.get_draft(notice) is None


def test_what_is_settled_is_not_in_the_form(cast, sign_in, db_session, notice, url):
    services.begin_correction(cast.secretary, notice)
    page = sign_in(cast.secretary).page(f"{url}/edit")
    assert not page.select("#supersedes, #is_pinned")
    sign_in(cast.secretary).submit(f"{url}/edit", {"correction_note": "改", "is_pinned": "y", "body": "新"})
    assert notice.is_pinned is False
