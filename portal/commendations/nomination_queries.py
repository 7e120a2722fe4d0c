"""Reading nominations and suggestions: the office's, one's own, by reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.commendations.models import (
    CallCategory,
    CommendationCall,
    Nomination,
    NominationState,
    Suggestion,
    SuggestionState,
)
from portal.core.database import db
from portal.offices.access import visible
from portal.people.models import Person

READ = "commendations.propose"
LIVE = Nomination.state != NominationState.WITHDRAWN
SHOWN = (
    joinedload(Nomination.category).joinedload(CallCategory.kind),
    joinedload(Nomination.association),
    joinedload(Nomination.person),
    joinedload(Nomination.group),
)


def find_live(category_id: int, association_id: int, person: Person | None, group: Group | None) -> Nomination | None:
    """The standing nomination of somebody in a category."""
    asked = [Nomination.category_id == category_id, LIVE]
    if person is not None:
        asked.append(Nomination.person_id == person.id)
    elif group is not None:
        asked.append(Nomination.group_id == group.id)
    else:
        itself = (Nomination.person_id.is_(None), Nomination.group_id.is_(None))
        asked += [Nomination.association_id == association_id, *itself]
    return db.session.scalar(select(Nomination).where(*asked))


def count_live(category_id: int, association_id: int) -> int:
    asked = (Nomination.category_id == category_id, Nomination.association_id == association_id, LIVE)
    return db.session.scalar(select(func.count(Nomination.id)).where(*asked)) or 0


def nominations_of(account: Account, call: CommendationCall, association: Association | None = None) -> Select[Any]:
    """A call's nominations as far as the account may see them: whoever called sees all of them."""
    statement = select(Nomination).where(Nomination.call_id == call.id).options(*SHOWN)
    if association is not None:
        statement = statement.where(Nomination.association_id == association.id)
    return visible(statement, account, READ, Nomination).order_by(Nomination.category_id, Nomination.id)


def get_nomination(account: Account, public_id: str) -> Nomination | None:
    """One nomination with all that its page tells, if the account may see it."""
    statement = select(Nomination).where(Nomination.public_id == public_id)
    told = statement.options(*SHOWN, joinedload(Nomination.call), selectinload(Nomination.suggestions))
    found: Nomination | None = db.session.scalar(visible(told, account, READ, Nomination))
    return found


def list_own(person_id: int) -> Sequence[Nomination]:
    """Where somebody is nominated, the latest first."""
    call = joinedload(Nomination.call).joinedload(CommendationCall.association)
    statement = select(Nomination).where(Nomination.person_id == person_id).options(*SHOWN, call)
    return db.session.scalars(statement.order_by(Nomination.id.desc())).all()


def get_own(person_id: int, public_id: str) -> Nomination | None:
    call = joinedload(Nomination.call).joinedload(CommendationCall.association)
    asked = (Nomination.person_id == person_id, Nomination.public_id == public_id)
    return db.session.scalar(select(Nomination).where(*asked).options(*SHOWN, call))


def suggestions_of(account: Account, association: Association, state: str = SuggestionState.WAITING) -> Select[Any]:
    """What was suggested to the association, the oldest first."""
    category = joinedload(Suggestion.category)
    statement = (
        select(Suggestion).where(Suggestion.association_id == association.id, Suggestion.state == state)
        .options(category.joinedload(CallCategory.kind), category.joinedload(CallCategory.call))
    )  # fmt: skip
    return visible(statement, account, READ, Suggestion).order_by(Suggestion.id)


def get_by_reference(reference: str) -> Suggestion | None:
    category = joinedload(Suggestion.category)
    told = (
        category.joinedload(CallCategory.kind),
        category.joinedload(CallCategory.call),
        joinedload(Suggestion.association),
    )
    return db.session.scalar(select(Suggestion).where(Suggestion.reference == reference).options(*told))


def get_by_key(key: str) -> Suggestion | None:
    return db.session.scalar(select(Suggestion).where(Suggestion.key == key))
