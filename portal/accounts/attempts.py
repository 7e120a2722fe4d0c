"""Guessing is slowed down, never locked out: attempts are counted, and the more of them fail, the longer the wait.

Three counts, each of the last hour. One address trying one account waits first. All addresses together trying one
account wait too, but not an address from which that account was signed in lately: a stranger who keeps guessing
cannot keep the owner out. One address trying many accounts waits last, for a whole office may share one address.
No wait is longer than five minutes. An attempt during a wait is neither checked nor counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement, delete, func, select, update

from portal.accounts.models import SignInAttempt
from portal.core.calendar import now
from portal.core.database import db
from portal.core.encryption import blind_index
from portal.core.errors import RuleError
from portal.core.i18n import _, ngettext

WINDOW = timedelta(hours=1)
KEEP = timedelta(days=30)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
FREE_FOR_PAIR, FREE_FOR_LOGIN, FREE_FOR_ADDRESS = 5, 20, 30
PRUNED_AT_ONCE = 50


class TooSoon(RuleError):
    """Somebody must wait before trying again; `seconds` says how long."""

    def __init__(self, seconds: int) -> None:
        super().__init__("", _("There were too many attempts. Wait %(time)s, then try again.", time=_words(seconds)))
        self.seconds = seconds


@dataclass(frozen=True)
class Keys:
    """Whom and whence an attempt concerns, as they are kept: keyed hashes, so that the table names nobody."""

    login: str
    address: str

    @classmethod
    def of(cls, login: str, address: str | None) -> Keys:
        return cls(blind_index(login, "attempt"), blind_index(address or "", "address"))


def begin(login: str, address: str | None) -> int:
    """Count an attempt before it is checked, so that a hundred at once are a hundred; returns its id.

    It stands as failed until `succeed`. Raises TooSoon. The caller commits at once: checking takes long.
    """
    keys = Keys.of(login, address)
    seconds = wait(keys)
    if seconds:
        raise TooSoon(seconds)
    _prune()
    attempt = SignInAttempt(login_hash=keys.login, address_hash=keys.address, at=now(), succeeded=False)
    db.session.add(attempt)
    db.session.flush()
    return attempt.id


def succeed(attempt_id: int) -> None:
    """The attempt was right: this address need not wait for this login any more."""
    db.session.execute(update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(succeeded=True))


def wait(keys: Keys) -> int:
    """Seconds to wait before the next attempt; 0 if it may come now."""
    mine, anywhere = SignInAttempt.address_hash == keys.address, SignInAttempt.login_hash == keys.login
    moment = now()
    since = moment - WINDOW
    welcome_at = _last_success(mine, anywhere)
    ends = [
        _end_of_wait(FREE_FOR_PAIR, mine, anywhere, SignInAttempt.at > max(since, welcome_at or since)),
        _end_of_wait(FREE_FOR_ADDRESS, mine, SignInAttempt.at > since),
    ]
    if welcome_at is None:
        ends.append(_end_of_wait(FREE_FOR_LOGIN, anywhere, SignInAttempt.at > since))
    return max([0, *(ceil((end - moment).total_seconds()) for end in ends if end is not None)])


def _last_success(*which: ColumnElement[bool]) -> datetime | None:
    return db.session.scalar(select(func.max(SignInAttempt.at)).where(*which, SignInAttempt.succeeded.is_(True)))


def _end_of_wait(free: int, *which: ColumnElement[bool]) -> datetime | None:
    """The first `free` failures cost nothing; after them the wait doubles, counted from the last failure."""
    failed = select(func.count(), func.max(SignInAttempt.at)).where(*which, SignInAttempt.succeeded.is_(False))
    count, last = db.session.execute(failed).one()
    if count < free:
        return None
    end: datetime = last + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(count - free, 20))
    return end


def _prune() -> None:
    """Forget attempts of more than 30 days ago, a few with each new one, so that nobody waits for it."""
    oldest = select(SignInAttempt.id).order_by(SignInAttempt.id).limit(PRUNED_AT_ONCE)
    old = SignInAttempt.at < now() - KEEP
    db.session.execute(
        delete(SignInAttempt).where(SignInAttempt.id.in_(oldest), old).execution_options(synchronize_session=False)
    )


def _words(seconds: int) -> str:
    if seconds < 60:
        return str(ngettext("%(num)d second", "%(num)d seconds", seconds))
    return str(ngettext("%(num)d minute", "%(num)d minutes", -(-seconds // 60)))
