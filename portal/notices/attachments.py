"""Files and pictures of a draft: added, described, taken out. What was published keeps its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sqlalchemy import bindparam, func, select

from portal.accounts.models import Account
from portal.core import audit, files, text
from portal.core.calendar import now
from portal.core.database import db, hold, read
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.core.text import printable
from portal.notices import desk
from portal.notices.models import Notice, NoticeAttachment, NoticeStatus, NoticeVersion

MOST = 20
NAME, ALTERNATIVE = 120, 300
PICTURE = "image/jpeg"
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_COLUMNS = tuple(
    getattr(NoticeAttachment, name)
    for name in ("public_id", "name", "alternative", "media_type", "size", "digest", "width", "height")
)
_OF_VERSION = (
    select(*_COLUMNS)
    .join(NoticeVersion, NoticeVersion.id == NoticeAttachment.version_id)
    .where(NoticeVersion.notice_id == bindparam("notice_id"), NoticeVersion.number == bindparam("number"))
    .order_by(NoticeAttachment.position)
)


@dataclass(frozen=True)
class Sent:
    """A file as it came in and was put into the store; a picture was made smaller and lost its EXIF."""

    name: str
    media_type: str
    size: int
    digest: str
    key: str
    width: int | None = None
    height: int | None = None


def take_in(name: str, content: bytes) -> Sent:
    """Put a file into the store. Raises RuleError("file") for what is neither a picture nor a known document."""
    name = clean_name(name)
    width = height = None
    if files.is_picture(content):
        content, _thumb, width, height = files.resize_photo(content)
        name, media_type = f"{PurePath(name).stem}.jpg", PICTURE
    elif not content:
        raise RuleError("file", _("This file is empty."))
    else:
        media_type = files.document_type(name, content)
    suffix = f".notice{PurePath(name).suffix.lower()}"
    digest = hashlib.sha256(content).hexdigest()
    return Sent(name, media_type, len(content), digest, files.store.keep(content, suffix), width, height)


def clean_name(name: str) -> str:
    """The last part of a file's name, without what a disk would take for something else; its ending stays."""
    name = _UNSAFE.sub(" ", printable(PurePath(name.replace("\\", "/")).name)).strip(" .") or "file"
    stem, suffix = PurePath(name).stem, PurePath(name).suffix
    return f"{stem[: NAME - len(suffix)]}{suffix}"


def attach(actor: Account, notice: Notice, sent: Sent, alternative: str = "") -> NoticeAttachment:
    """Add a file to the draft. Raises RuleError("file") when there are too many."""
    draft = _draft(notice)
    last = db.session.execute(
        select(func.count(), func.max(NoticeAttachment.position)).where(NoticeAttachment.version_id == draft.id)
    ).one()
    if last[0] >= MOST:
        raise RuleError("file", _("At most %(count)s files.", count=MOST))
    row = NoticeAttachment(
        version_id=draft.id, position=(last[1] or 0) + 1, alternative=_words(alternative), **vars(sent)
    )
    db.session.add(row)
    _touch(actor, notice, draft, "notices.attach", row)
    return row


def describe(actor: Account, notice: Notice, row: NoticeAttachment, alternative: str) -> None:
    """Say in words what a picture shows, for who does not see it."""
    alternative = _words(alternative)
    if row.alternative != alternative:
        row.alternative = alternative
        _touch(actor, notice, _draft(notice), "notices.describe", row)


def remove(actor: Account, notice: Notice, row: NoticeAttachment) -> list[str]:
    """Take a file out of the draft; returns its key in the store if nothing else keeps it."""
    draft = _draft(notice)
    _touch(actor, notice, draft, "notices.detach", row)
    db.session.delete(row)
    db.session.flush()
    return [row.key] if is_unused(row.key) else []


def is_unused(key: str) -> bool:
    return not db.session.scalar(select(func.count()).where(NoticeAttachment.key == key))


