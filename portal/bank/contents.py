"""What was read of a bank's file while it is worked on: encrypted in the store, read again row by row.

It lies there for seven days at most, beside the lists of the register, and is removed with them.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from cryptography.fernet import InvalidToken

from portal.bank.reading import Row
from portal.core.encryption import keyring
from portal.core.files import store
from portal.imports.contents import KEPT_FOR, SUFFIX, remove

__all__ = ["KEPT_FOR", "has", "headings", "keep", "remove", "rows"]

CHUNK = 1 << 16


def keep(headings: list[str], rows: Iterable[Row]) -> str:
    """Put headings and rows into the store; returns the key."""
    packer = zlib.compressobj(1)
    lines = chain([headings], rows)
    parts = [packer.compress(json.dumps(line, ensure_ascii=False).encode() + b"\n") for line in lines]
    return store.keep(keyring.fernet.encrypt(b"".join(parts) + packer.flush()), SUFFIX)


def has(key: str | None) -> bool:
    return bool(key) and store.has(str(key))


def headings(key: str | None) -> list[str] | None:
    """The headings, unless it is gone or was encrypted with a key that is no longer set."""
    first = next(_lines(key), None)
    return None if first is None else [str(cell) for cell in first]


def rows(key: str | None) -> Iterator[Row]:
    """The rows one after the other, so that a large file fits into a small memory."""
    lines = _lines(key)
    next(lines, None)
    return (Row(number, cells, tuple(damaged)) for number, cells, damaged in lines)


def _lines(key: str | None) -> Iterator[list]:  # type: ignore[type-arg]
    if not has(key):
        return
    try:
        packed = keyring.fernet.decrypt(store.read(str(key)))
    except InvalidToken:
        return
    unpacker, rest = zlib.decompressobj(), b""
    for at in range(0, len(packed), CHUNK):
        rest += unpacker.decompress(packed[at : at + CHUNK])
        *whole, rest = rest.split(b"\n")
        yield from map(json.loads, whole)
