"""Reading changes nothing; writing needs a token."""

from __future__ import annotations

import pytest
from werkzeug.exceptions import HTTPException

from portal.activities.models import ActivityLog
from portal.core.calendar import today
from portal.core.database import db
from tests.access.content import digest
from tests.access.routes import Route, routes
from tests.harness.cases import either_engine


def address(app, route, code="wangjiang") -> str:
    return route.address(app, **({"code": code} if "code" in route.arguments else {}))


# Every page, on the database that forgives less; test_matrix opens every page on the other.
@pytest.mark.engines("postgresql")
def test_reading_changes_nothing_and_is_kept_by_nobody(app, cast, sign_in, client, monkeypatch):
    """The pages that say no are the same few everywhere: here their headers are enough."""
    monkeypatch.setitem(app.error_handler_spec[None][None], HTTPException, lambda error: error.get_response())
    db.session.add(
        ActivityLog(association_id=cast.community.id, kind="safety", title="清洁日", held_on=today(), place="湖滨")
    )
    db.session.commit()
    before = digest(db.session)
    reads = [route for route in routes(app) if route.method == "GET"]
    for route in reads:
        if route.declared == "public":
            client.get(address(app, route))
    missed = kept_by_nobody(app, sign_in(cast.secretary), reads)
    topmost = [route for route in missed if route.arguments == {"code"}]
    assert topmost
    assert not kept_by_nobody(app, sign_in(cast.administrator), topmost, "qinghe")
    assert digest(db.session) == before


def kept_by_nobody(app, visitor, reads, code="wangjiang") -> list[Route]:
    """What is read leaves nothing in a browser; gives the routes that were not there."""
    answers = {route: visitor.get(address(app, route, code)) for route in reads}
    for route, answer in answers.items():
        assert route.endpoint == "activities.photo_jpg" or answer.headers["Cache-Control"] == "no-store", route
    return [route for route, answer in answers.items() if answer.status_code == 404]


@either_engine
def test_control_the_digest_sees_a_change(app, cast):
    before = digest(db.session)
    cast.community.phone = "6200-9999"
    db.session.commit()
    assert digest(db.session) != before


@either_engine
def test_every_post_without_a_token_is_refused(app, cast, sign_in, monkeypatch):
    monkeypatch.setitem(app.error_handler_spec[None][None], HTTPException, lambda error: error.get_response())
    client, before = sign_in(cast.secretary), digest(db.session)
    posts = [route for route in routes(app) if route.method == "POST"]
    for route in posts:
        assert client.post(address(app, route)).status_code == 400, route
    assert len(posts) > 40
    assert digest(db.session) == before
