"""Reading the roster: who serves in a scope, as a filter asks for them, by name; and how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, literal, select, union_all
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.associations.queries import in_subtree
from portal.core import search
from portal.core.calendar import today
from portal.core.database import db
from portal.core.paging import LIMIT, Page, paginate
from portal.offices.access import visible
from portal.people import queries as persons
from portal.people.models import Person, person_gram
from portal.register.drivers import SORTED, as_given, count, unindexed
from portal.register.scope import Scope
from portal.volunteers.models import Skill, Volunteer, VolunteerAbility, VolunteerTime
from portal.volunteers.queries import OFFERS, SHOWN

FORMER, EVERYBODY = "former", "all"
OVER, SOON = "over", 60  # days before the end of a term in which the office should ask whether it goes on
FILTERED_LIMIT = 1_000


@dataclass(frozen=True)
class Wanted:
    """What a roster asks for; what is left out is not asked. Without a state: those who serve today."""

    text: str = ""
    group_id: int | None = None
    without_group: bool = False
    skill_id: int | None = None
    interest_id: int | None = None
    weekday: int | None = None
    part: str = ""
    term: str = ""
    state: str = ""

    @property
    def is_narrow(self) -> bool:
        return self != Wanted()


def volunteers(account: Account, scope: Scope, wanted: Wanted = Wanted()) -> Select[Any]:
    """The volunteers of a scope that a filter asks for, by name, with all that a row shows."""
    return rows_of(account, scope, wanted).options(*SHOWN, *OFFERS)


def page_of(account: Account, scope: Scope, wanted: Wanted, number: int) -> Page[Volunteer]:
    """A page of them."""
    limit = FILTERED_LIMIT if wanted.is_narrow else LIMIT
    return paginate(rows_of(account, scope, wanted), number, limit=limit, shown=(*SHOWN, *OFFERS))


def rows_of(account: Account, scope: Scope, wanted: Wanted) -> Select[Any]:
    """The same without what a row shows.

    In a whole tree a skill, or a day on which there is time, leads: fewer have it than serve there; former ones are
    sooner found by one walk over the table. In one association its own index leads, the rest is asked of each row.
    """
    side = _leading(wanted) if scope.below else None
    of = unindexed if side is not None or (scope.below and wanted.state == FORMER) else as_given
    entity = SimpleNamespace(association_id=of(Volunteer.association_id), group_id=of(Volunteer.group_id))
    statement = select(Volunteer).where(_place(scope, entity.association_id), *_conditions(wanted))
    if side is not None:
        statement = statement.where(Volunteer.id.in_(side))
    return visible(statement, account, "volunteers.read", entity).order_by(Volunteer.sort_key, Volunteer.id)


def _leading(wanted: Wanted) -> Select[Any] | None:
    """The volunteers with the skill, or else with time on the day, as a statement of ids."""
    skill_id = wanted.skill_id or wanted.interest_id
    if skill_id is not None:
        return select(VolunteerAbility.volunteer_id).where(VolunteerAbility.skill_id == skill_id)
    if wanted.weekday is None:
        return None
    free = select(VolunteerTime.volunteer_id).where(VolunteerTime.weekday == wanted.weekday)
    return free.where(VolunteerTime.part == wanted.part) if wanted.part else free


def _place(scope: Scope, column: Any = Volunteer.association_id) -> ColumnElement[bool]:
    """The association's own, or those below it too where the right reaches them."""
    if not scope.below:
        found: ColumnElement[bool] = column == scope.association_id
        return found
    below: ColumnElement[bool] = column.in_(select(Association.id).where(in_subtree(scope.path)))
    return below


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked = [*_state(wanted), *_found(wanted.text)]
    if wanted.group_id is not None:
        asked.append(Volunteer.group_id == wanted.group_id)
    if wanted.without_group:
        asked.append(Volunteer.group_id.is_(None))
    asked += [has_skill(one) for one in (wanted.skill_id, wanted.interest_id) if one is not None]
    if wanted.weekday is not None or wanted.part:
        asked.append(has_time(wanted.weekday, wanted.part))
    return asked


