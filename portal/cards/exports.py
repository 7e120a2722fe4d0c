"""The register of cards as a file: the rows and columns that the page shows, no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.cards.models import ISSUE_REASONS, VOID_REASONS, MemberCard
from portal.core.calendar import today
from portal.core.database import db
from portal.core.i18n import _, pgettext
from portal.members.models import Membership

CHUNK = 500


def headings() -> list[str]:
    return [
        _("Name"),
        _("Member number"),
        _("Association"),
        _("Group"),
        _("State"),
        pgettext("card", "Issued on"),
        pgettext("card", "Why issued"),
        _("Handed over on"),
        pgettext("card", "Why void"),
    ]


def rows(statement: Any) -> Iterator[list[Any]]:
    """Read in portions by a session of its own, with words looked up before: see activities.exports."""
    issued = {str(key): str(label) for key, label in ISSUE_REASONS.items()}
    void = issued | {str(key): str(label) for key, label in VOID_REASONS.items()}
    return _read(statement, Session(db.engine), Words(issued, void, states()))


def states() -> dict[str, str]:
    return {
        "card-valid": pgettext("cards", "Valid"),
        "card-missing": pgettext("cards", "Needs a card"),
        "card-ended": pgettext("cards", "Membership ended"),
        "card-void": pgettext("cards", "Void"),
    }


@dataclass(frozen=True)
class Words:
    """In the reader's language: why issued, why void, the states."""

    issued: dict[str, str]
    void: dict[str, str]
    states: dict[str, str]


def _read(statement: Any, session: Session, words: Words) -> Iterator[list[Any]]:
    with session:
        for portion in session.execute(statement.execution_options(yield_per=CHUNK)).partitions():
            yield from (_row(membership, card, words) for membership, card in portion)


def state_of(membership: Membership, card: MemberCard | None) -> str:
    """What the list says of a row: card-missing, -void, -ended or -valid."""
    if card is None:
        return "card-missing"
    if card.voided_at is not None:
        return "card-void"
    is_ended = membership.ended_on is not None and membership.ended_on < today()
    return "card-ended" if is_ended else "card-valid"


def _row(membership: Membership, card: MemberCard | None, words: Words) -> list[Any]:
    return [
        membership.display_name,
        membership.number,
        membership.association.display_name,
        membership.group.name if membership.group else "",
        words.states[state_of(membership, card)],
        card.issued_on if card else None,
        words.issued[card.reason] if card else "",
        card.handed_over_on if card else None,
        words.void.get(card.void_reason, "") if card else "",
    ]
