"""What of an adopted charter stands in the chain of publications: the text, and the meeting with its figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from portal.charters import queries
from portal.charters.models import Charter, CharterState
from portal.core.database import db
from portal.transparency.kinds import Publication, lists, names, proves
from portal.transparency.models import ChainKind
from portal.transparency.services import enter

HELD = ("held_on", "place", "meeting", "presided_by", "recorded_as", "entitled", "present", "in_favour", "against",
        "abstained", "effective_on")  # fmt: skip


def enter_charter(charter: Charter) -> None:
    content = proof(charter)
    assert content is not None
    enter(ChainKind.CHARTER, charter.association_id, charter.public_id, 1, content, at=charter.ended_at)


def proof(charter: Charter) -> dict[str, Any] | None:
    """The adopted text with the meeting; None where there is none."""
    held, draft = queries.adoption_of(charter), queries.get_draft(charter, 3)
    if held is None or draft is None or not held.is_adopted:
        return None
    text = [{"heading": one.is_heading, "body": one.body} for one in queries.paragraphs_of(draft)]
    meeting = {name: getattr(held, name) for name in HELD}
    return {
        "charter": charter.public_id,
        "kind": charter.kind,
        "title": charter.title,
        "meeting": meeting,
        "text": text,
    }


@proves(ChainKind.CHARTER, "charters.public_page", "public_id")
def proof_of(document: str, version: int) -> dict[str, Any] | None:
    charter = db.session.scalar(select(Charter).where(Charter.public_id == document))
    return proof(charter) if charter is not None else None


@names(ChainKind.CHARTER)
def titles(documents: Sequence[str]) -> dict[str, str]:
    statement = select(Charter.public_id, Charter.title).where(Charter.public_id.in_(documents))
    return {row.public_id: row.title for row in db.session.execute(statement)}


@lists(ChainKind.CHARTER)
def adopted() -> Iterable[Publication]:
    for charter in db.session.scalars(select(Charter).where(Charter.state == CharterState.ADOPTED)):
        assert charter.ended_at is not None
        yield Publication(charter.association_id, charter.public_id, 1, charter.ended_at)
