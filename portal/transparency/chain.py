"""How an entry of the chain is made, format 1. docs/transparency.md says it for whoever checks it with other means:
a word changed here breaks every chain that exists. Knows no database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

FORMAT = 1
BEGIN = "0" * 64  # what the first entry follows
FIELDS = ("number", "kind", "association", "document", "version", "digest", "published_at", "previous")


def canonical(content: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8, keys in order, no spaces: the same content is the same bytes wherever it is written down.

    Dates are YYYY-MM-DD, moments 2026-11-22T08:05:00.000000Z. Fractions have more than one way to be written and are
    refused, as is whatever else JSON does not know.
    """
    plain = _plain(content)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def digest_of(content: Mapping[str, Any]) -> str:
    """The SHA-256 of a content, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def hash_of(entry: Mapping[str, Any]) -> str:
    """The hash of an entry: the SHA-256 of its FIELDS and the format, written like a content."""
    return digest_of({"format": FORMAT} | {name: entry[name] for name in FIELDS})


def line_of(entry: Mapping[str, Any]) -> bytes:
    """An entry as a line of the file that is handed out: what its hash covers, and the hash."""
    covered = {name: entry[name] for name in FIELDS}
    return canonical({"format": FORMAT, **covered, "hash": entry["hash"]}) + b"\n"


def moment(at: datetime) -> str:
    """A moment as it is written in the chain."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, date):
        return moment(value) if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {str(key): _plain(one) for key, one in value.items()}
    raise TypeError(f"{type(value).__name__} has no place in the chain")
