"""What everybody may read: the list and the story, without anybody's name."""

from __future__ import annotations

import pytest

from portal.core.calendar import now
from tests.activities.rows import agree, days_ago, make_log, make_photo, who
from tests.harness.cases import each, either_engine


def titles(page):
    return [link.text for link in page.select(".act h2 a")]


@either_engine
def test_the_story_names_nobody(cast, client):
    log = make_log(cast.community, (who(cast.member), who(cast.volunteer)), recorded_by=cast.secretary.person_id)
    page = client.page(f"/activities/{log.public_id}")
    for text in ("江边步道清洁", "江边步道", "望江社区协会", "清扫了江边步道", "垃圾袋"):
        assert text in page.text
    assert [number.text for number in page.select(".figures .num")] == ["5", "4.0", "2 小时"]
    for name in ("王秀英", "陈晓明", "黄淑兰"):
        assert name not in page.text


@either_engine
def test_public_photos_only(cast, client):
    agree(who(cast.member))
    log = make_log(cast.community, (who(cast.member),))
    shown, _hidden = make_photo(log, caption="扫后"), make_photo(log, is_public=False, caption="内部")
    page = client.page(f"/activities/{log.public_id}")
    assert [image["src"] for image in page.select(".gallery img")] == [
        f"/activities/photos/{shown.public_id}/thumb.jpg"
    ]
    assert "内部" not in page.text


@either_engine
@pytest.mark.parametrize("change", ["office only", "struck out"])
def test_what_is_not_shown_is_not_there(cast, client, change):
    values = {"is_public": False} if change == "office only" else {"removed_at": now()}
    log = make_log(cast.community, **values)
    assert client.get(f"/activities/{log.public_id}").status_code == 404
    assert titles(client.page("/activities")) == []


def test_the_list_newest_first_and_by_kind_and_association(cast, client):
    make_log(cast.community, title="旧的", held_on=days_ago(9))
    make_log(cast.community, title="课", kind="training", held_on=days_ago(2))
    make_log(cast.village, title="村里", held_on=days_ago(1))
    assert titles(client.page("/activities")) == ["村里", "课", "旧的"]
    assert titles(client.page("/activities?kind=training")) == ["课"]
    assert titles(client.page("/activities?association=wangjiang")) == ["课", "旧的"]
    assert titles(client.page("/activities?association=liuan&kind=safety")) == ["旧的"]
    chosen = client.page("/activities?association=wangjiang&kind=training").select_one("#association")
    assert [option["value"] for option in chosen.select("option")] == ["", "wangjiang", "shangshi"]
    assert chosen.select_one("[selected]")["value"] == "wangjiang"
    for odd in ("kind=' OR 1=1", "page=x", "page=999999999", "association=nowhere"):
        assert client.get(f"/activities?{odd}").status_code == 200


def test_paged(cast, client):
    for number in range(21):
        make_log(cast.community, title=f"活动{number}")
    assert len(titles(client.page("/activities"))) == 20
    assert len(titles(client.page("/activities?page=2"))) == 1


@either_engine
def test_what_officers_type_stays_text(cast, client):
    hostile = "<img src=x onerror=alert(1)><b hx-get=/me>"
    log = make_log(cast.community, title=hostile, summary=hostile, place=hostile)
    for url in ("/activities", f"/activities/{log.public_id}"):
        answer = client.get(url)
        assert "<img src=x" not in answer.text
        assert "<b hx-get" not in answer.text


@either_engine
@each("language", ["zh-Hans", "zh-Hant", "en"])
def test_in_every_language(cast, client, language):
    log = make_log(cast.community)
    headers = {"Accept-Language": language}
    page = client.page(f"/activities/{log.public_id}", headers=headers)
    assert page.html["lang"] == language
    assert client.page("/activities", headers=headers).html["lang"] == language


@either_engine
def test_few_queries(cast, client, query_count):
    log = make_log(cast.community)
    make_photo(log)
    story = f"/activities/{log.public_id}"
    for url in ("/activities", story):
        with query_count() as asked:
            client.page(url)
        assert len(asked) <= 6
