"""Passwords: how they are hashed, and which are too easy to guess.

The rules follow NIST SP 800-63B, 5.1.1.2: a length, a list of known passwords, nothing about the person; no demand
for signs or capitals, and no change by the calendar. A hash costs tenths of a second on purpose: with SQLite a
writing request holds the only write lock from its first query on, so nobody hashes inside a transaction.
"""

from __future__ import annotations

import base64
import secrets
import threading
import unicodedata
from datetime import date
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from portal.core.common_passwords import COMMON, RUNS
from portal.core.errors import RuleError
from portal.core.i18n import lazy

SHORTEST, LONGEST = 8, 128
DISTINCT = 4
SHORTEST_READING = 5  # a shorter one stands in too many sentences
# Each hash takes 64 MiB; a flood of attempts must wait in line and not fill the machine's memory.
AT_ONCE = 2


class Hasher:
    """argon2id with the parameters of this installation, configured once by create_app."""

    def __init__(self) -> None:
        self._line = threading.BoundedSemaphore(AT_ONCE)
        self.configure("normal")

    def configure(self, cost: str) -> None:
        """`normal` is argon2-cffi's default (RFC 9106, low memory); `cheap` is for tests alone."""
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self._argon = cheap if cost == "cheap" else PasswordHasher()
        self._nobody = _hash_of_nobody(self._argon)

    def hash(self, password: str) -> str:
        with self._line:
            return self._argon.hash(_plain(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether the password is the one; without a hash to compare with, the same work and False."""
        with self._line:
            try:
                self._argon.verify(kept or self._nobody, _plain(password))
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._argon.check_needs_rehash(kept)


def check_password(password: str, *, name: str = "", sort_key: str = "", phone: str | None = None) -> None:
    """Refuse what is quickly guessed. Raises RuleError("password") with the reason in words.

    `sort_key` is how the name is read (see core.search): "wang 王 xiu 秀 ying 英" holds wangxiuying.
    """
    read = "".join(word for word in sort_key.split() if word.isascii())
    fault = _fault(_plain(password), [name, read if len(read) >= SHORTEST_READING else "", phone or ""])
    if fault is not None:
        raise RuleError("password", fault)


def _fault(password: str, about: list[str]) -> Any:
    low = password.lower()
    if len(password) < SHORTEST:
        return lazy("Use at least 8 characters; a short sentence is easy to remember.")
    if len(password) > LONGEST:
        return lazy("Use at most 128 characters.")
    if low in COMMON or _is_run(low) or len(set(low)) < DISTINCT:
        return lazy("Many people use this password, so it is tried first. Choose another.")
    if any(len(word) >= 2 and word.lower() in low for word in about):
        return lazy("The password holds your own name or phone number. Choose another.")
    if _is_date(password):
        return lazy("A date is quickly guessed. Choose another password.")
    return None


def _is_run(low: str) -> bool:
    """A piece of the alphabet, of the digits or of a row of the keyboard, forwards, backwards or repeated."""
    return any(low in run or low in run[::-1] for run in RUNS)


def _is_date(password: str) -> bool:
    """Eight digits that are a day, 19880501 or 05011988: birthdays are the most used passwords of all."""
    if len(password) != SHORTEST or not (password.isascii() and password.isdecimal()):
        return False
    ways = (password, password[4:] + password[:4], password[4:] + password[2:4] + password[:2])
    return any(_is_day(text) for text in ways)


def _is_day(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return text[:2] in ("19", "20")


def _plain(password: str) -> str:
    """One form for what looks the same, however it was typed (full-width digits, composed accents)."""
    return unicodedata.normalize("NFKC", password)


def _hash_of_nobody(argon: PasswordHasher) -> str:
    """A well-formed hash that no password has; it costs nothing to make and as much to check as any other."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode("ascii")
        for size in (argon.salt_len, argon.hash_len)
    )
    cost = f"m={argon.memory_cost},t={argon.time_cost},p={argon.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


hasher = Hasher()
