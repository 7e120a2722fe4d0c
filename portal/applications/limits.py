"""How many applications one address may send in an hour: enough for a hall of neighbours, too few for a flood."""

from __future__ import annotations

from datetime import timedelta

from portal.accounts.attempts import Keys
from portal.accounts.models import SignInAttempt
from portal.applications import queries
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy

HOUR = timedelta(hours=1)
SENT, BEGUN = 20, 100


def count_sent(address: str | None) -> None:
    """Count an application. Raises RuleError("") for the twenty-first of an hour."""
    _count("application", address, SENT)


def count_begun(address: str | None) -> None:
    """Count a draft, so that nobody fills the table with them. Raises RuleError("")."""
    _count("application draft", address, BEGUN)


def _count(what: str, address: str | None, most: int) -> None:
    keys = Keys.of(what, address)
    if queries.count_since(keys.login, keys.address, now() - HOUR) >= most:
        raise RuleError("", lazy("Many applications came from this connection within an hour. Please wait an hour,"
            " then try again, or apply at the association's office."))  # fmt: skip
    db.session.add(SignInAttempt(login_hash=keys.login, address_hash=keys.address, at=now(), succeeded=True))
