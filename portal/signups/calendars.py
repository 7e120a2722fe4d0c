"""Sessions as a calendar (RFC 5545): one to save, or all of one's own for a calendar program to fetch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from portal.core.i18n import _
from portal.plans.models import ActivitySession
from portal.plans.recruitment import content_of

MIMETYPE = "text/calendar"
LONGEST = 75  # octets of a line, the break not counted
PRODUCT = "-//Association portal//Activities//EN"


def calendar(sessions: Iterable[ActivitySession], name: str, base_url: str) -> str:
    """The sessions with activity and association loaded. One that was cancelled says so, so that programs strike it
    out; a change has a later LAST-MODIFIED and SEQUENCE.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"]
    for session in sessions:
        lines += _event(session, base_url)
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


def _event(session: ActivitySession, base_url: str) -> list[str]:
    home, url = session.association, f"{base_url}/activities/sessions/{session.public_id}"
    changed = max(filter(None, (session.created_at, session.moved_at, session.cancelled_at)))
    said = [content_of(session, session.activity), session.cancel_reason, _asking(session), url]
    values = {
        "UID": f"{session.public_id}@{base_url.split('//')[-1].split('/')[0]}",
        "DTSTAMP": _moment(changed),
        "LAST-MODIFIED": _moment(changed),
        "SEQUENCE": str(int((changed - session.created_at).total_seconds() // 60)),
        "DTSTART": _moment(session.starts_at),
        "DTEND": _moment(session.ends_at),
        "SUMMARY": escaped(f"{session.activity.title} · {home.display_name}"),
        "LOCATION": escaped(session.place),
        "DESCRIPTION": escaped("\n".join(filter(None, said))),
        "URL": url,
        "STATUS": "CANCELLED" if session.cancelled_at else "CONFIRMED",
    }
    return ["BEGIN:VEVENT", *(f"{name}:{value}" for name, value in values.items()), "END:VEVENT"]


def _asking(session: ActivitySession) -> str:
    whom = " ".join(filter(None, (session.contact_name, session.contact_phone)))
    return _("Whom to ask: %(whom)s", whom=whom) if whom else ""


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
