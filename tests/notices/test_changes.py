"""What a version changed: by paragraph, within it by word and character, in public beside the correction."""

from __future__ import annotations

from datetime import date
from time import process_time

import pytest

from portal.core.text import render
from portal.notices import services
from portal.notices.differences import compare, is_unchanged, words_of
from tests.harness.cases import each, either_engine
from tests.notices.rows import acting, corrected, draft, published

OLD = "甲方按期缴纳。\n\n## 标准\n\n| 个人 | 元 |\n|---|---:|\n| 会费 | 12.00 |\n\n- 现金\n- 转账"
OLD += "\n\n一\n\n二\n\n三\n\n落款"


def told(old: str, new: str) -> list[tuple[str, str]]:
    """Each paragraph as its kind and its words, with [-what went-] and [+what came+]."""
    signs = {"removed": "[-{}-]", "added": "[+{}+]", "same": "{}"}
    return [
        (block.kind, "".join(signs[part.kind].format(part.text) for part in block.parts) or str(block.count))
        for block in compare(render(old), render(new))
    ]


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("甲方按期缴纳。", "甲方应当按期缴纳。", ("changed", "甲方[+应当+]按期缴纳。")),
        ("12.00", "24.00", ("changed", "会费 | [-12.00-][+24.00+]")),
        ("- 转账", "- 转账\n- 扫码支付", ("added", "[+扫码支付+]")),
        ("\n\n落款", "", ("removed", "[-落款-]")),
        ("## 标准", "## 收费标准", ("changed", "[+收费+]标准")),
    ],
)
def test_the_change_and_nothing_else_is_marked(was, now, expected):
    found = told(OLD, OLD.replace(was, now))
    assert expected in found
    assert [kind for kind, _text in found if kind in ("changed", "added", "removed")] == [expected[0]]


@pytest.mark.engines("sqlite")
def test_paragraphs_far_away_are_counted():
    assert told(OLD, OLD.replace("甲方", "乙方")) == [
        ("changed", "[-甲-][+乙+]方按期缴纳。"),
        ("same", "标准"),
        ("gap", "8"),
    ]
    assert is_unchanged(compare(render(OLD), render(OLD)))


@pytest.mark.engines("sqlite")
def test_a_paragraph_that_is_another_is_not_confetti():
    found = told("会费每年十月收取。", "本市图书馆新到一批绘本，欢迎借阅。")
    assert [kind for kind, _text in found] == ["added", "removed"]
    assert [part.text for part in words_of("望协〔2025〕3号", "望协〔2026〕12号")] == [
        "望协〔", "2025〕3", "2026〕12", "号",
    ]  # fmt: skip


@pytest.mark.engines("sqlite")
def test_the_largest_texts_cost_little():
    """Whoever reads it asks for it: no text may keep the portal busy."""
    long = "\n\n".join("甲乙丙丁" * 30 for _ in range(800))
    for old, new in ((long, long.replace("乙丙", "丙乙")), ("ab" * 50_000, "ba" * 50_000)):
        begin = process_time()
        assert compare(render(old), render(new))
        assert process_time() - begin < 5


def test_everybody_reads_it(cast, client, db_session):
    notice = published(cast.secretary, cast.community, title="会费标准")
    url = f"/notices/{notice.public_id}"
    body = notice.versions[0].body.replace("12.00", "24.00")
    corrected(cast.secretary, notice, body=body, expires_on=date(2031, 1, 2), title="会费标准及办法")
    page = client.page(url)
    link = page.select_one(f'.notice a[href="{url}/versions/2/changes"]')
    assert link
    assert page.select_one(f'.versions a[href="{url}/versions/2/changes"]')
    shown = client.page(link["href"], headers={"Accept-Language": "en"})
    assert "标准有误" in shown.get_text()
    assert shown.select_one(".changes del").get_text() == "[removed: 12.00 ]"
    assert [mark.find(string=True, recursive=False) for mark in shown.select(".changes ins")] == [
        "及办法", "2 January 2031", "24.00",
    ]  # fmt: skip
    assert len(shown.find_all("h1")) == 1


@either_engine
def test_what_there_is_none_of(cast, client, db_session):
    notice = published(cast.secretary, cast.community)
    url = f"/notices/{notice.public_id}/versions"
    hidden = draft(cast.secretary, cast.community).public_id
    services.begin_correction(cast.secretary, notice)
    db_session.flush()
    for address in (
        f"{url}/1/changes",
        f"{url}/2/changes",
        f"{url}/x/changes",
        f"/notices/{hidden}/versions/2/changes",
    ):
        assert client.get(address).status_code == 404


@either_engine
def test_of_a_withdrawn_one_nothing_is_shown(cast, client, db_session):
    notice = corrected(cast.secretary, published(cast.secretary, cast.community), body="新的正文")
    services.withdraw(acting(cast.secretary), notice, "发错了")
    response = client.get(f"/notices/{notice.public_id}/versions/2/changes")
    assert (response.status_code, response.headers["Location"]) == (303, f"/notices/{notice.public_id}")


@either_engine
@each("payload", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</ins><b onclick=x>"])
def test_what_is_typed_stays_text(cast, client, db_session, payload):
    notice = published(cast.secretary, cast.community, title="一")
    corrected(cast.secretary, notice, title=payload, body=payload, correction_note=payload)
    html = client.get(f"/notices/{notice.public_id}/versions/2/changes").text
    assert payload not in html
