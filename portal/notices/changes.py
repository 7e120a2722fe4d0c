"""What a version changed of the one before it: its fields, its text, its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.core.database import db
from portal.core.formats import date_long
from portal.core.i18n import lazy, lazy_pgettext
from portal.notices import attachments, differences
from portal.notices.differences import Block, Part
from portal.notices.models import NoticeKind, NoticeVersion

FIELDS = (
    ("title", lazy("Title")),
    ("kind", lazy("Kind")),
    ("subject", lazy_pgettext("notice", "Subject")),
    ("issuer", lazy("Issuer")),
    ("document_number", lazy("Document number")),
    ("signed_on", lazy("Date signed")),
    ("effective_on", lazy("Takes effect on")),
    ("expires_on", lazy("In force until")),
    ("keywords", lazy("Keywords")),
    ("contact", lazy("Contact")),
)


@dataclass(frozen=True)
class Changes:
    """Fields with their words as they were and are, the text, and the names of files taken out and put in."""

    fields: Sequence[tuple[Any, tuple[Part, ...]]]
    text: tuple[Block, ...]
    files: tuple[Part, ...]

    @property
    def is_text_same(self) -> bool:
        return differences.is_unchanged(self.text)


def get_pair(notice_id: int, number: int) -> tuple[NoticeVersion, NoticeVersion]:
    """A published version from the second on, after the one before it."""
    statement = select(NoticeVersion).where(
        NoticeVersion.notice_id == notice_id, NoticeVersion.number.in_((number - 1, number))
    )
    old, new = db.session.scalars(statement.order_by(NoticeVersion.number)).all()
    return old, new


def of(old: NoticeVersion, new: NoticeVersion, html: str = "") -> Changes:
    """What a version (of a draft with its text as `html`) changed of an earlier one."""
    pairs = [(label, _said(old, name), _said(new, name)) for name, label in FIELDS]
    fields = [(label, differences.words_of(before, now)) for label, before, now in pairs if before != now]
    return Changes(fields, differences.compare(old.html, html or new.html), _files(old, new))


def _said(version: NoticeVersion, name: str) -> str:
    value = getattr(version, name)
    if name == "kind":
        return NoticeKind(value).label
    return date_long(value) if isinstance(value, date) else value or ""


def _files(old: NoticeVersion, new: NoticeVersion) -> tuple[Part, ...]:
    before, now = ({file[:2]: file[0] for file in attachments.said(version)} for version in (old, new))
    removed = [Part(differences.REMOVED, name) for key, name in before.items() if key not in now]
    return (*removed, *(Part(differences.ADDED, name) for key, name in now.items() if key not in before))
