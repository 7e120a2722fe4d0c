"""Secrets at rest: encrypted text with keys that can be rotated, and a keyed blind index for equality.

The first key encrypts, every key decrypts. After a new first key is set, `portal rotate-keys` writes all
values and indexes anew; until then a lookup asks for the index under every key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator


class KeyRing:
    """The keys of this process, configured once by create_app."""

    def __init__(self) -> None:
        self._keys: tuple[str, ...] = ()
        self._fernet: MultiFernet | None = None

    def configure(self, keys: tuple[str, ...]) -> None:
        self._keys = keys
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key, b"text"))) for key in keys])

    @property
    def fernet(self) -> MultiFernet:
        if self._fernet is None:
            raise RuntimeError("no encryption key is configured")
        return self._fernet

    def index_keys(self) -> list[bytes]:
        return [_derive(key, b"index") for key in self._keys]


keyring = KeyRing()


def _derive(key: str, purpose: bytes) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=32, person=purpose.ljust(16, b"\0")).digest()


def encrypt(text: str) -> str:
    return keyring.fernet.encrypt(text.encode()).decode("ascii")


def decrypt(token: str) -> str:
    try:
        return keyring.fernet.decrypt(token.encode("ascii")).decode()
    except InvalidToken:
        raise RuntimeError("a value was encrypted with a key that is not configured") from None


def blind_index(value: str, kind: str) -> str:
    """The index to store beside an encrypted value: equal values give equal text, nothing else can be told."""
    return _index(keyring.index_keys()[0], value, kind)


def blind_indexes(value: str, kind: str) -> list[str]:
    """The indexes to look for: one per configured key, so that lookups work while keys are rotated."""
    return [_index(key, value, kind) for key in keyring.index_keys()]


def _index(key: bytes, value: str, kind: str) -> str:
    digest = hmac.new(key, f"{kind}\0{value}".encode(), hashlib.sha256).digest()[:18]
    return base64.urlsafe_b64encode(digest).decode("ascii")


class EncryptedText(TypeDecorator[str]):
    """A column whose text is readable only with the key from the settings."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else encrypt(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else decrypt(value)
