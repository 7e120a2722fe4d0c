"""Files for calendar programs (RFC 5545): their lines, whatever stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime

MIMETYPE = "text/calendar"
LONGEST = 75  # octets of a line, the break not counted


def file(product: str, name: str, events: Iterable[Mapping[str, str]]) -> str:
    """A calendar with its events; their values are written already (`escaped`, `moment`, `day`)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//Association portal//{product}//EN", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}"]
    lines += ["REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"]
    for event in events:
        lines += ["BEGIN:VEVENT", *(f"{name}:{value}" for name, value in event.items()), "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def escaped(text: str) -> str:
    """Text as a value: backslash, semicolon, comma and line break have a meaning of their own (3.3.11)."""
    plain = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c == "\n" or ord(c) >= ord(" "))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, each after the first led by a space, no character torn (3.1)."""
    piece, size, limit = "", 0, LONGEST
    for character in line:
        width = len(character.encode())
        if size + width > limit:
            yield piece
            piece, size, limit = " ", 1, LONGEST
        piece, size = piece + character, size + width
    yield piece


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def day(on: date) -> str:
    return on.strftime("%Y%m%d")


def uid(public_id: str, base_url: str) -> str:
    """A name of its own in the whole world, the same each time."""
    return f"{public_id}@{base_url.split('//')[-1].split('/')[0]}"
