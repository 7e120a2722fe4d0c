"""How much one address may send in an hour: enough for a hall of neighbours, too few for a flood."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal.accounts.attempts import Keys
from portal.accounts.models import SignInAttempt
from portal.applications import queries
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy

HOUR = timedelta(hours=1)
SENT, BEGUN = 20, 100
MANY = lazy("Many applications came from this connection within an hour. Please wait an hour,"
            " then try again, or apply at the association's office.")  # fmt: skip


def count_sent(address: str | None) -> None:
    """Count an application. Raises RuleError("") for the twenty-first of an hour."""
    count("application", address, SENT, MANY)


def count_begun(address: str | None) -> None:
    """Count a draft, so that nobody fills the table with them. Raises RuleError("")."""
    count("application draft", address, BEGUN, MANY)


def count(what: str, address: str | None, most: int, message: Any) -> None:
    """Count what came from an address under this name. Raises RuleError("", message) once there is too much."""
    keys = Keys.of(what, address)
    if queries.count_since(keys.login, keys.address, now() - HOUR) >= most:
        raise RuleError("", message)
    db.session.add(SignInAttempt(login_hash=keys.login, address_hash=keys.address, at=now(), succeeded=True))
