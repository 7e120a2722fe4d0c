"""What of a notice enters the chain of publications, and how it is found again in the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from portal.core.database import db
from portal.notices import attachments
from portal.notices.models import Notice, NoticeStatus, NoticeVersion
from portal.transparency.kinds import Content, Publication, lists, names, proves
from portal.transparency.models import ChainKind

# Every column of a version that a reader sees.
SEEN = (
    "number", "title", "kind", "subject", "body", "html", "issuer", "document_number", "signed_on", "effective_on",
    "expires_on", "keywords", "contact", "correction_note", "published_at",
)  # fmt: skip
PORTION = 1000
WITHDRAWN = 1  # a notice is withdrawn once


def proof(version: NoticeVersion, notice: Notice) -> dict[str, Any]:
    """A published version as everybody reads it, with the number under which it is found."""
    seen = {name: getattr(version, name) for name in SEEN}
    files = [list(file) for file in attachments.said(version)]
    return {**seen, "index_number": notice.index_number, "supersedes": _older(notice), "attachments": files}


def proof_of_withdrawal(notice: Notice) -> dict[str, Any]:
    """What stays of a notice that was withdrawn."""
    names = ("index_number", "title", "withdrawal_reason", "withdrawn_at")
    return {name: getattr(notice, name) for name in names}


@proves(ChainKind.NOTICE, "notices.version", "public_id", "number")
def published_content(document: str, version: int) -> Content | None:
    statement = select(NoticeVersion, Notice).join(NoticeVersion.notice)
    found = db.session.execute(
        statement.where(
            Notice.public_id == document, NoticeVersion.number == version, NoticeVersion.published_at.is_not(None)
        )
    ).one_or_none()
    return proof(found[0], found[1]) if found else None


@proves(ChainKind.NOTICE_WITHDRAWN, "notices.public_page", "public_id")
def withdrawn_content(document: str, version: int) -> Content | None:
    wanted = (Notice.public_id == document, Notice.status == NoticeStatus.WITHDRAWN)
    notice = db.session.scalars(select(Notice).where(*wanted)).one_or_none()
    return proof_of_withdrawal(notice) if notice is not None and version == WITHDRAWN else None


@lists(ChainKind.NOTICE)
def published_versions() -> Iterator[Publication]:
    statement = select(
        Notice.association_id, Notice.public_id, NoticeVersion.number, NoticeVersion.published_at
    ).join(NoticeVersion.notice)
    for row in _rows(statement.where(NoticeVersion.published_at.is_not(None)).order_by(NoticeVersion.id)):
        yield Publication(*row)


@lists(ChainKind.NOTICE_WITHDRAWN)
def withdrawn_notices() -> Iterator[Publication]:
    statement = select(Notice.association_id, Notice.public_id, Notice.withdrawn_at)
    for association_id, document, at in _rows(statement.where(Notice.status == NoticeStatus.WITHDRAWN)):
        yield Publication(association_id, document, WITHDRAWN, at)


@names(ChainKind.NOTICE, ChainKind.NOTICE_WITHDRAWN)
def titles(documents: Sequence[str]) -> dict[str, str]:
    """As lists show them, whatever the version; a withdrawn notice keeps its title."""
    statement = select(Notice.public_id, Notice.title).where(Notice.public_id.in_(documents))
    return {row.public_id: row.title for row in db.session.execute(statement)}


def _rows(statement: Any) -> Iterator[Any]:
    yield from db.session.execute(statement.execution_options(yield_per=PORTION))


def _older(notice: Notice) -> str | None:
    """The public id of what it supersedes."""
    if notice.supersedes_id is None:
        return None
    return db.session.scalar(select(Notice.public_id).where(Notice.id == notice.supersedes_id))