def has_skill(skill_id: int) -> ColumnElement[bool]:
    return exists().where(VolunteerAbility.volunteer_id == Volunteer.id, VolunteerAbility.skill_id == skill_id)


def has_time(weekday: int | None, part: str) -> ColumnElement[bool]:
    """Whether a volunteer has time on a weekday (0 is Monday), in a part of the day, or in that part of that day."""
    asked = [VolunteerTime.volunteer_id == Volunteer.id]
    if weekday is not None:
        asked.append(VolunteerTime.weekday == weekday)
    if part:
        asked.append(VolunteerTime.part == part)
    return exists().where(*asked)


def _state(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Serving, former, or both; a term that is over or soon will be is asked of those who serve."""
    if wanted.term:
        return [Volunteer.ended_on.is_(None), _term(wanted.term)]
    if wanted.state == FORMER:
        return [Volunteer.ended_on.is_not(None)]
    return [] if wanted.state == EVERYBODY else [Volunteer.ended_on.is_(None)]


def _term(term: str) -> ColumnElement[bool]:
    day = today()
    if term == OVER:
        return Volunteer.term_end_on < day
    return and_(Volunteer.term_end_on >= day, Volunteer.term_end_on <= day + timedelta(days=int(term)))


def _found(text: str) -> list[ColumnElement[bool]]:
    """Who answers what was typed: a number exactly, a name by its grams.

    People of a rare name are looked up; of a frequent one it is asked of each volunteer in turn whether the person
    is filed under it, one row of the index each.
    """
    if not text:
        return []
    exact = persons.exactly(text)
    if exact is not None:
        return [Volunteer.person_id.in_(select(Person.id).where(exact))]
    grams = search.query_grams(text)
    if not grams:
        return [false()]
    first = max(grams, key=len)
    filed = select(person_gram.c.person_id).where(person_gram.c.gram == first)
    if count({"filed": filed}, bound=SORTED)["filed"] < SORTED:
        return [Volunteer.person_id.in_(filed), *(_is_filed(gram) for gram in grams if gram != first)]
    return [*(persons.may_be_filed(Volunteer.sort_key, gram) for gram in grams), *map(_is_filed, grams)]


def _is_filed(gram: str) -> ColumnElement[bool]:
    return persons.is_filed(gram, Volunteer.sort_key, Volunteer.person_id)


@dataclass(frozen=True)
class Option:
    """A group, a skill or a kind of service as the filter offers it."""

    kind: str
    id: int
    public_id: str
    name: str


def list_options(scope: Scope, root_id: int) -> list[Option]:
    """The groups of the scope and the federation's list, in one question."""
    groups: Any = select(literal("group"), Group.id, Group.public_id, Group.name, Group.position)
    skills: Any = select(Skill.kind, Skill.id, Skill.public_id, Skill.name, Skill.position)
    both = union_all(
        groups.where(*_groups_of(scope)), skills.where(Skill.association_id == root_id, Skill.ended_on.is_(None))
    ).subquery()
    rows = db.session.execute(select(both).order_by(both.c[0], both.c.position, both.c.id))
    return [Option(*row[:4]) for row in rows]


def list_groups(scope: Scope) -> Sequence[Group]:
    """The live groups of the scope's own association, or those of them that it reaches."""
    statement = select(Group).where(*_groups_of(scope))
    return db.session.scalars(statement.order_by(Group.position, Group.id)).all()


def _groups_of(scope: Scope) -> list[ColumnElement[bool]]:
    asked = [Group.association_id == scope.association_id, Group.ended_on.is_(None)]
    return asked if scope.groups is None else [*asked, Group.id.in_(scope.groups)]


def chosen(account: Account, scope: Scope, ids: Sequence[str], right: str) -> Select[Any]:
    """The volunteers with these public ids, as far as the officer may act on them by the right."""
    statement = select(Volunteer).where(_place(scope), Volunteer.public_id.in_(ids))
    shown = (joinedload(Volunteer.person).options(*persons.MASKED), joinedload(Volunteer.association))
    statement = visible(statement, account, right, Volunteer).options(*shown, joinedload(Volunteer.group))
    return statement.order_by(Volunteer.sort_key, Volunteer.id)
