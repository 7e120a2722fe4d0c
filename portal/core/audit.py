"""The audit log: who did what to what, when. Rows are added, never changed: the database refuses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.calendar import now
from portal.core.database import Base, db, insert_all


class Actor(Protocol):
    """Whoever acts: an account, or None for the system itself."""

    @property
    def id(self) -> Any: ...
    @property
    def name(self) -> str: ...


class AuditEntry(Base):
    """One act. Names are kept as they were, so that an entry stays readable; no secret value is written here."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "target_type", "target_id"),
        Index(None, "association_id", "id"),
        Index(None, "person_id", "id"),
    )

    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    target_type: Mapped[str]
    target_id: Mapped[str]
    association_id: Mapped[int | None]
    person_id: Mapped[int | None]  # whom it is about, so that the person can read it
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)


def record(
    actor: Actor | None,
    action: str,
    target: Any,
    changes: dict[str, Any] | None = None,
    *,
    association_id: int | None = None,
    person_id: int | None = None,
) -> None:
    """Add an entry about `target` (a row with a public id) in the transaction that does the act.

    `action` is `feature.verb`, e.g. "notices.publish"; `changes` maps a field to its new value or [old, new].
    """
    known = {"association_id": association_id, "person_id": person_id}
    db.session.add(AuditEntry(**_row(actor, action, target, changes, known)))


def record_all(
    actor: Actor | None, action: str, about: Iterable[tuple[Any, dict[str, Any], int | None]], association_id: int
) -> None:
    """The same act done to many targets of an association: (target, changes, whom it is about), by one statement."""
    insert_all(
        AuditEntry,
        [
            _row(actor, action, target, changes, {"association_id": association_id, "person_id": person_id})
            for target, changes, person_id in about
        ],
    )


def _row(
    actor: Actor | None, action: str, target: Any, changes: dict[str, Any] | None, known: Mapping[str, int | None]
) -> dict[str, Any]:
    of_target = {name: getattr(target, name, None) for name, value in known.items() if value is None}
    return {
        "at": now(),
        "actor_id": actor.id if actor else None,
        "actor_name": actor.name if actor else "",
        "action": action,
        "target_type": type(target).__name__,
        "target_id": str(getattr(target, "public_id", "")),
        "changes": changes or {},
        **known,
        **of_target,
    }


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The fields that differ, as {field: [old, new]}."""
    return {key: [before.get(key), value] for key, value in after.items() if before.get(key) != value}
