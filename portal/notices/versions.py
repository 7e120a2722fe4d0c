"""The versions of a notice as its page tells of them, each with its place in the chain of publications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, exists, select

from portal.core.database import read
from portal.notices.models import NoticeAttachment, NoticeVersion
from portal.transparency.models import ChainEntry, ChainKind

_VERSIONS = (
    select(
        NoticeVersion.number,
        NoticeVersion.published_at,
        NoticeVersion.correction_note,
        ChainEntry.number.label("entry"),
        ChainEntry.hash,
        exists().where(NoticeAttachment.version_id == NoticeVersion.id).label("has_files"),
    )
    .outerjoin(
        ChainEntry,
        and_(
            ChainEntry.kind == ChainKind.NOTICE,
            ChainEntry.document == bindparam("public_id"),
            ChainEntry.version == NoticeVersion.number,
        ),
    )
    .where(NoticeVersion.notice_id == bindparam("notice_id"), NoticeVersion.published_at.is_not(None))
    .order_by(NoticeVersion.number.desc())
)


def list_versions(notice_id: int, public_id: str) -> Sequence[Any]:
    """The published versions, the newest first, each with its entry in the chain and whether files belong to it."""
    return read(_VERSIONS, {"notice_id": notice_id, "public_id": public_id}).all()
