"""Search in Chinese: what is found by which words, in either script, and how it is shown; on both engines alike."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from portal.core.calendar import today
from portal.core.database import db
from portal.notices import indexing, publishing, search, services, signals
from portal.notices.hits import Sought
from portal.notices.models import NoticeAttachment
from portal.notices.narrowing import Filter
from portal.notices.queries import list_published
from tests.harness.cases import each, either_engine
from tests.notices.rows import OFFICE, acting, corrected, draft, published

TEXT = "为改善邻里环境，定于周六上午清扫河岸。\n\n参加者自带手套，集合地点为**望江**亭。电话 0571-8800。"


def found(words: str, **asked) -> list[str]:
    return [row.title for row in list_published(Filter(words=words, **asked), 1).rows]


@pytest.fixture
def notice(cast, db_session):
    """One that has a word in each place, beside one that has none of them."""
    published(cast.sibling, cast.sibling_community, title="听雨活动通知", body="内容另行通知。")
    made = draft(
        cast.secretary, cast.community, title="河岸清扫公告", body=TEXT, kind="notice",
        document_number="望协〔2026〕3号", keywords="环境 志愿服务",
    )  # fmt: skip
    db_session.add(
        NoticeAttachment(
            version_id=made.versions[0].id,
            position=1,
            name="报名表.docx",
            alternative="路线图",
            media_type="x/y",
            size=1,
            digest="0",
            key="k",
        )
    )
    db_session.flush()
    publishing.publish(acting(cast.secretary), made, number=1)
    db_session.flush()
    return made


@each(
    "words",
    [
        "河岸", "清扫", "清", "自带手套", "望江亭", "手套 集合", "望协〔2026〕3号", "望协", "2026 望协", "环境",
        "志愿服务", "报名表", "路线图", "docx",
        "0571", "WANGJIANG-", "wangjiang", "河岸，清扫", "望江社区协会 清扫", "０５７１", "鄰里環境", "報名表",
    ],
)  # fmt: skip
def test_found_by(notice, words):
    assert found(words) == ["河岸清扫公告"]


@each("words", ["岸河", "手套 通知", "清洁", "%", "_", '"', "'", "*", ") OR (", "NEAR", "🙂", "571", "a" * 60])
def test_not_found_by(notice, words):
    assert found(words) == []


def test_traditional_text_is_found_by_simplified_words(cast):
    published(cast.secretary, cast.community, title="會費減免辦法", body="經理事會討論通過。")
    assert found("会费减免") == found("討論通過") == found("讨论") == ["會費減免辦法"]


def test_a_correction_takes_the_place_a_withdrawal_takes_it_out(cast, notice):
    corrected(cast.secretary, notice, body="改在周日，地点为老码头。")
    assert (found("老码头"), found("自带手套")) == (["河岸清扫公告"], [])
    services.withdraw(cast.secretary, notice, "不办了")
    assert found("老码头") == found("河岸") == []


def test_a_draft_is_found_in_the_office_only(cast, sign_in, client, notice):
    draft(cast.secretary, cast.community, title="未发的河岸稿", body="老码头")
    assert found("河岸") == ["河岸清扫公告"]
    secretary = sign_in(cast.secretary)
    rows = [link.get_text() for link in secretary.page(f"{OFFICE}?q=河岸").select("tbody a")]
    assert set(rows) == {"未发的河岸稿", "河岸清扫公告"}
    (row,) = secretary.page(f"{OFFICE}?q=手套").select("tbody tr")
    assert [mark.get_text() for mark in row.select("mark")] == ["手套"]


def test_narrowed(cast, db_session, notice):
    day = today()
    published(cast.sibling, cast.sibling_community, title="听雨清扫", kind="policy", expires_on=day - timedelta(1))
    old = published(cast.secretary, cast.community, title="旧清扫", kind="policy")
    old.published_at -= timedelta(days=400)
    published(cast.secretary, cast.community, title="新清扫", kind="policy", supersedes=old.public_id)
    db_session.flush()
    assert found("清扫") == ["新清扫", "听雨清扫", "河岸清扫公告", "旧清扫"]
    assert found("清扫", kind="notice") == ["河岸清扫公告"]
    assert found("清扫", path=cast.sibling_community.path) == ["听雨清扫"]
    assert found("清扫", until=day - timedelta(days=1)) == found("清扫", holds="superseded") == ["旧清扫"]
    assert found("清扫", since=day) == ["新清扫", "听雨清扫", "河岸清扫公告"]
    assert found("清扫", holds="expired") == ["听雨清扫"]
    assert found("清扫", holds="valid") == ["新清扫", "河岸清扫公告"]
    assert found("清扫", since=today().replace(year=1, day=1), until=today().replace(year=9999, day=1))[0] == "新清扫"


def test_what_is_common_is_found_the_same_way(notice, monkeypatch):
    """Two ways of asking, chosen by how many there are, give the same."""
    monkeypatch.setattr(search, "COMMON", dict.fromkeys(search.COMMON, 1))
    assert search.count_holding("河岸") == 1
    assert found("河岸") == ["河岸清扫公告"]
    assert found("通知") == ["听雨活动通知"]


def test_the_page_shows_where(client, notice):
    page = client.page("/notices?q=手套")
    (row,) = page.select(".list > li")
    assert [mark.get_text() for mark in row.select("mark")] == ["手套"]
    assert "自带手套" in row.get_text()
    assert [mark.get_text() for mark in client.page("/notices?q=報名表").select("mark")] == ["报名表"]
    title = client.page("/notices?q=河岸 清扫").select_one(".list a")
    assert [mark.get_text() for mark in title.select("mark")] == ["河岸", "清扫"]
    assert client.page("/notices?q=手套").select_one("#q")["value"] == "手套"


@either_engine
def test_nothing_found_says_what_to_do(client, notice):
    page = client.page("/policies?q=手套&year=" + str(today().year), headers={"Accept-Language": "en"})
    ways = {link.get_text(): link["href"] for link in page.select(".empty a")}
    assert ways["Look in everything that was published"] == "/policies?q=%E6%89%8B%E5%A5%97"
    assert "/notices?q=%E6%89%8B%E5%A5%97" in ways.values()
    assert "/policies" in ways.values()


def test_marks_are_escaped_and_stay_in_their_places():
    mark = Sought.of("script 會費").mark
    assert str(mark('<script>会费"')) == "&lt;<mark>script</mark>&gt;<mark>会费</mark>&#34;"
    assert str(Sought.of("ＡＢ").mark("ﬃ㎡ab")) == "ﬃ㎡<mark>ab</mark>"
    assert str(Sought.of("会费减免").mark("会费的减免")) == "<mark>会费</mark>的<mark>减免</mark>"
    assert Sought.of("").line("会费") is None
    line = Sought.of("会费").line("前" * 60 + "。按期缴纳会费，" + "后" * 200)
    assert str(line).startswith("按期缴纳<mark>会费</mark>")
    assert str(Sought.of("会费").line("前" * 60 + "会费")).startswith("…前前")
    assert str(line).endswith("后…")


def test_the_migration_fills_what_is_published_already(notice):
    """The index as the migration makes it is the one that is kept."""
    kept = _contents()
    migration = import_module("migrations.versions.2026_11_22_notice_search")
    with Operations.context(MigrationContext.configure(db.session.connection())):
        migration.downgrade()
        migration.upgrade()
    assert _contents() == kept
    assert search.rebuild() == len(kept) == 2
    assert _contents() == kept


def _contents():
    return sorted(tuple(map(str, row)) for row in db.session.execute(text("SELECT rowid, words FROM notice_text")))


@either_engine
def test_long_words_and_long_texts_go_in(cast):
    long = "".join(map(chr, range(0x4E00, 0x9FA0))) * 4 + " " + "x" * 9000
    published(cast.secretary, cast.community, title="长文", body=long[:99_000] + " 尾声")
    assert found("一丁") == ["长文"]


def test_a_publication_that_is_undone_leaves_nothing_behind(cast):
    with db.session.begin_nested() as undone:
        published(cast.secretary, cast.community, title="河堤维修")
        assert found("河堤") == ["河堤维修"]
        undone.rollback()
    assert search.count_holding("河堤") == 0


def test_control_without_listening_nothing_is_found(cast):
    signals.published.disconnect(indexing._enter)
    try:
        published(cast.secretary, cast.community, title="河堤维修")
        assert found("河堤") == []
        assert search.rebuild() == 1
        assert found("河堤") == ["河堤维修"]
    finally:
        signals.published.connect(indexing._enter)
