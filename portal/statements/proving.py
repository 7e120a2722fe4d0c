"""What of a disclosed yearly statement stands in the chain of publications: its figures as they were disclosed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from portal.associations.models import Association
from portal.core.database import db
from portal.ledger.models import DuesPeriod
from portal.statements.models import YearStatement
from portal.transparency.kinds import Publication, lists, names, proves
from portal.transparency.models import ChainKind
from portal.transparency.services import enter

ONLY = 1  # a statement is disclosed once, and withdrawn once: another one takes its place


def enter_statement(statement: YearStatement) -> None:
    db.session.refresh(statement)  # the figures as the database gives them back
    about = (statement.association_id, statement.public_id, ONLY, proof(statement))
    enter(ChainKind.STATEMENT, *about, at=statement.published_at)


def enter_withdrawal(statement: YearStatement) -> None:
    db.session.refresh(statement)
    about = (statement.association_id, statement.public_id, ONLY, proof_of_withdrawal(statement))
    enter(ChainKind.STATEMENT_WITHDRAWN, *about, at=statement.withdrawn_at)


def proof(statement: YearStatement) -> dict[str, Any]:
    """The statement as everybody reads it; the period by its id, for it can be renamed."""
    period = db.session.scalar(select(DuesPeriod.public_id).where(DuesPeriod.id == statement.period_id))
    said = {name: getattr(statement, name) for name in ("figures", "remarks", "published_at")}
    return {"statement": statement.public_id, "period": period, **said}


def proof_of_withdrawal(statement: YearStatement) -> dict[str, Any]:
    said = {name: getattr(statement, name) for name in ("withdraw_reason", "withdrawn_at")}
    return {"statement": statement.public_id, **said}


@proves(ChainKind.STATEMENT, "statements.public", "public_id")
def disclosed(document: str, version: int) -> dict[str, Any] | None:
    found = _get(document)
    return proof(found) if found is not None and version == ONLY else None


@proves(ChainKind.STATEMENT_WITHDRAWN, "statements.public", "public_id")
def withdrawn(document: str, version: int) -> dict[str, Any] | None:
    found = _get(document)
    return proof_of_withdrawal(found) if found is not None and found.withdrawn_at and version == ONLY else None


@lists(ChainKind.STATEMENT)
def all_disclosed() -> Iterable[Publication]:
    for one in db.session.scalars(select(YearStatement).order_by(YearStatement.id)):
        yield Publication(one.association_id, one.public_id, ONLY, one.published_at)


@lists(ChainKind.STATEMENT_WITHDRAWN)
def all_withdrawn() -> Iterable[Publication]:
    for one in db.session.scalars(select(YearStatement).where(YearStatement.withdrawn_at.is_not(None))):
        assert one.withdrawn_at is not None
        yield Publication(one.association_id, one.public_id, ONLY, one.withdrawn_at)


@names(ChainKind.STATEMENT, ChainKind.STATEMENT_WITHDRAWN)
def titles(documents: Sequence[str]) -> dict[str, str]:
    statement = select(YearStatement.public_id, Association.name, DuesPeriod.name.label("period"))
    joined = statement.join(YearStatement.association).join(YearStatement.period)
    found = db.session.execute(joined.where(YearStatement.public_id.in_(documents)))
    return {row.public_id: f"{row.name} · {row.period}" for row in found}


def _get(document: str) -> YearStatement | None:
    return db.session.scalar(select(YearStatement).where(YearStatement.public_id == document))
