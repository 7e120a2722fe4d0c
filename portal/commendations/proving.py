"""What of a call stands in the chain of publications: its terms, as they were when it was opened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from portal.commendations import queries
from portal.commendations.models import CommendationCall
from portal.commendations.terms import OF_CATEGORY, OWN
from portal.core.database import db
from portal.transparency.kinds import Publication, lists, names, proves
from portal.transparency.models import ChainKind
from portal.transparency.services import enter

# The last day can be put off.
SAID = tuple(name for name in OWN if name != "closes_on")


def enter_opening(call: CommendationCall) -> None:
    enter(ChainKind.CALL, call.association_id, call.public_id, 1, opening(call), at=call.opened_at)


def opening(call: CommendationCall) -> dict[str, Any]:
    """The terms with categories and criteria. A kind may be renamed: it is told by its id."""
    categories = [
        {"kind": one.kind.public_id, **{name: getattr(one, name) for name in OF_CATEGORY}} for one in call.categories
    ]
    criteria = [{"name": one.name, "description": one.description, "points": one.points} for one in call.criteria]
    told = {name: getattr(call, name) for name in SAID}
    return {"call": call.public_id, **told, "categories": categories, "criteria": criteria}


@proves(ChainKind.CALL, "commendations.public_page", "public_id")
def opening_of(document: str, version: int) -> dict[str, Any] | None:
    call = queries.get_opened(document)
    return opening(call) if call is not None else None


@lists(ChainKind.CALL)
def opened() -> Iterable[Publication]:
    for call in db.session.scalars(select(CommendationCall).where(CommendationCall.opened_at.is_not(None))):
        assert call.opened_at is not None
        yield Publication(call.association_id, call.public_id, 1, call.opened_at)


@names(ChainKind.CALL)
def titles(documents: Sequence[str]) -> dict[str, str]:
    statement = select(CommendationCall.public_id, CommendationCall.title)
    found = db.session.execute(statement.where(CommendationCall.public_id.in_(documents)))
    return {row.public_id: row.title for row in found}
