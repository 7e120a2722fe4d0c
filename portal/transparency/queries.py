"""Reading the chain: one entry, the latest, all of them, and its head."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Select, bindparam, func, select

from portal.associations.models import Association
from portal.core.database import db, read
from portal.transparency import chain
from portal.transparency.models import ChainEntry, ChainHead, ChainKind

ENTRY_COLUMNS: tuple[Any, ...] = (
    ChainEntry.number,
    ChainEntry.kind,
    Association.code.label("association"),
    Association.name,
    ChainEntry.document,
    ChainEntry.version,
    ChainEntry.digest,
    ChainEntry.published_at,
    ChainEntry.previous,
    ChainEntry.hash,
)
# What stands in public of a document is of these kinds; that it was withdrawn is told on its page in its own words.
_PROOF = (
    select(ChainEntry.number, ChainEntry.kind, ChainEntry.version, ChainEntry.hash, ChainEntry.published_at)
    .where(ChainEntry.document == bindparam("document"))
    .order_by(ChainEntry.version.desc(), ChainEntry.number.desc())
    .limit(1)
)
_WHICH = {"version": ChainEntry.version == bindparam("version"), "kind": ChainEntry.kind == bindparam("kind")}

# Every entry with its association's code, in the order of the chain.
ALL: Select[Any] = (
    select(*ENTRY_COLUMNS).join(Association, Association.id == ChainEntry.association_id).order_by(ChainEntry.number)
)
_BETWEEN = ALL.where(ChainEntry.number >= bindparam("start"), ChainEntry.number < bindparam("stop"))


def get_entry(kind: str, document: str, version: int) -> ChainEntry | None:
    """The entry about a version of a document."""
    wanted = (ChainEntry.kind == kind, ChainEntry.document == document, ChainEntry.version == version)
    return db.session.scalars(select(ChainEntry).where(*wanted)).one_or_none()


def get_first(kind: ChainKind) -> int | None:
    """The number of the first entry of a kind."""
    return db.session.scalar(select(func.min(ChainEntry.number)).where(ChainEntry.kind == kind))


def proof_of(document: str, version: int | None = None, kind: ChainKind | None = None) -> Any | None:
    """The number, hash and moment of the entry about a document: its last one, or that of a version or a kind."""
    asked = {"version": version, "kind": kind}
    known = {name: value for name, value in asked.items() if value is not None}
    return read(_proof(*known), {"document": document, **known}).first()


@cache
def _proof(*names: str) -> Select[Any]:
    """The question with these conditions: made once, as making it costs more than asking it."""
    return cast("Select[Any]", _PROOF).where(*(_WHICH[name] for name in names))


def get_head() -> Any | None:
    """The end of the chain: its last number and hash, and when that was entered; None while nothing was."""
    statement = (
        select(ChainHead.number, ChainHead.hash, ChainEntry.published_at)
        .join(ChainEntry, ChainEntry.number == ChainHead.number)
        .where(ChainHead.id == 1)
    )
    return read(statement).first()


def count() -> int:
    """The last number there is: numbers run from 1 without a gap."""
    return db.session.scalar(select(func.max(ChainEntry.number))) or 0


def list_entries(start: int, stop: int) -> Sequence[Any]:
    """The entries from one number up to another."""
    return read(_BETWEEN, {"start": start, "stop": stop}).all()


def get_end() -> tuple[int, str] | None:
    """Where the chain ends as its head says it, whatever entries there are; None where it was not begun."""
    row = read(select(ChainHead.number, ChainHead.hash)).first()
    return (row.number, row.hash) if row else None


def list_codes() -> Sequence[Any]:
    """The id and the code of every association."""
    return db.session.execute(select(Association.id, Association.code)).all()


def list_known() -> set[tuple[str, str, int]]:
    """What stands in the chain: kind, document and version."""
    rows = db.session.execute(select(ChainEntry.kind, ChainEntry.document, ChainEntry.version))
    return {(row.kind, row.document, row.version) for row in rows}


def told(entry: Any, association: str | None = None) -> dict[str, Any]:
    """An entry (a row of ALL, or an object with its association's code) as the chain says it."""
    found = {name: getattr(entry, name) for name in (*chain.FIELDS, "hash") if name != "association"}
    found["association"] = entry.association if association is None else association
    return found | {"published_at": chain.moment(entry.published_at)}
