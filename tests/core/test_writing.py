"""A request that may write begins its transaction for writing, whoever asks the database first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, request_started
from sqlalchemy import Connection, Engine, event

from portal.core import database, web
from tests.harness.cast import Cast
from tests.harness.client import PortalClient

pytestmark = pytest.mark.engines("sqlite")  # PostgreSQL knows no such difference


@pytest.fixture
def begun() -> Any:
    """How each transaction began, as SQLite's driver was told."""
    found: list[str] = []

    def look(statement: str) -> None:
        if statement.startswith("BEGIN"):
            found.append(statement)

    def watch(connection: Connection) -> None:
        connection.connection.driver_connection.set_trace_callback(look)  # type: ignore[union-attr]

    event.listen(Engine, "engine_connect", watch)
    yield found
    event.remove(Engine, "engine_connect", watch)


@pytest.fixture
def reader(live_app: Flask, cast: Cast, sign_in: Any) -> Iterator[PortalClient]:
    """Somebody whose request is answered by a thread that has answered a GET before."""
    client = sign_in(cast.secretary)
    token = database.writing.set(False)
    yield client
    database.writing.reset(token)


def save(client: PortalClient) -> None:
    """The log book's form: it asks who is signed in before any hook of the portal runs."""
    data = {"csrf_token": client.token(), "entry_key": "a-key-of-this-test"}
    client.post("/office/wangjiang/activities/new", data=data)


def test_a_post_begins_for_writing(reader: PortalClient, begun: list[str]) -> None:
    save(reader)
    assert begun[-1] == "BEGIN IMMEDIATE"


def test_a_page_begins_for_reading(reader: PortalClient, begun: list[str]) -> None:
    reader.get("/office/wangjiang/activities")
    assert begun[-1] == "BEGIN"


def test_control_a_hook_of_before_request_comes_too_late(
    live_app: Flask, reader: PortalClient, begun: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = [lambda: web._prepare(live_app), *live_app.before_request_funcs[None]]
    monkeypatch.setitem(live_app.before_request_funcs, None, hooks)
    request_started.disconnect(web._prepare, live_app)
    try:
        save(reader)
    finally:
        request_started.connect(web._prepare, live_app)
    assert begun[-1] == "BEGIN"
