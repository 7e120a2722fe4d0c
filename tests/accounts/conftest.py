"""What the tests of signing in share: logins, cookies, a clock that moves, codes of an authenticator app."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from portal.accounts import sessions
from portal.accounts.models import Account, AccountSession
from portal.core import calendar
from portal.core.audit import AuditEntry
from portal.core.database import db
from portal.people.models import Person
from tests.harness.client import PortalClient, client_of
from tests.harness.factory import PASSWORD

SECRET = pyotp.random_base32()


@pytest.fixture
def phone_of(app) -> Callable[[Account], str]:
    return lambda account: str(db.session.get(Person, account.person_id).phone)


@pytest.fixture
def enter(app, phone_of) -> Callable[..., Any]:
    """enter(client, account) signs in through the page; password=, next= and more are typed or sent along."""

    def enter(client: PortalClient, account: Account, **typed: Any) -> Any:
        data = {"login": phone_of(account), "password": PASSWORD, **typed}
        return client.submit("/sign-in", data)

    return enter


@pytest.fixture
def is_in() -> Callable[[PortalClient], bool]:
    """Whether the client's cookie opens a page of one's own."""
    return lambda client: client.get("/me/security").status_code == 200


@pytest.fixture
def cookie_of(app) -> Callable[[PortalClient], str]:
    def cookie_of(client: PortalClient) -> str:
        with app.test_request_context("/"):
            kept = client.get_cookie(sessions._cookie_name())
        return kept.value if kept else ""

    return cookie_of


@pytest.fixture
def replay(app) -> Callable[[str], int]:
    """replay(cookie): of five browsers with a copy of the cookie, how many are taken in."""

    def replay(cookie: str) -> int:
        answers = []
        for _ in range(5):
            thief = client_of(app)
            with app.test_request_context("/"):
                thief.set_cookie(sessions._cookie_name(), cookie)
            answers.append(thief.get("/me/security").status_code)
        return answers.count(200)

    return replay


@contextmanager
def _later(**delta: float) -> Iterator[datetime]:
    with calendar.at(calendar.now() + timedelta(**delta)) as moment:
        yield moment


@pytest.fixture
def later() -> Callable[..., Any]:
    """`with later(minutes=31):` what happens half an hour from now."""
    return _later


@pytest.fixture
def live_sessions(app) -> Callable[[Account], int]:
    def count(account: Account) -> int:
        rows = db.session.scalars(select(AccountSession).where(AccountSession.account_id == account.id))
        return sum(row.ended_at is None for row in rows)

    return count


@pytest.fixture
def acts(app) -> Callable[..., list[str]]:
    """acts(): what the audit log says happened to accounts, in order."""

    def acts() -> list[str]:
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [entry.action.removeprefix("accounts.") for entry in entries if entry.action.startswith("accounts.")]

    return acts


@pytest.fixture
def with_app(app) -> Callable[[Account], Callable[[], str]]:
    """with_app(account) gives the account an authenticator app, and returns what it shows at the present moment."""

    def with_app(account: Account) -> Callable[[], str]:
        account.totp_secret, account.totp_confirmed_at = SECRET, calendar.now()
        db.session.commit()
        return lambda: pyotp.TOTP(SECRET).at(calendar.now())

    return with_app
