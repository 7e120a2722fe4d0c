"""Reading a dossier: what an association may show of a volunteer's service, and what the volunteer sees of it all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import Account
from portal.certificates.models import StarGrant, StarState
from portal.core.database import db
from portal.dossiers.awards import Award, awards_of
from portal.dossiers.models import Evaluation
from portal.hours.models import Category, HoursEntry, HoursRevision, RevisionState
from portal.hours.queries import approved_minutes
from portal.offices.access import visible
from portal.people.models import Person
from portal.people.queries import MASKED
from portal.volunteers import queries as volunteers
from portal.volunteers.models import SkillKind, Volunteer

RIGHT = "volunteers.read"


@dataclass(frozen=True)
class Record:
    """One approved entry of time: what order 67 asks of a service record, and the minutes that count."""

    entry: HoursEntry
    minutes: int

    @property
    def year(self) -> int:
        return self.entry.held_on.year


@dataclass(frozen=True)
class Dossier:
    """A volunteer's record as order 67 has it: data, service, training, awards, evaluations.

    `elsewhere` are approved minutes of service recorded where the reader does not see the entries.
    """

    person: Person
    places: Sequence[Volunteer]
    service: Sequence[Record]
    training: Sequence[Record]
    awards: Sequence[StarGrant]
    evaluations: Sequence[Evaluation]
    honours: Sequence[Award] = ()
    elsewhere: int = 0
    years: dict[int, tuple[int, int]] = field(init=False)  # by year: entries and minutes of service

    def __post_init__(self) -> None:
        found: dict[int, tuple[int, int]] = {}
        for one in self.service:
            entries, minutes = found.get(one.year, (0, 0))
            found[one.year] = (entries + 1, minutes + one.minutes)
        object.__setattr__(self, "years", found)

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.service)

    @property
    def study_minutes(self) -> int:
        return sum(one.minutes for one in self.training)

    def abilities(self, kind: SkillKind) -> list[str]:
        """Names of what the volunteer can do, or would like to do, in the order of the list, each once."""
        skills = {
            row.skill.id: row.skill for place in self.places for row in place.abilities if row.skill.kind == kind
        }
        return [skill.name for skill in sorted(skills.values(), key=lambda skill: (skill.position, skill.id))]

    @property
    def times(self) -> list[tuple[int, str]]:
        """Weekdays (0 is Monday) with the parts of the day on which there is time."""
        parts = ("morning", "afternoon", "evening")
        found = {(row.weekday, row.part) for place in self.places for row in place.times}
        return sorted(found, key=lambda pair: (pair[0], parts.index(pair[1])))


def dossier_of(account: Account, volunteer: Volunteer) -> Dossier:
    """What the office shows: entries and evaluations that the account may see, of other places' service the sum."""
    person_id = volunteer.person_id
    found = _records(visible(_approved(person_id), account, RIGHT, HoursEntry))
    service = [one for one in found if one.entry.category == Category.SERVICE]
    return Dossier(
        person=volunteer.person,
        places=[volunteer],
        service=service,
        training=[one for one in found if one.entry.category == Category.STUDY],
        awards=_awards(person_id),
        evaluations=db.session.scalars(visible(_evaluations(person_id), account, RIGHT, Evaluation)).all(),
        honours=awards_of(person_id),
        elsewhere=approved_minutes(person_id) - sum(one.minutes for one in service),
    )


def own_dossier(person: Person) -> Dossier | None:
    """Everything of one's own, wherever it was recorded; None for who never was a volunteer."""
    places = volunteers.list_own(person.id)
    if not places:
        return None
    found = _records(_approved(person.id))
    return Dossier(
        person=person,
        places=places,
        service=[one for one in found if one.entry.category == Category.SERVICE],
        training=[one for one in found if one.entry.category == Category.STUDY],
        awards=_awards(person.id),
        evaluations=db.session.scalars(_evaluations(person.id)).all(),
        honours=awards_of(person.id),
    )


def get_own_person(person_id: int) -> Person:
    """One's own record with its numbers masked, as on the office's page."""
    return db.session.scalars(select(Person).where(Person.id == person_id).options(*MASKED)).one()


def find_same(volunteer: Volunteer, values: dict[str, Any]) -> Evaluation | None:
    """The same evaluation of the volunteer, word for word, by the same person: a form sent twice."""
    statement = select(Evaluation).where(Evaluation.volunteer_id == volunteer.id)
    return db.session.scalar(statement.filter_by(**values).limit(1))


def _approved(person_id: int) -> Select[Any]:
    """A person's standing entries with the minutes of their approved revision, newest first."""
    columns: tuple[Any, ...] = (HoursEntry, HoursRevision.minutes)
    return (
        select(*columns)
        .join(HoursRevision, HoursRevision.entry_id == HoursEntry.id)
        .join(HoursEntry.association)
        .where(
            HoursEntry.person_id == person_id,
            HoursEntry.voided_at.is_(None),
            HoursRevision.state == RevisionState.APPROVED,
        )
        .options(contains_eager(HoursEntry.association))
        .order_by(HoursEntry.held_on.desc(), HoursEntry.id.desc())
    )


def _records(statement: Select[Any]) -> list[Record]:
    return [Record(entry, minutes) for entry, minutes in db.session.execute(statement)]


def _awards(person_id: int) -> Sequence[StarGrant]:
    """Stars that were granted, the highest first; they are given for all service, so they are shown wherever."""
    statement = (
        select(StarGrant)
        .where(StarGrant.person_id == person_id, StarGrant.state == StarState.GRANTED)
        .options(joinedload(StarGrant.association, innerjoin=True))
    )
    return db.session.scalars(statement.order_by(StarGrant.stars.desc())).all()


def _evaluations(person_id: int) -> Select[Any]:
    """Evaluations of all the person's places on rosters, the latest span first."""
    return (
        select(Evaluation)
        .join(Volunteer, Volunteer.id == Evaluation.volunteer_id)
        .where(Volunteer.person_id == person_id)
        .options(
            contains_eager(Evaluation.volunteer).joinedload(Volunteer.association),
            joinedload(Evaluation.evaluator).options(*MASKED),
        )
        .order_by(Evaluation.end_on.desc(), Evaluation.id.desc())
    )
