"""Proposals by evidence: whose record shows all that a category asks for, and who falls short of it by one thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.associations.models import Association
from portal.commendations import evidence
from portal.commendations.evidence import Facts
from portal.commendations.models import CallCategory, CommendationCall, Nomination, NominationState
from portal.core.database import db
from portal.people.models import Person

MOST_NEAR = 20  # of those who fall short


@dataclass(frozen=True)
class Found:
    """Somebody in the record by id; what is missing, in words, where one thing is."""

    person_id: int
    facts: Facts
    missing: str = ""


@dataclass(frozen=True)
class Proposed:
    """The same with the person and, where somebody is put forward already, the nomination."""

    person: Person
    facts: Facts
    missing: str
    nomination: Nomination | None


def proposals(
    category: CallCategory, call: CommendationCall, association: Association
) -> tuple[list[Found], list[Found]]:
    """Those who have all that is asked, and those who served and lack one thing, most hours first. Nobody is put
    forward by it: the association decides.
    """
    meeting, near = [], []
    for one, facts in evidence.known(category, call, association).items():
        unmet = facts.unmet(category)
        if not unmet:
            meeting.append(Found(one, facts))
        elif len(unmet) == 1 and (facts.minutes or facts.led):
            near.append(Found(one, facts, unmet[0]))
    return _in_order(meeting), _in_order(near)


def load(found: Sequence[Found], category: CallCategory) -> list[Proposed]:
    """The people of one page of them."""
    ids = [one.person_id for one in found]
    people = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    standing = _standing(category, ids)
    return [
        Proposed(people[one.person_id], one.facts, one.missing, standing.get(one.person_id))
        for one in found
        if people[one.person_id].removed_at is None
    ]


def _in_order(found: Iterable[Found]) -> list[Found]:
    """Most hours first; where these are the same, by years and by activities led."""
    return sorted(found, key=lambda one: (-one.facts.minutes, -one.facts.years, -one.facts.led, one.person_id))


def _standing(category: CallCategory, ids: Sequence[int]) -> Mapping[int, Nomination]:
    asked = (Nomination.category_id == category.id, Nomination.person_id.in_(ids))
    live = Nomination.state != NominationState.WITHDRAWN
    found = db.session.scalars(select(Nomination).where(*asked, live))
    return {one.person_id: one for one in found if one.person_id is not None}
