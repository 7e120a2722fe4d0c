"""What the log says of a membership, in words that an officer reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.core.audit import AuditEntry
from portal.core.formats import date_long, local
from portal.core.i18n import _, lazy, lazy_pgettext
from portal.members.models import EndReason

WORDS = {
    "members.join": lazy_pgettext("membership log", "Joined"),
    "members.cover": lazy("Somebody more is covered"),
    "members.uncover": lazy("Somebody is covered no longer"),
    "members.suspend": lazy_pgettext("membership log", "Suspended"),
    "members.resume": lazy_pgettext("membership log", "In force again"),
    "members.change_group": lazy("Moved to another group"),
    "members.set_payer": lazy("Another payer"),
    "members.set_contact": lazy("Another contact"),
    "members.end": lazy_pgettext("membership log", "Ended"),
    "members.reinstate": lazy("The end was taken back"),
    "members.propose_transfer": lazy("Transfer proposed"),
    "members.accept_transfer": lazy("Transfer accepted"),
    "members.declined_transfer": lazy("Transfer declined"),
    "members.withdrawn_transfer": lazy("Transfer withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One act: when, what, by whom, and what was said."""

    day: date
    what: str
    who: str
    detail: str


def lines(entries: Iterable[AuditEntry]) -> list[Line]:
    """The entries that are about what a reader of the page can follow, in their order."""
    return [
        Line(local(entry.at).date(), str(WORDS[entry.action]), entry.actor_name or _("The portal"), _detail(entry))
        for entry in entries
        if entry.action in WORDS
    ]


def _detail(entry: AuditEntry) -> str:
    said = entry.changes
    if entry.action == "members.end":
        until = _("Last day %(date)s", date=date_long(date.fromisoformat(said["until"])))
        return _joined(until, EndReason(said["reason"]).label, said.get("note"))
    if entry.action in ("members.change_group", "members.accept_transfer"):
        return said["group"] or _("No group") if "group" in said else ""
    if entry.action == "members.join":
        return _joined(said.get("number"), said.get("kind"))
    if entry.action == "members.propose_transfer":
        return _joined(f"{said.get('from', '')} → {said.get('to', '')}", said.get("reason"))
    return _joined(said.get("reason"), said.get("note"))


def _joined(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)
