"""What everybody gets alike may be kept, with a mark; what is somebody's own is kept nowhere."""

from __future__ import annotations

from collections import Counter
from typing import Any

from portal.core import drawn, shared, web
from portal.notices import services
from tests.harness.cases import either_engine
from tests.harness.client import client_of
from tests.notices.rows import TITLE, acting, corrected, published

PAGES = (
    "/", "/notices", "/policies", "/policies/calendar", "/policies/guides", "/activities", "/activities/open",
    "/associations", "/notice-periods", "/charters", "/letters/answers", "/appraisals", "/statements",
    "/transparency", "/privacy", "/accessibility",
)  # fmt: skip
FILES = ("/notices/feed.atom", "/notices.json", "/notices.csv", "/sitemap.xml", "/sitemaps/pages.xml", "/robots.txt")
# Whatever is somebody's own, or is being typed.
OWN = (
    "/verify", "/join/follow", "/join", "/letters", "/letters/follow", "/objections", "/preferences?size=large",
    "/nowhere", "/notices/nothere00000",
)  # fmt: skip


class Proxy:
    """A cache in front of the portal that keeps what it may by the rules of HTTP (RFC 9111), and asks again."""

    def __init__(self, app: Any) -> None:
        self.app, self.kept, self.asked = app, {}, Counter()

    def get(self, client: Any, path: str, **headers: str) -> Any:
        """The status that the portal gave, and the text that the reader sees."""
        same = self.kept.get((path, *self._varying(client, headers)))
        asking = {**headers, **({"If-None-Match": same[0]} if same else {})}
        answer = client.get(path, headers=asking)
        self.asked[answer.status_code] += 1
        if answer.status_code == 304:
            return 304, same[1]
        if "no-store" not in answer.headers["Cache-Control"] and "private" not in answer.headers["Cache-Control"]:
            assert {"Cookie", "Accept-Language", "HX-Request"} <= {name.strip() for name in answer.vary}
            self.kept[(path, *self._varying(client, headers))] = answer.headers["ETag"], answer.text
        return answer.status_code, answer.text

    def _varying(self, client: Any, headers: dict[str, str]) -> tuple[str, ...]:
        cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in client._cookies.values())
        return cookies, headers.get("Accept-Language", ""), headers.get("HX-Request", "")


@either_engine
def test_every_public_page_has_a_mark_and_a_lifetime(cast, client):
    """Also where it is drawn each time; the mark is the same when it is asked for again, whole or by its head."""
    notice = published(cast.secretary, cast.community)
    places = (f"/notices/{notice.public_id}", f"/associations/{cast.community.code}", "/transparency/chain.jsonl")
    for path in (*PAGES, *places, "/transparency/head.json"):
        first = client.get(path)
        mark = first.headers["ETag"]
        assert (mark[:3], first.headers["Cache-Control"]) == ('W/"', shared.PAGE), path
        again = client.head(path, headers={"If-None-Match": mark})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", mark), path
        assert again.headers["Cache-Control"] == shared.PAGE


@either_engine
def test_whole_or_by_its_head_known_or_not(cast, client):
    mark = client.get("/notices").headers["ETag"]
    head = client.head("/notices")
    assert (head.status_code, head.headers["ETag"], head.data) == (200, mark, b"")
    for known, status in ((mark, 304), (f'"other", {mark}', 304), ("*", 304), ('"other"', 200), ("", 200)):
        answer = client.get("/notices", headers={"If-None-Match": known})
        assert (answer.status_code, bool(answer.data)) == (status, status == 200), known


@either_engine
def test_feeds_and_files_may_be_some_minutes_old(cast, client):
    published(cast.secretary, cast.community)
    for path in FILES:
        first = client.get(path)
        assert first.headers["Cache-Control"] == shared.FILE, path
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path


def test_other_content_has_another_mark(cast, client, kept):
    notice = published(cast.secretary, cast.community)
    marks = {}

    def look():
        for path in (f"/notices/{notice.public_id}", "/notices", "/", "/notices/feed.atom"):
            mark = client.get(path).headers["ETag"]
            assert mark not in marks.setdefault(path, set()), path
            marks[path].add(mark)

    look()
    corrected(cast.secretary, notice, title="更正后的标题")
    look()
    services.withdraw(acting(cast.secretary), notice, "发错了")
    look()
    for language in ("zh-TW", "en"):
        answer = client.get(
            "/notices", headers={"Accept-Language": language, "If-None-Match": ", ".join(marks["/notices"])}
        )
        assert answer.status_code == 200


