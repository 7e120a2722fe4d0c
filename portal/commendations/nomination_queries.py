"""Reading nominations and suggestions: the office's, one's own, by reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.commendations import evidence
from portal.commendations.models import (
    CallCategory,
    CommendationCall,
    Nomination,
    NominationState,
    Suggestion,
    SuggestionState,
)
from portal.core.audit import AuditEntry
from portal.core.database import db
from portal.members.models import Membership
from portal.offices.access import can, visible
from portal.people.models import Person
from portal.people.queries import people

READ = "commendations.propose"
MOST_OWN = 50  # of one's own suggestions
LIVE = Nomination.state != NominationState.WITHDRAWN
SHOWN = (
    joinedload(Nomination.category).joinedload(CallCategory.kind),
    joinedload(Nomination.association),
    joinedload(Nomination.person),
    joinedload(Nomination.group),
)
_SPOKEN = (
    joinedload(Suggestion.category).joinedload(CallCategory.kind),
    joinedload(Suggestion.category).joinedload(CallCategory.call).joinedload(CommendationCall.association),
    joinedload(Suggestion.association),
)
OF_A_PERSON = Nomination.person_id.is_not(None)
BY_CONSENT: dict[str, tuple[ColumnElement[bool], ...]] = {
    "given": (OF_A_PERSON, Nomination.consented_at.is_not(None)),
    "waiting": (OF_A_PERSON, Nomination.consented_at.is_(None), Nomination.refused_at.is_(None), LIVE),
    "refused": (Nomination.refused_at.is_not(None),),
}


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


@dataclass(frozen=True)
class Wanted:
    """What a list of nominations asks for; what is left out is not asked."""

    category: str = ""
    state: str = ""
    consent: str = ""


def nominations_of(
    account: Account, association: Association, wanted: Wanted = Wanted(), call: CommendationCall | None = None
) -> Select[Any]:
    """What the association put forward, and all that was put forward in its own calls; of one call if it is named."""
    own_calls = select(CommendationCall.id).where(CommendationCall.association_id == association.id)
    here = or_(Nomination.association_id == association.id, Nomination.call_id.in_(own_calls))
    statement = select(Nomination).where(here, _reached(account)).options(*SHOWN, joinedload(Nomination.call))
    if call is not None:
        statement = statement.where(Nomination.call_id == call.id)
    if wanted.category:
        category = select(CallCategory.id).where(CallCategory.public_id == wanted.category)
        statement = statement.where(Nomination.category_id.in_(category))
    if wanted.state:
        statement = statement.where(Nomination.state == wanted.state)
    if wanted.consent in BY_CONSENT:
        statement = statement.where(*BY_CONSENT[wanted.consent])
    return statement.order_by(Nomination.call_id.desc(), Nomination.category_id, Nomination.id)


def get_nomination(account: Account, association: Association, public_id: str) -> Nomination | None:
    """One for the office of the association that put it forward, or that called, with all that its page tells."""
    statement = select(Nomination).where(Nomination.public_id == public_id, _reached(account))
    told = (*SHOWN, joinedload(Nomination.call), selectinload(Nomination.suggestions))
    found = db.session.scalar(statement.options(*told))
    is_here = found and association.id in (found.association_id, found.call.association_id)
    return found if is_here else None


def _reached(account: Account) -> ColumnElement[bool]:
    """The nominations of the account's associations, and those in calls of its associations, wherever they are."""
    own = visible(select(Nomination.id), account, READ, Nomination)
    calls = visible(select(CommendationCall.id), account, READ, CommendationCall)
    return or_(Nomination.id.in_(own), Nomination.call_id.in_(calls))


def count_by_category(call: CommendationCall, association: Association) -> Mapping[int, int]:
    """How many the association has put forward in each category, by its id."""
    asked = (Nomination.call_id == call.id, Nomination.association_id == association.id, LIVE)
    statement = select(Nomination.category_id, func.count()).where(*asked).group_by(Nomination.category_id)
    return dict(db.session.execute(statement).all())


