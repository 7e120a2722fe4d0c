"""Signed in or not: server-side sessions, a random token in the cookie, idle time without a write per page.

The cookie is the token with a signed moment, "last seen". A page renews the moment at most once a minute, and no
row is written for it: a GET writes nothing. An idle session stays idle until the password was given again.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TypeVar

from flask import Flask, Request, Response, current_app, g, session
from flask_wtf.csrf import CSRFError
from itsdangerous import BadSignature, TimestampSigner

from portal.accounts import queries
from portal.accounts.models import Account, AccountSession
from portal.core.calendar import now
from portal.core.database import db
from portal.core.passwords import hasher
from portal.settings import Settings

ABSOLUTE = timedelta(hours=20)
IDLE = timedelta(minutes=30)  # after it, the office asks for the password again
REFRESH = timedelta(minutes=1)

Answer = TypeVar("Answer", bound=Response)


def install(app: Flask) -> None:
    from portal.accounts import gate

    settings: Settings = app.extensions["portal.settings"]
    hasher.configure(settings.password_cost)
    app.login_manager.request_loader(_load)  # type: ignore[attr-defined]
    app.config["REMEMBER_COOKIE_NAME"] = "portal-no-such-cookie"  # another site's must not be taken for ours
    app.extensions["portal.sign_in"] = gate.to_sign_in
    app.extensions["portal.office_gate"] = gate.guard_office
    app.register_error_handler(CSRFError, gate.keep_without_token)
    app.after_request(_keep_seen)


def open_session(account: Account, device: str, address: str) -> str:
    """A new session of the account; returns the token for the cookie, of which only the hash is kept."""
    token = secrets.token_urlsafe(32)
    moment = now()
    row = AccountSession(
        account_id=account.id,
        token_hash=_hash(token),
        device=device,
        address=address,
        created_at=moment,
        confirmed_at=moment,
        expires_at=moment + ABSOLUTE,
    )
    db.session.add(row)
    return token


def set_cookie(response: Answer, token: str) -> Answer:
    """Give the browser its token, with the signed moment at which it was last seen."""
    g.session_token, g.seen_at, g.is_idle = token, None, False
    return response


def clear_cookie(response: Answer) -> Answer:
    """Forget who was signed in here, with what the browser kept of the pages."""
    g.session_token = None
    session.clear()
    response.delete_cookie(_cookie_name(), secure=_is_secure(), httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def rotate_form_session() -> None:
    """Another CSRF token: what was known of this browser before somebody signed in is worth nothing after it."""
    session.clear()
    g.pop(current_app.config["WTF_CSRF_FIELD_NAME"], None)


def is_idle() -> bool:
    """Whether nothing was asked in this session for half an hour, and the password was not given since."""
    return bool(g.get("is_idle"))


def let_idle() -> None:
    """This request is the open page's own, nobody asked: the half hour of an office left alone runs on."""
    g.asks_by_itself = True


def is_confirmed_lately() -> bool:
    """Whether the password was given within the last half hour."""
    row: AccountSession | None = g.get("account_session")
    return row is not None and now() - row.confirmed_at < IDLE


def _load(req: Request) -> Account | None:
    """The account of the request's cookie (Flask-Login asks once per request)."""
    token, seen_at = _read_cookie(req.cookies.get(_cookie_name(), ""))
    row = queries.get_live_session(_hash(token)) if token else None
    g.has_lapsed = token is not None and row is None
    if row is None or seen_at is None:
        return None
    # The person is held beside the account: after a rollback its name must be found without a lazy load.
    g.session_token, g.seen_at, g.account_session, g.own_person = token, seen_at, row, row.account.person
    g.is_idle = now() - seen_at > IDLE
    return row.account


def _read_cookie(value: str) -> tuple[str | None, datetime | None]:
    """The token and when it was last seen. The signature keeps the moment honest."""
    if not value:
        return None, None
    try:
        raw, seen_at = _signer().unsign(value, return_timestamp=True)
    except BadSignature:
        return None, None
    return raw.decode("ascii"), seen_at


def _keep_seen(response: Response) -> Response:
    token = g.get("session_token")
    if token and not is_idle() and not g.get("asks_by_itself") and (g.seen_at is None or now() - g.seen_at > REFRESH):
        response.set_cookie(
            _cookie_name(),
            _signer().sign(token).decode("ascii"),
            secure=_is_secure(),
            httponly=True,
            samesite="Lax",
            path="/",
        )
    return response


class _Signer(TimestampSigner):
    """Stamps with the portal's own clock."""

    def get_timestamp(self) -> int:
        return int(now().timestamp())


def _signer() -> _Signer:
    return _Signer(current_app.config["SECRET_KEY"], salt="portal.session")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _is_secure() -> bool:
    return bool(current_app.extensions["portal.settings"].is_https)


def _cookie_name() -> str:
    return "__Host-portal" if _is_secure() else "portal"
