"""All notices for programs: a record each, in fields that keep their names and meaning (docs/machine-readable.md)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from portal.associations.models import Association
from portal.core.database import db, read
from portal.notices.models import Notice, NoticeVersion
from portal.notices.queries import CURRENT_NUMBER

CHUNK = 500
FIELDS = (
    "id", "url", "index_number", "title", "kind", "status", "association", "issuer", "document_number", "subject",
    "keywords", "signed_on", "effective_on", "expires_on", "published_at", "updated_at", "version", "supersedes",
    "withdrawn_at", "withdrawal_reason",
)  # fmt: skip
# Of what was withdrawn the record stays, not what it said.
GONE = ("subject", "keywords", "signed_on", "effective_on", "expires_on")

_older = aliased(Notice)
_RECORDS = (
    select(
        Notice.public_id.label("id"),
        Notice.index_number,
        NoticeVersion.title,
        NoticeVersion.kind,
        Notice.status,
        Association.code.label("association"),
        NoticeVersion.issuer,
        NoticeVersion.document_number,
        NoticeVersion.subject,
        NoticeVersion.keywords,
        NoticeVersion.signed_on,
        NoticeVersion.effective_on,
        NoticeVersion.expires_on,
        Notice.published_at,
        Notice.updated_at,
        NoticeVersion.number.label("version"),
        _older.public_id.label("supersedes"),
        Notice.withdrawn_at,
        Notice.withdrawal_reason,
    )
    .select_from(Notice)
    .join(Notice.association)
    .join(NoticeVersion, and_(NoticeVersion.notice_id == Notice.id, NoticeVersion.number == CURRENT_NUMBER))
    .outerjoin(_older, _older.id == Notice.supersedes_id)
    .where(Notice.published_at.is_not(None))
    .order_by(Notice.id)
)


def standing() -> tuple[int, datetime | None]:
    """How many notices there are, and when one was last published, corrected or withdrawn: the mark of the list."""
    asked = select(func.count(), func.max(Notice.updated_at)).where(Notice.published_at.is_not(None))
    found: Any = read(asked).one()
    return found[0], found[1]


def as_json(records: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """One object that holds the list, a record on each line."""
    before = '{"notices": [\n'
    for record in records:
        yield (before + json.dumps(record, ensure_ascii=False)).encode()
        before = ",\n"
    yield ("\n]}\n" if before == ",\n" else '{"notices": []}\n').encode()


def lines(records: Iterable[dict[str, Any]]) -> Iterator[Sequence[object]]:
    """The same as rows of a table, nothing for what is not known."""
    for record in records:
        yield ["" if record[name] is None else record[name] for name in FIELDS]


def records(base_url: str) -> Iterator[dict[str, Any]]:
    """Read in portions, in a session of its own: it is streamed when the request's is gone."""
    return _read(Session(db.engine), base_url)


def _read(session: Session, base_url: str) -> Iterator[dict[str, Any]]:
    with session:
        for row in session.execute(_RECORDS.execution_options(yield_per=CHUNK)):
            yield _record(row._mapping, base_url)


def _record(row: Any, base_url: str) -> dict[str, Any]:
    values = {**row, "url": f"{base_url}/notices/{row['id']}"}
    if row["withdrawn_at"]:
        values |= dict.fromkeys(GONE)
    return {name: _plain(values[name]) for name in FIELDS}


def _plain(value: Any) -> Any:
    """Moments in UTC and days as ISO 8601 has them; an empty text is nothing."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return None if value == "" else value
