"""The database goes away or has no room: a page that says nothing was saved and gives back what was typed; when it
is back, the portal finds it again by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import event, func, select

from portal import create_app
from portal.core.access import public
from portal.core.database import db
from portal.core.web import HEADERS
from portal.people.models import Person
from portal.upkeep import migration
from tests.harness.apps import Apps, current
from tests.harness.cast import Cast, build_cast
from tests.harness.client import PortalClient, client_of
from tests.harness.factory import kind_of
from tests.harness.missing import missing
from tests.harness.postgres import HOW, Cluster, programs

ENTER = "/office/wangjiang/members/new"
TYPED = {"name": "欧阳修远", "residence": "望江路 12 号 <二单元>", "phone": "138 1234 5678"}
MIDST: dict[str, Callable[[], None]] = {"happens": lambda: None}  # what happens between the first row and the commit
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """A PostgreSQL of this module's own, to stop and start."""
    binaries = programs() or missing("PostgreSQL", HOW)
    own = Cluster(synchronous_commit="on")  # what it acknowledged is there after it was stopped
    own.start(binaries)
    yield own
    own.stop()


@pytest.fixture
def stoppable(server: Cluster, apps: Apps) -> Iterator[Flask]:
    """The portal on it, with a page that works half-way and then meets what MIDST does."""
    app = create_app(apps.settings(server.address_of("portal_away")))
    app.add_url_rule("/faults/midst", "faults.midst", public(_midst), methods=["POST"])
    with current(app):
        migration.upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


def _midst() -> str:
    db.session.add(Person(name=request.form["name"], sort_key="x"))
    db.session.flush()
    MIDST["happens"]()
    db.session.commit()
    return "saved"


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


def check_nothing_is_lost(answer: Any, typed: dict[str, str] = TYPED) -> None:
    assert answer.status_code == 503, answer.text[:500]
    assert "Nothing was saved." in answer.text
    for value in typed.values():
        assert value.replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert "csrf" not in answer.text.split("<h2>")[1]
    assert answer.headers["Retry-After"] == "10"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def fill_in(client: PortalClient, cast: Cast) -> dict[str, Any]:
    """The form, filled in while all was well."""
    asked = {"has_signed": "y", "kind": kind_of(cast.community).public_id, "joined_on": "2026-03-01"}
    return {"csrf_token": client.token(), **asked, **TYPED}


def test_postgresql_stopped_and_started(server, stoppable):
    binaries, cast = programs(), build_cast()
    assert binaries
    client = client_of(stoppable)
    client.sign_in(cast.secretary)
    form, before = fill_in(client, cast), people()
    assert "清河区" in client.get("/", headers=ENGLISH).text
    db.session.rollback()
    server.halt()
    try:
        answer = client.post(ENTER, data=form, headers=ENGLISH)
        check_nothing_is_lost(answer)
        assert "清河区协会联合会" in answer.text, "whom to ask is known from the pages before"
        check_nothing_is_lost(
            client.post("/sign-in", data={**form, "login": "张三", "password": "a secret"}, headers=ENGLISH)
        )
        assert "a secret" not in client.post("/sign-in", data={**form, "password": "a secret"}).text
        for page in ("/", ENTER, "/no/such/page", "/static/none"):
            answer = client.get(page)
            assert answer.status_code in (404, 503)
            assert "<h1>" in answer.text
            assert answer.headers["Content-Security-Policy"]
        assert client.get("/static/portal.css").status_code == 200
    finally:
        server.launch(binaries)
    assert client.post(ENTER, data=form, headers=ENGLISH).status_code == 303
    assert people() == before + 1


def test_postgresql_stopped_in_the_midst_of_a_request(server, stoppable, monkeypatch):
    """Half of an act is written when the server goes: nothing of it is there afterwards."""
    binaries = programs()
    assert binaries
    client = client_of(stoppable)
    before = people()
    db.session.rollback()
    monkeypatch.setitem(MIDST, "happens", server.halt)
    form = {"csrf_token": client.token(), "name": TYPED["name"]}
    try:
        check_nothing_is_lost(client.post("/faults/midst", data=form, headers=ENGLISH), {"name": TYPED["name"]})
    finally:
        server.launch(binaries)
    assert people() == before
    monkeypatch.undo()
    assert client.post("/faults/midst", data=form).text == "saved"
    assert people() == before + 1


@pytest.mark.engines("sqlite")
def test_sqlite_without_room(live_app, cast, sign_in):
    """The file may not grow: as on a full disk. With room again, the same form goes in."""
    client = sign_in(cast.secretary)
    form = fill_in(client, cast)
    with Limit():
        for number in range(300):
            written, form["name"] = people(), f"欧阳{number}"
            answer = client.post(ENTER, data=form, headers=ENGLISH)
            if answer.status_code != 303:
                break
        check_nothing_is_lost(answer, {**TYPED, "name": form["name"]})
        assert people() == written
        assert client.get(ENTER).status_code == 200, "reading goes on"
    assert client.post(ENTER, data=form, headers=ENGLISH).status_code == 303
    assert people() == written + 1


class Limit:
    """No page more in the database than now, on every connection."""

    def __enter__(self) -> None:
        db.session.remove()
        db.engine.dispose()
        event.listen(db.engine, "connect", self._limit)

    def __exit__(self, *_error: object) -> None:
        event.remove(db.engine, "connect", self._limit)
        db.session.remove()
        db.engine.dispose()

    @staticmethod
    def _limit(connection: Any, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")
