"""Checking a chain that was handed out, without the portal and without a database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.transparency import chain

Entry = Mapping[str, Any]


class BrokenError(Exception):
    """Where the chain does not hold, in one line."""


@dataclass(frozen=True)
class Head:
    """An end of the chain that somebody kept: its hash, and its number where that was kept with it."""

    hash: str
    number: int | None = None


@dataclass(frozen=True)
class Walked:
    """A chain that holds: its last entry, and when the first and the last were entered."""

    number: int
    hash: str
    since: str
    until: str

    def __str__(self) -> str:
        days = self.since[:10] if self.since[:10] == self.until[:10] else f"{self.since[:10]} to {self.until[:10]}"
        entries = "1 entry" if self.number == 1 else f"{self.number} entries"
        return f"{entries}, {days}: each follows from the one before. The head is {self.hash}."


def verify(entries: Iterable[Entry], kept: Head | None = None) -> Walked:
    """Every number, link and hash; and that the kept head lies on the way. Raises BrokenError."""
    first, entry, is_met = "", None, False
    for entry in follow(entries):
        first = first or entry["published_at"]
        is_met = is_met or (
            kept is not None and entry["hash"] == kept.hash and kept.number in (None, entry["number"])
        )
    if entry is None:
        raise BrokenError("the chain holds no entry.")
    if kept is not None and not is_met:
        raise BrokenError(_unmet(kept, entry["number"]))
    return Walked(entry["number"], entry["hash"], first, entry["published_at"])


def follow(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries, each once it is seen to follow from the one before. Raises BrokenError where one does not."""
    previous = chain.BEGIN
    for number, entry in enumerate(entries, 1):
        if entry["number"] != number:
            raise BrokenError(f"entry {number} is missing: after {number - 1} comes {entry['number']}.")
        if entry["previous"] != previous:
            raise BrokenError(f"entry {number} does not follow entry {number - 1}.")
        if entry["hash"] != chain.hash_of(entry):
            raise BrokenError(f"entry {number} is not what its hash was made of.")
        previous = entry["hash"]
        yield entry


def read_head(text: str) -> Head:
    """A head as it was kept: the file that the portal hands out, or the hash alone. Raises BrokenError."""
    try:
        said: Any = json.loads(text) if text.lstrip().startswith("{") else {"hash": "".join(text.split()).lower()}
        found = Head(str(said["hash"]), said.get("number"))
    except (ValueError, KeyError):
        raise BrokenError("what was kept is no head of a chain.") from None
    if len(found.hash) != 64 or set(found.hash) - set("0123456789abcdef"):
        raise BrokenError("what was kept is no head of a chain: a hash has 64 digits and letters from a to f.")
    return found


def entries_of(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The entries of a file, one a line, of the kinds that the format has."""
    for place, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            values = [entry[name] for name in (*chain.FIELDS, "hash")]
        except (ValueError, KeyError, TypeError):
            raise BrokenError(f"line {place} is no entry of a chain.") from None
        if entry.get("format") != chain.FORMAT:
            raise BrokenError(f"line {place} is written in another format than {chain.FORMAT}.")
        if any(type(value) not in (str, int) for value in values):
            raise BrokenError(f"line {place} is no entry of a chain.")
        yield entry


def _unmet(kept: Head, last: int) -> str:
    if kept.number is not None and kept.number > last:
        return f"the kept head is entry {kept.number}, and the chain ends with {last}: its end was cut off."
    return "the kept head does not lie in this chain: what was published before it has been changed."