def find_people(
    category: CallCategory, call: CommendationCall, association: Association, text: str, limit: int
) -> Sequence[Person]:
    """Whom the association can put forward, by name, initials, card number or the last digits of the phone."""
    can_be = Person.id.in_(evidence.eligible(category.kind.scope, association, call))
    held = select(Membership.person_id).where(Membership.number == text.replace(" ", "").upper())
    by_number = people().where(Person.id.in_(held), can_be)
    found = db.session.scalars(by_number.limit(limit)).all() if text else []
    return found or db.session.scalars(people(text).where(can_be).limit(limit)).all()


def get_nominee(
    category: CallCategory, call: CommendationCall, association: Association, public_id: str
) -> Person | None:
    """One of those whom the association can put forward in the category."""
    can_be = Person.id.in_(evidence.eligible(category.kind.scope, association, call))
    found: Person | None = db.session.scalar(people().where(Person.public_id == public_id, can_be))
    return found


def list_history(row: Nomination | Suggestion) -> Sequence[AuditEntry]:
    """What was done to it, by whom and when, the latest first."""
    about = (AuditEntry.target_type == type(row).__name__, AuditEntry.target_id == row.public_id)
    return db.session.scalars(select(AuditEntry).where(*about).order_by(AuditEntry.id.desc()).limit(50)).all()


def list_own(person_id: int) -> Sequence[Nomination]:
    """Where somebody is nominated, the latest first."""
    call = joinedload(Nomination.call).joinedload(CommendationCall.association)
    statement = select(Nomination).where(Nomination.person_id == person_id).options(*SHOWN, call)
    return db.session.scalars(statement.order_by(Nomination.id.desc())).all()


def get_own(person_id: int, public_id: str) -> Nomination | None:
    call = joinedload(Nomination.call).joinedload(CommendationCall.association)
    asked = (Nomination.person_id == person_id, Nomination.public_id == public_id)
    return db.session.scalar(select(Nomination).where(*asked).options(*SHOWN, call))


def suggestions_of(account: Account, association: Association, state: str = "") -> Select[Any]:
    """What was suggested to the association, in one state or all: what waits first, the oldest at its head."""
    statement = select(Suggestion).where(Suggestion.association_id == association.id).options(*_SPOKEN)
    if state:
        statement = statement.where(Suggestion.state == state)
    waits = case((Suggestion.state == SuggestionState.WAITING, 0), else_=1)
    return visible(statement, account, READ, Suggestion).order_by(waits, Suggestion.id)


def count_suggestions(account: Account, association: Association) -> Mapping[str, int]:
    """How many there are in each state."""
    counted: Any = select(Suggestion.state, func.count()).where(Suggestion.association_id == association.id)
    rows = db.session.execute(visible(counted, account, READ, Suggestion).group_by(Suggestion.state))
    return dict(rows.all())


def get_suggestion(account: Account, association: Association, public_id: str) -> Suggestion | None:
    """One to the association."""
    asked = (Suggestion.public_id == public_id, Suggestion.association_id == association.id)
    statement = select(Suggestion).where(*asked).options(*_SPOKEN, joinedload(Suggestion.group))
    found: Suggestion | None = db.session.scalar(visible(statement, account, READ, Suggestion))
    return found


def suggestions_by(person_id: int, group_ids: Sequence[int] | None = None) -> Sequence[Suggestion]:
    """The last few that somebody said signed in; with groups, of what was said for one of these."""
    mine = Suggestion.by_person_id == person_id
    asked = mine if group_ids is None else Suggestion.group_id.in_(group_ids)
    statement = select(Suggestion).where(asked).options(*_SPOKEN).order_by(Suggestion.id.desc())
    return db.session.scalars(statement.limit(MOST_OWN)).all()


def questions(account: Account, association: Association) -> dict[str, Select[Any]]:
    """What the work list asks of whoever puts forward for the association: the words that wait for an answer."""
    if not can(account, READ, association, whole=True):
        return {}
    waits = (Suggestion.association_id == association.id, Suggestion.state == SuggestionState.WAITING)
    counted = select(func.count()).select_from(Suggestion).where(*waits)
    oldest = select(func.min(Suggestion.received_at)).where(*waits)
    return {"suggestions": counted, "suggestions_since": oldest}


def get_by_reference(reference: str) -> Suggestion | None:
    return db.session.scalar(select(Suggestion).where(Suggestion.reference == reference).options(*_SPOKEN))


def get_by_key(key: str) -> Suggestion | None:
    return db.session.scalar(select(Suggestion).where(Suggestion.key == key))
