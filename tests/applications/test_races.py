"""In the same moment: one decision, and one application from two clicks."""

from __future__ import annotations

from flask.testing import FlaskClient

from portal.accounts.queries import get_account
from portal.applications import services
from portal.applications.models import MembershipApplication
from portal.core.database import db
from tests.applications.filling import answers_of, applied, count, fill_in
from tests.harness.together import at_once

AT_ONCE = 5


def declines(cast, made) -> list:
    account_id, row_id = cast.secretary.id, made.id

    def decline() -> str:
        account, application = get_account(account_id), db.session.get(MembershipApplication, row_id)
        services.decline(account, application, "住址不在本社区")
        return application.state

    return [decline] * AT_ONCE


def test_decided_once(live_app, cast):
    assert at_once(live_app, declines(cast, applied(cast))).count("declined") == 1


def test_control_without_the_lock_it_is_decided_more_than_once(live_app, cast, monkeypatch):
    monkeypatch.setattr(services, "lock", lambda _application: None)
    assert at_once(live_app, declines(cast, applied(cast))).count("declined") > 1


def test_clicked_many_times_it_is_sent_once(live_app, cast, client):
    fill_in(client, answers_of(cast))
    data, cookies = {"csrf_token": client.token()}, list(client._cookies.values())

    def click() -> str:
        visitor = FlaskClient(live_app, live_app.response_class)
        for cookie in cookies:
            visitor.set_cookie(cookie.key, cookie.value)
        return visitor.post("/join/send", data=data).location

    given = at_once(live_app, [click] * AT_ONCE)
    assert len(set(given)) == 1
    assert given[0].endswith("/sent")
    assert count() == 1