def test_known_already_it_is_neither_drawn_nor_packed(cast, client, kept, query_count, monkeypatch):
    """Whoever has the page costs the portal the one question whether it still holds."""
    notice = published(cast.secretary, cast.community)
    path, packed = f"/notices/{notice.public_id}", {"Accept-Encoding": "br"}
    mark = client.get(path, headers=packed).headers["ETag"]
    (drawing,) = kept.drawings.values()
    drawing.packed.clear()
    monkeypatch.setattr(drawn, "render_template", None)
    with query_count() as queries:
        answer = client.get(path, headers={**packed, "If-None-Match": mark})
    assert (answer.status_code, answer.data, drawing.packed) == (304, b"", {})
    assert len([one for one in queries if one.startswith("SELECT")]) == 1


def test_a_mark_is_the_same_on_every_worker(cast, client, kept):
    """Drawn anew, from the same values, the page has the same mark."""
    notice = published(cast.secretary, cast.community)
    for path in (f"/notices/{notice.public_id}", "/notices", "/", "/transparency"):
        first = client.get(path).headers["ETag"]
        kept.drawings.clear()
        assert client.get(path).headers["ETag"] == first, path


def test_who_is_signed_in_is_never_told_that_they_know_it(cast, client, sign_in, kept):
    """Two people and a stranger at one address, through a cache that keeps what it may."""
    published(cast.secretary, cast.community)
    proxy = Proxy(kept)
    people = [sign_in(cast.secretary), sign_in(cast.member), client]
    for path in ("/", "/notices", "/me"):
        for _ in range(2):
            secretary, member, stranger = (proxy.get(person, path) for person in people)
            assert cast.secretary.name in secretary[1]
            assert cast.member.name in member[1]
            for status, text in (stranger,):
                assert cast.secretary.name not in text
                assert cast.member.name not in text
                assert status in (200, 303, 304)
    assert {path for path, *_ in proxy.kept} == {"/", "/notices"}
    mark = client.get("/notices").headers["ETag"]
    own = people[0].get("/notices", headers={"If-None-Match": mark})
    assert (own.status_code, own.headers["Cache-Control"], "ETag" in own.headers) == (200, "no-store", False)
    assert cast.secretary.name in own.text


def test_control_a_page_declared_for_everybody_that_is_not_would_be_mixed_up(cast, app, sign_in, monkeypatch):
    """It is asked for here and once more when the answer leaves: without both, people are mixed up."""
    monkeypatch.setattr(shared, "is_for_everybody", lambda: True)
    monkeypatch.setattr(web, "VARY", ("HX-Request", "Accept-Language"))
    made = web._finish
    app.after_request_funcs[None] = [one for one in app.after_request_funcs[None] if one is not made]
    try:
        answer = sign_in(cast.secretary).get("/accessibility")
        assert (cast.secretary.name in answer.text, answer.headers["Cache-Control"]) == (True, shared.PAGE)
    finally:
        app.after_request_funcs[None].insert(0, made)


@either_engine
def test_a_page_with_a_token_or_a_message_is_private(cast, client):
    """A form's token, whether the visitor had one before or gets it with the page; and what was just done."""
    for _ in range(2):
        answer = client.get("/sign-in")
        assert "ETag" not in answer.headers
        assert answer.headers["Cache-Control"] in ("no-store", "private, no-cache")
    with client.session_transaction() as session:
        session["_flashes"] = [("done", "a message for one visitor")]
    for _ in range(2):
        answer = client.get("/accessibility")
        assert ("ETag" in answer.headers) == ("a message" not in answer.text)
    assert answer.headers["Cache-Control"] == shared.PAGE


@either_engine
def test_what_nobody_declared_is_private(client, app):
    """Whatever is followed by a reference or a code, is not there, or is asked for by a form."""
    for path in OWN:
        answer = client.get(path)
        assert "public" not in answer.headers["Cache-Control"], path
        assert "ETag" not in answer.headers


def test_the_way_back_in_the_links_is_the_address_asked_for(cast, client, kept):
    """Two addresses of one page have two marks, since their links come back to where they are."""
    published(cast.secretary, cast.community)
    one, other = client.get("/notices?x=1"), client.get("/notices?x=2")
    assert one.headers["ETag"] != other.headers["ETag"]
    assert TITLE in other.text
    assert client_of(client.application).get("/notices?x=1").headers["ETag"] == one.headers["ETag"]
