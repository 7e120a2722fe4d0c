"""What of a notice period stands in the chain of publications: how it was opened, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from portal.core.database import db
from portal.objections import queries
from portal.objections.models import NoticePeriod
from portal.transparency.kinds import Publication, lists, names, proves
from portal.transparency.models import ChainKind
from portal.transparency.services import enter

OPENING = ("matter", "title", "body", "contact", "start_on")
DECISION = ("title", "start_on", "end_on", "extension_reason", "state", "decision", "decided_at")


def enter_opening(period: NoticePeriod) -> None:
    """The last day is computed from the first and can be put off: it stands in the decision's entry."""
    enter(ChainKind.NOTICE_PERIOD, period.association_id, period.public_id, 1, opening(period))


def enter_decision(period: NoticePeriod) -> None:
    enter(ChainKind.DECISION, period.association_id, period.public_id, 1, decision(period), at=period.decided_at)


def opening(period: NoticePeriod) -> dict[str, Any]:
    return {"period": period.public_id, **{name: getattr(period, name) for name in OPENING}}


def decision(period: NoticePeriod) -> dict[str, Any]:
    """With the objections that were answered by then: an answer that is altered afterwards is found."""
    assert period.decided_at is not None
    rows = queries.answered_until(period.id, period.decided_at)
    answered = [{"number": row.number, "body": row.body, "state": row.state, "answer": row.answer} for row in rows]
    told = {name: getattr(period, name) for name in DECISION}
    return {"period": period.public_id, **told, "objections": answered}


@proves(ChainKind.NOTICE_PERIOD, "objections.public_page", "public_id")
def opening_of(document: str, version: int) -> dict[str, Any] | None:
    period = _find(document)
    return opening(period) if period is not None else None


@proves(ChainKind.DECISION, "objections.public_page", "public_id")
def decision_of(document: str, version: int) -> dict[str, Any] | None:
    period = _find(document)
    return decision(period) if period is not None and period.decided_at else None


@lists(ChainKind.NOTICE_PERIOD)
def opened() -> Iterable[Publication]:
    for period in db.session.scalars(select(NoticePeriod)):
        yield Publication(period.association_id, period.public_id, 1, period.opened_at)


@lists(ChainKind.DECISION)
def decided() -> Iterable[Publication]:
    for period in db.session.scalars(select(NoticePeriod).where(NoticePeriod.decided_at.is_not(None))):
        assert period.decided_at is not None
        yield Publication(period.association_id, period.public_id, 1, period.decided_at)


@names(ChainKind.NOTICE_PERIOD, ChainKind.DECISION)
def titles(documents: Sequence[str]) -> dict[str, str]:
    statement = select(NoticePeriod.public_id, NoticePeriod.title).where(NoticePeriod.public_id.in_(documents))
    return {row.public_id: row.title for row in db.session.execute(statement)}


def _find(document: str) -> NoticePeriod | None:
    return db.session.scalar(select(NoticePeriod).where(NoticePeriod.public_id == document))