def copy(before: NoticeVersion, draft: NoticeVersion) -> None:
    """A correction begins with the files of the version that it corrects. Both have been flushed."""
    same = ("position", "name", "alternative", "media_type", "size", "digest", "key", "width", "height", "added_at")
    for row in list_of(before):
        db.session.add(NoticeAttachment(version_id=draft.id, **{name: getattr(row, name) for name in same}))


def drop_all(draft: NoticeVersion) -> list[str]:
    """The draft is thrown away: its rows go first; returns the keys that nothing else keeps."""
    rows = list_of(draft)
    for row in rows:
        db.session.delete(row)
    db.session.flush()
    return [row.key for row in rows if is_unused(row.key)]


def list_of(version: NoticeVersion) -> Sequence[NoticeAttachment]:
    statement = select(NoticeAttachment).where(NoticeAttachment.version_id == version.id)
    return db.session.scalars(statement.order_by(NoticeAttachment.position)).all()


def shown(notice_id: int, number: int) -> Sequence[Any]:
    """The files of a version as its page shows them."""
    return read(_OF_VERSION, {"notice_id": notice_id, "number": number}).all()


def get(version: NoticeVersion, public_id: str) -> NoticeAttachment | None:
    return db.session.scalar(
        select(NoticeAttachment).where(
            NoticeAttachment.version_id == version.id, NoticeAttachment.public_id == public_id
        )
    )


def get_public(public_id: str) -> NoticeAttachment | None:
    """A file that everybody may read: of a published version, unless its notice was withdrawn."""
    return db.session.scalar(
        select(NoticeAttachment)
        .join(NoticeAttachment.version)
        .join(NoticeVersion.notice)
        .where(
            NoticeAttachment.public_id == public_id,
            NoticeVersion.published_at.is_not(None),
            Notice.status == NoticeStatus.PUBLISHED,
        )
    )


def get_drafted(public_id: str) -> tuple[NoticeAttachment, Notice] | None:
    """A file of a draft, and its notice, for whoever may read that."""
    found = db.session.execute(
        select(NoticeAttachment, Notice)
        .join(NoticeAttachment.version)
        .join(NoticeVersion.notice)
        .where(NoticeAttachment.public_id == public_id, NoticeVersion.published_at.is_(None))
    ).first()
    return (found[0], found[1]) if found else None


def is_there(public_id: str) -> bool:
    return bool(db.session.scalar(select(func.count()).where(NoticeAttachment.public_id == public_id)))


def faults(draft: NoticeVersion) -> list[RuleError]:
    """What keeps it from being published: a picture that says nothing to who does not see it."""
    return [
        RuleError("attachments", _("Say what the picture “%(name)s” shows.", name=row.name))
        for row in list_of(draft)
        if row.media_type == PICTURE and text.is_blank(row.alternative)
    ]


def mark_of(draft: NoticeVersion) -> list[tuple[str, str, str]]:
    """What a reader of the draft saw of its files."""
    return [(row.public_id, row.digest, row.alternative) for row in list_of(draft)]


def said(version: NoticeVersion) -> list[tuple[str, str, str]]:
    """What the files of a version say, whichever version they are taken from."""
    return [(row.name, row.digest, row.alternative) for row in list_of(version)]


def _draft(notice: Notice) -> NoticeVersion:
    hold(notice)
    draft = desk.get_draft(notice)
    if draft is None:
        raise RuleError("", _("There is no draft any more."))
    return draft


def _words(alternative: str) -> str:
    words = " ".join(printable(alternative).split())
    if len(words) > ALTERNATIVE:
        raise RuleError("alternative", _("At most %(count)s characters", count=ALTERNATIVE))
    return words


def _touch(actor: Account, notice: Notice, draft: NoticeVersion, action: str, row: NoticeAttachment) -> None:
    """An edit: whoever wants to review or publish looks again."""
    draft.written_by, draft.written_at = actor.person_id, now()
    draft.begin_again()
    db.session.flush()
    audit.record(actor, action, notice, {"version": draft.number, "file": row.name})
