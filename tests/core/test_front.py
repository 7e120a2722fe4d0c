"""A flood of readers is answered from memory, and nobody gets what is somebody else's, or old."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import Client, run_wsgi_app
from werkzeug.wrappers import Response

from portal.core import front, shared, web
from portal.core.front import Front
from portal.notices import services
from tests.harness.client import apart
from tests.harness.source import text_of, tracked_files
from tests.notices.rows import acting, published


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is set on."""
    now = [100.0]
    monkeypatch.setattr(front, "monotonic", lambda: now[0])
    return now


class Application:
    """Counts what it is asked, and answers as it is told."""

    def __init__(self, **headers):
        self.asked, self.closed, self.headers = 0, 0, headers

    def __call__(self, environ, start):
        self.asked += 1
        response = Response(f"answer {self.asked}", headers={"Cache-Control": shared.PAGE, **self.headers})
        response.set_etag("mark", weak=True)
        response.make_conditional(environ)
        response.call_on_close(self._close)
        return response(environ, start)

    def _close(self):
        self.closed += 1


def test_a_flood_is_one_question_a_second(clock):
    app = Application()
    client = Client(Front(app))
    assert {client.get("/").text for _ in range(50)} == {"answer 1"}
    clock[0] += front.SECONDS + 0.001
    assert client.get("/").text == "answer 2"
    assert (app.asked, app.closed) == (2, 2)


def test_a_link_that_goes_round_in_a_messenger_is_one_page(clock):
    app = Application()
    client = Client(Front(app))
    links = [f"/notices?kind=policy&from=timeline&clicktime={n}&enterid={n}&page=2" for n in range(20)]
    assert {client.get(link).text for link in (*links, "/notices?kind=policy&page=2")} == {"answer 1"}
    assert client.get("/notices?kind=policy").text == "answer 2"
    assert front.without_traces("q=a%26from%3Db&fromage=1&from=x&=") == "q=a%26from%3Db&fromage=1&="


def test_no_page_asks_for_what_is_taken_off():
    read = re.compile(r"""args(?:\.get|\.getlist)?[(\[]\s*["'](\w+)""")
    asked = {name for path in tracked_files() if path.startswith("portal/") for name in read.findall(text_of(path))}
    assert {"page", "q", "year"} <= asked
    assert not asked & front.TRACES


def test_whoever_knows_it_gets_no_body(clock):
    app = Application()
    client = Client(Front(app))
    first = client.get("/")
    for known in (first.headers["ETag"], '"other", W/"mark"', '"mark"', "*"):
        again = client.get("/", headers={"If-None-Match": known})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", 'W/"mark"')
        assert "Content-Length" not in again.headers
        assert again.headers["Cache-Control"] == shared.PAGE
    assert client.get("/", headers={"If-None-Match": '"other"'}).text == "answer 1"
    assert app.asked == 1


def test_a_flood_of_those_who_know_it_is_one_question_too(clock):
    """And whoever does not know it is not told that they do."""
    app = Application()
    client, known = Client(Front(app)), {"If-None-Match": 'W/"mark"'}
    assert {client.get("/", headers=known, buffered=True).status_code for _ in range(50)} == {304}
    assert app.asked == 1
    assert client.get("/", headers={"If-None-Match": '"other"'}).text == "answer 2"
    assert client.get("/").text == "answer 2"
    clock[0] += front.SECONDS + 0.001
    assert client.get("/", headers=known).status_code == 304
    assert (client.get("/").text, app.asked) == ("answer 2", 3), "it was found to hold still"


def test_who_differs_gets_their_own(clock):
    """Another address, host, language or coding; and whoever has a cookie or asks for it anew is passed on."""
    app = Application()
    client = Client(Front(app), use_cookies=False)
    client.get("/")
    for path, headers in (
        ("/x", {}), ("/?a=1", {}), ("/", {"Accept-Language": "en"}), ("/", {"Accept-Encoding": "br"}),
        ("/", {"Host": "other"}), ("/", {"X-Forwarded-Proto": "https"}), ("/", {"Cookie": "a=b"}),
        ("/", {"HX-Request": "true"}), ("/", {"Cache-Control": "no-cache"}), ("/", {"Authorization": "x"}),
    ):  # fmt: skip
        before = app.asked
        client.get(path, headers=headers)
        assert app.asked == before + 1, (path, headers)
    assert client.post("/").text == f"answer {app.asked}"
    assert client.head("/").data == b""
    assert client.get("/").text == "answer 1"


@pytest.mark.parametrize(
    "headers", [
        {"Cache-Control": "no-store"}, {"Cache-Control": "private, no-cache"}, {"Set-Cookie": "a=b"},
        {"Cache-Control": shared.FILE}, {"Cache-Control": ""},
    ],
)  # fmt: skip
def test_what_is_not_shared_is_not_kept(headers, clock):
    app = Application(**headers)
    client = Client(Front(app), use_cookies=False)
    assert [client.get("/", buffered=True).text for _ in range(2)] == ["answer 1", "answer 2"]
    assert app.closed == 2


def test_what_an_office_changes_is_seen_at_once_on_every_worker(clock, tmp_path):
    """Two workers that share a folder; the control: without it the old answer stands for its second."""
    for sign, seen in ((tmp_path / "changes", ["answer 2", "answer 2"]), (None, ["answer 1", "answer 1"])):
        apps = Application(), Application()
        workers = [Client(Front(app, sign)) for app in apps]
        assert {worker.get("/").text for worker in workers for _ in range(5)} == {"answer 1"}
        for app in apps:
            app.asked = 1
        apart(Client(Front(Application(), sign)).post, "/office/wangjiang/notices/x/withdraw")
        assert [worker.get("/").text for worker in workers] == seen
        workers[0].post("/letters/write")  # what visitors send changes nothing that all see
        assert {worker.get("/").text for worker in workers} == set(seen)
        workers[0].post("/letters/abcdefghijkm/reopen")  # but for this: the published answer is taken back
        assert (workers[0].get("/").text in seen) == (sign is None)


def test_it_stays_small(clock):
    kept = Front(Application())
    for number in range(front.MOST + 20):
        run_wsgi_app(kept, {"REQUEST_METHOD": "GET", "PATH_INFO": f"/{number}"}, buffered=True)
    assert len(kept.kept) == front.MOST


def test_the_portal_behind_it(cast, app, client, sign_in, clock, query_count):
    """A page with its headers, from memory without a question to the database; withdrawn, it is gone in a second."""
    notice = published(cast.secretary, cast.community)
    path, stranger = f"/notices/{notice.public_id}", Client(Front(app), use_cookies=False)

    def get():
        return apart(stranger.get, path, headers={"Accept-Encoding": "identity"})

    first = get()
    assert "为规范会费收缴" in first.text
    with query_count() as queries:
        again = get()
    assert (again.data, dict(again.headers)) == (first.data, dict(first.headers))
    assert queries == []
    assert all(again.headers[name] == value for name, value in web.HEADERS.items())
    assert cast.secretary.name in sign_in(cast.secretary).get(path).text
    services.withdraw(acting(cast.secretary), notice, "发错了")
    clock[0] += front.SECONDS + 0.001
    now = get().text
    assert ("发错了" in now, "为规范会费收缴" in now) == (True, False)
