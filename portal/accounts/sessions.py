"""Signed in or not: server-side sessions, a random token in the cookie, idle time without a write per page."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response, current_app, g, redirect, request, url_for
from flask_login import current_user
from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from portal.accounts.models import Account, AccountSession
from portal.core.calendar import now
from portal.core.database import db

ABSOLUTE = timedelta(hours=20)
IDLE = timedelta(minutes=30)  # after it, the office asks for the password again
REFRESH = timedelta(minutes=1)


def install(app: Flask) -> None:
    app.login_manager.request_loader(_load)  # type: ignore[attr-defined]
    app.extensions["portal.sign_in"] = _to_sign_in
    app.extensions["portal.office_gate"] = _ask_again_when_idle
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


def live_session(token: str) -> AccountSession | None:
    statement = (
        select(AccountSession)
        .join(AccountSession.account)
        .join(Account.person)
        .options(contains_eager(AccountSession.account).contains_eager(Account.person))
        .where(
            AccountSession.token_hash == _hash(token),
            AccountSession.ended_at.is_(None),
            AccountSession.expires_at > now(),
            Account.disabled_at.is_(None),
        )
    )
    return db.session.scalar(statement)


def set_cookie(response: Response, token: str) -> Response:
    """Give the browser its token, with the signed moment at which it was last seen."""
    g.session_token = token
    g.seen_at = None
    return response


def clear_cookie(response: Response) -> Response:
    g.session_token = None
    response.delete_cookie(_cookie_name(), secure=_is_secure(), httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _load(req: Request) -> Account | None:
    """The account of the request's cookie (Flask-Login asks once per request)."""
    token, seen_at = _read_cookie(req.cookies.get(_cookie_name(), ""))
    session = live_session(token) if token else None
    if session is None:
        return None
    g.session_token, g.seen_at, g.account_session = token, seen_at, session
    return session.account


def _read_cookie(value: str) -> tuple[str | None, datetime | None]:
    """The token and when it was last seen. The signature keeps the moment honest; no row is written for it."""
    try:
        raw, seen_at = _signer().unsign(value, return_timestamp=True)
    except BadSignature:
        return None, None
    return raw.decode("ascii"), seen_at


def _keep_seen(response: Response) -> Response:
    token = g.get("session_token")
    if token and (g.seen_at is None or now() - g.seen_at > REFRESH) and not g.get("is_idle"):
        response.set_cookie(
            _cookie_name(),
            _signer().sign(token).decode("ascii"),
            secure=_is_secure(),
            httponly=True,
            samesite="Lax",
            path="/",
        )
    return response


def _ask_again_when_idle() -> None:
    """An office left open on a shared computer asks for the password again."""


def _to_sign_in() -> Any:
    """Where somebody goes who must sign in first; htmx is sent there as a whole page."""
    target = url_for("accounts.sign_in", next=request.full_path if request.method == "GET" else None)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target, 303)


def is_idle() -> bool:
    return current_user.is_authenticated and g.get("seen_at") is not None and now() - g.seen_at > IDLE


def _signer() -> TimestampSigner:
    return TimestampSigner(current_app.config["SECRET_KEY"], salt="portal.session")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _is_secure() -> bool:
    return bool(current_app.extensions["portal.settings"].is_https)


def _cookie_name() -> str:
    return "__Host-portal" if _is_secure() else "portal"
