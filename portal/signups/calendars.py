"""Sessions as a calendar (RFC 5545): one to save, or all of one's own for a calendar program to fetch."""

from __future__ import annotations

from collections.abc import Iterable

from portal.core import icalendar
from portal.core.i18n import _
from portal.core.icalendar import escaped, moment
from portal.plans.models import ActivitySession
from portal.plans.recruitment import content_of


def calendar(sessions: Iterable[ActivitySession], name: str, base_url: str) -> str:
    """The sessions with activity and association loaded. One that was cancelled says so, so that programs strike it
    out; a change has a later LAST-MODIFIED and SEQUENCE.
    """
    return icalendar.file("Activities", name, (_event(session, base_url) for session in sessions))


def _event(session: ActivitySession, base_url: str) -> dict[str, str]:
    home, url = session.association, f"{base_url}/activities/sessions/{session.public_id}"
    changed = max(filter(None, (session.created_at, session.moved_at, session.cancelled_at)))
    said = [content_of(session, session.activity), session.cancel_reason, _asking(session), url]
    return {
        "UID": icalendar.uid(session.public_id, base_url),
        "DTSTAMP": moment(changed),
        "LAST-MODIFIED": moment(changed),
        "SEQUENCE": str(int((changed - session.created_at).total_seconds() // 60)),
        "DTSTART": moment(session.starts_at),
        "DTEND": moment(session.ends_at),
        "SUMMARY": escaped(f"{session.activity.title} · {home.display_name}"),
        "LOCATION": escaped(session.place),
        "DESCRIPTION": escaped("\n".join(filter(None, said))),
        "URL": url,
        "STATUS": "CANCELLED" if session.cancelled_at else "CONFIRMED",
    }


def _asking(session: ActivitySession) -> str:
    whom = " ".join(filter(None, (session.contact_name, session.contact_phone)))
    return _("Whom to ask: %(whom)s", whom=whom) if whom else ""
