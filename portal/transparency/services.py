"""What was published enters the chain, in the transaction that publishes it. Never commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import change, db, insert_all
from portal.transparency import chain, queries
from portal.transparency.kinds import Publication, content_of
from portal.transparency.models import ChainEntry, ChainHead, ChainKind

PORTION = 2_000


def enter(
    kind: ChainKind,
    association_id: int,
    document: str,
    version: int,
    content: Mapping[str, Any],
    *,
    at: datetime | None = None,
) -> ChainEntry:
    """Add an entry about a version of a document (its public id). Entered again, the entry is the same.

    From here to its commit the transaction holds the end of the chain, and whoever publishes meanwhile waits for it:
    what else it locks, it locks before. Raises ValueError where the version is entered with another content.
    """
    digest = chain.digest_of(content)
    head = _hold_head()
    known = queries.get_entry(kind, document, version)
    if known is not None:
        if known.digest != digest:
            raise ValueError(f"{kind} {document}, version {version}, is in the chain with another content")
        return known
    code = db.session.scalars(select(Association.code).where(Association.id == association_id)).one()
    entry = ChainEntry(
        number=head.number + 1, kind=kind, association_id=association_id, document=document, version=version,
        digest=digest, previous=head.hash, published_at=at or now(),
    )  # fmt: skip
    entry.hash = chain.hash_of(queries.told(entry, code))
    _move_head(head, entry)
    return entry


def enter_all(found: Iterable[tuple[ChainKind, Publication]], *, when_published: bool = False) -> int:
    """Enter what was published before there was a chain, the oldest first; what is in it stays. Returns how many.

    The chain says of each that it was entered now, since before there was no proof of it; only an invented past
    (`when_published`) is told as if the chain had always been there.
    """
    head, known = _hold_head(), queries.list_known()
    ordered = sorted(found, key=lambda pair: (pair[1].published_at, pair[1].document, pair[1].version))
    new = [(kind, one) for kind, one in ordered if (kind, one.document, one.version) not in known]
    codes, last, moment = dict(queries.list_codes()), head.hash, now()
    for start in range(0, len(new), PORTION):
        rows = []
        for number, (kind, one) in enumerate(new[start : start + PORTION], head.number + start + 1):
            row = _row(kind, one, number, last, one.published_at if when_published else moment)
            row["hash"] = last = chain.hash_of(row | {"association": codes[one.association_id]})
            rows.append(row)
        insert_all(ChainEntry, rows)
    db.session.execute(update(ChainHead).where(ChainHead.id == 1).values(number=head.number + len(new), hash=last))
    return len(new)


def _row(kind: ChainKind, one: Publication, number: int, previous: str, at: datetime) -> dict[str, Any]:
    content = content_of(kind, one.document, one.version)
    if content is None:
        raise LookupError(f"{kind} {one.document}, version {one.version}, has no content")
    return {
        "number": number, "kind": kind.value, "association_id": one.association_id, "document": one.document,
        "version": one.version, "digest": chain.digest_of(content), "previous": previous, "published_at": at,
    }  # fmt: skip


def begin() -> bool:
    """Make the row at the end of the chain, unless it is there; whether it was made now."""
    is_postgresql = db.session.get_bind().dialect.name == "postgresql"
    insert_or_not = postgresql.insert if is_postgresql else sqlite.insert
    values = {"id": 1, "number": 0, "hash": chain.BEGIN}
    made = insert_or_not(ChainHead).values(**values).on_conflict_do_nothing().returning(ChainHead.id)
    return db.session.scalar(made) is not None


def _hold_head() -> Any:
    """The end of the chain as it stands, held until the transaction ends: all who publish stand in one line."""
    held = update(ChainHead).where(ChainHead.id == 1).values(number=ChainHead.number)
    asked = held.returning(ChainHead.number, ChainHead.hash)
    head = db.session.execute(asked, execution_options={"synchronize_session": False}).one_or_none()
    if head is None:
        begin()
        head = db.session.execute(asked, execution_options={"synchronize_session": False}).one()
    return head


def _move_head(head: Any, entry: ChainEntry) -> None:
    """Add the entry and let the chain end with it, where it still ends as it did."""
    db.session.add(entry)
    db.session.flush()
    same = (ChainHead.id == 1, ChainHead.number == head.number, ChainHead.hash == head.hash)
    moved = change(update(ChainHead).where(*same).values(number=entry.number, hash=entry.hash))
    if moved != 1:
        raise RuntimeError("the chain does not end where it was held")
