"""Pages drawn once: the same to every visitor, never out of date, never a reader's own page for another."""

from __future__ import annotations

import gzip

import brotli
import pytest

from portal.core import drawn
from portal.notices import services
from tests.harness.cases import either_engine
from tests.notices.rows import TITLE, acting, corrected, published


def test_asked_again_it_is_not_drawn_again(cast, client, kept):
    published(cast.secretary, cast.community)
    first, second = client.get("/notices"), client.get("/notices")
    assert first.text == second.text
    assert TITLE in first.text
    assert len(kept.drawings) == 1


def test_every_change_is_seen_at_once(cast, client, kept):
    notice = published(cast.secretary, cast.community)
    url = f"/notices/{notice.public_id}"
    assert (TITLE in client.get("/notices").text, client.get(url).status_code) == (True, 200)
    corrected(cast.secretary, notice, title="更正后的标题", body="更正后的正文")
    assert "更正后的标题" in client.get("/notices").text
    assert "更正后的正文" in client.get(url).text
    new = published(cast.secretary, cast.community, title="替代它的办法", supersedes=notice.public_id)
    assert "替代它的办法" in client.get(url).text
    services.withdraw(acting(cast.secretary), new, "发错了")
    assert "替代它的办法" not in client.get(url).text
    services.withdraw(acting(cast.secretary), notice, "也发错了")
    assert "更正后的正文" not in client.get(url).text
    assert "也发错了" in client.get(url).text
    assert "更正后的标题" not in client.get("/notices").text


def test_control_values_that_say_too_little_give_an_old_page(cast, client, kept, app):
    published(cast.secretary, cast.community)
    client.get("/notices")
    (key,) = kept.drawings
    kept.drawings[key].html, kept.drawings[key].packed = "an old page", {}
    assert client.get("/notices").text == "an old page"


@either_engine
def test_languages_and_preferences_have_their_own(client, kept):
    pages = {
        client.get("/notices", headers={"Accept-Language": language}).text for language in ("zh-CN", "zh-TW", "en")
    }
    client.set_cookie("prefs", "size:large")
    pages.add(client.get("/notices", headers={"Accept-Language": "en"}).text)
    assert len(pages) == len(kept.drawings) == 4


def test_who_is_signed_in_gets_a_page_of_their_own(cast, client, sign_in, kept):
    name, secretary = cast.secretary.name, sign_in(cast.secretary)
    client.get("/notices")
    own = secretary.get("/notices")
    assert name in own.text
    assert own.headers["Cache-Control"] == "no-store"
    assert name not in client.get("/notices").text
    assert len(kept.drawings) == 1


def test_a_message_for_one_visitor_is_not_kept(client, kept):
    with client.session_transaction() as session:
        session["_flashes"] = [("done", "a message for one visitor")]
    assert "a message for one visitor" in client.get("/notices").text
    assert "a message for one visitor" not in client.get("/notices").text


@pytest.mark.parametrize(
    ("accepts", "encoding", "unpack"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_packed_as_the_browser_takes_it(client, kept, accepts, encoding, unpack):
    plain = client.get("/notices").data
    for _ in range(3):  # packed quickly, well, and kept
        response = client.get("/notices", headers={"Accept-Encoding": accepts})
        assert response.headers.get("Content-Encoding") == encoding
        assert unpack(response.data) == plain
        assert "Accept-Encoding" in response.headers["Vary"]


def test_the_shelf_stays_small(client, kept):
    for number in range(drawn.MOST + 20):
        kept.keep(number, drawn.Drawing(""))
    assert len(kept.drawings) == drawn.MOST
    kept.drawings.clear()
    client.get("/notices?q=" + "x" * drawn.LONGEST_ADDRESS)
    assert not kept.drawings


@either_engine
def test_a_page_that_is_too_long_is_drawn_each_time(cast, client, kept):
    notice = published(cast.secretary, cast.community, body="长" * (drawn.LONGEST + 1))
    assert client.get(f"/notices/{notice.public_id}").status_code == 200
    assert not kept.drawings
