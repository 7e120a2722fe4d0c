"""What is scanned: the session's code, which changes all the time, and the volunteer's own for the leader's scanner.

A session's token is good for the step in which it was drawn and the one after it, so that it outlives a slow hand or
a short gap in the network, and no longer: a photograph sent around is worth nothing. It is bound to the session and
its place. Whoever has scanned it in time may take some minutes to sign in: a signed cookie keeps the moment.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from flask import Response, current_app, request
from itsdangerous import BadSignature, Signer, TimestampSigner

from portal.core.calendar import now
from portal.core.database import ALPHABET
from portal.plans.models import ActivitySession
from portal.signups.models import SignUp
from portal.verification import codes

STEP = 45  # seconds
OWN_STEP = 300
KEPT = timedelta(minutes=5)  # for signing in after the scan
OWN_LENGTH = 8
SIGNED = 22  # characters of the signature, 132 bits: more would make the square finer and harder to scan


class Standing(Enum):
    FORGED = "forged"
    EXPIRED = "expired"
    KEPT = "kept"
    FRESH = "fresh"


@dataclass(frozen=True)
class Shown:
    """A token or code on a screen, and for how many seconds it stays there."""

    text: str
    left: int
    lasts: int


def draw(session: ActivitySession) -> Shown:
    """The session's token of this moment."""
    step, left = _step(STEP)
    return Shown(f"{session.public_id}-{step}-{_sign(session, step)}", left, STEP)


def session_of(token: str) -> str:
    """The public id of the session that a token names; whether it names it rightly, `judge` says."""
    return token.partition("-")[0]


def judge(token: str, session: ActivitySession) -> Standing:
    """Whether the portal drew this token for the session at its place, and lately; or this browser scanned it."""
    step, _dash, signature = token.partition("-")[2].partition("-")
    if not (step.isascii() and step.isdecimal() and len(step) < 12):
        return Standing.FORGED
    if not hmac.compare_digest(_sign(session, int(step)).encode(), signature.encode()):
        return Standing.FORGED
    age = _step(STEP)[0] - int(step)
    if age in (0, 1):
        return Standing.FRESH
    return Standing.KEPT if _kept_scan() == token else Standing.EXPIRED


def keep_scan(response: Response, token: str) -> Response:
    """This browser has scanned the token in time: a cookie keeps it while somebody signs in."""
    value = _Stamped(_key(), salt="portal.attendance.scan").sign(token).decode("ascii")
    response.set_cookie(
        _cookie(),
        value,
        max_age=int(KEPT.total_seconds()),
        secure=_is_https(),
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def own_code(sign_up: SignUp) -> Shown:
    """The code that the volunteer shows to the leader's scanner, or reads out: K3M9-XQ2T."""
    step, left = _step(OWN_STEP)
    return Shown(codes.shown(_own(sign_up, step)), left, OWN_STEP)


def is_own_code(sign_up: SignUp, typed: str) -> bool:
    """Whether it is this volunteer's code, of now or of the step before."""
    meant, step = codes.read(typed).encode(), _step(OWN_STEP)[0]
    return any(hmac.compare_digest(_own(sign_up, one).encode(), meant) for one in (step, step - 1))


class _Stamped(TimestampSigner):
    """Stamps with the portal's own clock."""

    def get_timestamp(self) -> int:
        return int(now().timestamp())


def _kept_scan() -> str:
    """The token that this browser scanned within the last minutes; empty when there is none."""
    signer = _Stamped(_key(), salt="portal.attendance.scan")
    try:
        return signer.unsign(request.cookies.get(_cookie(), ""), max_age=int(KEPT.total_seconds())).decode()
    except (BadSignature, UnicodeDecodeError):
        return ""


def _own(sign_up: SignUp, step: int) -> str:
    digest = base64.urlsafe_b64decode(_signer("own").get_signature(f"{sign_up.public_id}.{step}") + b"=")
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:OWN_LENGTH])


def _sign(session: ActivitySession, step: int) -> str:
    value = f"{session.public_id}.{step}.{session.place}".encode()
    return _signer("session").get_signature(value).decode("ascii")[:SIGNED]


def _step(length: int, moment: datetime | None = None) -> tuple[int, int]:
    """The number of the step, and the seconds that are left of it."""
    seconds = int((moment or now()).timestamp())
    return seconds // length, length - seconds % length


def _signer(purpose: str) -> Signer:
    return Signer(_key(), salt=f"portal.attendance.{purpose}", key_derivation="hmac", digest_method=hashlib.sha256)


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])


def _is_https() -> bool:
    return bool(current_app.extensions["portal.settings"].is_https)


def _cookie() -> str:
    return "__Host-scan" if _is_https() else "scan"
