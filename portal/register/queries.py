"""Reading the register: memberships of a scope, and people of it, as a filter asks for them, by name.

Among a million rows it matters which side a statement begins with: the places, a few people found by name, a rare
kind, or the order of names itself. Neither planner sees that for every question, so the sides are counted first, up
to a bound, and the smallest is chosen; of all other conditions the index is hidden (see `drivers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, true, union_all
from sqlalchemy.orm import Session, joinedload

from portal.associations.models import Association, Group
from portal.associations.queries import in_subtree
from portal.core.calendar import today
from portal.core.database import db
from portal.core.paging import LIMIT, Page, paginate
from portal.members.models import Membership, MembershipCover, MembershipKind, MembershipState
from portal.people import queries as persons
from portal.people.models import Person
from portal.register import finding
from portal.register.drivers import BEGUN, ORDER, WALK, Lead, Side, as_given, choose, unindexed
from portal.register.scope import Scope

SHOWN = (
    joinedload(Membership.person),
    joinedload(Membership.kind),
    joinedload(Membership.association),
    joinedload(Membership.group),
)
# Ages by whole years, both included, as offices count them; the law's minors (14) and adults (18) are bounds.
BANDS: dict[str, tuple[int, int]] = {
    "0-13": (0, 13), "14-17": (14, 17), "18-34": (18, 34), "35-49": (35, 49), "50-59": (50, 59), "60-69": (60, 69),
    "70-79": (70, 79), "80": (80, 200),
}  # fmt: skip
UNKNOWN_AGE = "unknown"
PLACE = "place"
EVERY_STATE = "all"
FILTERED_LIMIT = 1_000  # of a filtered list "1,000+" says enough, and counts no further
NAMED_LIMIT = 100  # people of a frequent name: whoever finds "100+" types more of it
WHOLE_TREE_LIMIT = 500  # the same of a whole federation, where every row may have to be looked at


@dataclass(frozen=True)
class Filter:
    """What a list of memberships asks for; what is left out is not asked. Without a state: those in force."""

    text: str = ""
    kind_id: int | None = None
    group_id: int | None = None
    state: str = ""
    age: str = ""
    joined_from: date | None = None
    joined_to: date | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for more than who is a member."""
        return self != Filter()


def members(scope: Scope, wanted: Filter = Filter()) -> Select[Any]:
    """The memberships of a scope that a filter asks for, by name, with all that a row shows."""
    return rows_of(scope, wanted).options(*SHOWN)


def page_of(scope: Scope, wanted: Filter, number: int) -> Page[Membership]:
    """A page of them."""
    statement, lead = _asked(scope, wanted)
    limit, is_sorted = _limit(scope, wanted, lead.name), wanted.is_narrow and lead.name not in (ORDER, WALK)
    return paginate(statement, number, limit=limit, shown=SHOWN, total=lead.total, is_sorted=is_sorted)


def _limit(scope: Scope, wanted: Filter, leading: str) -> int:
    """How far a list is counted: the fewer of many rows answer, the more are looked at for each that does."""
    if not wanted.is_narrow:
        return LIMIT
    if leading == WALK:
        return NAMED_LIMIT
    is_whole_tree = scope.below and scope.groups is None and scope.path.count("/") == 1
    return WHOLE_TREE_LIMIT if is_whole_tree else FILTERED_LIMIT


def rows_of(scope: Scope, wanted: Filter) -> Select[Any]:
    """The same without what a row shows."""
    return _asked(scope, wanted)[0]


def _asked(scope: Scope, wanted: Filter) -> tuple[Select[Any], Lead]:
    """The memberships, and the side that their statement begins with."""
    if wanted.group_id is not None:
        mine = scope.groups is None or wanted.group_id in scope.groups
        scope = replace(scope, groups=(wanted.group_id,) if mine else ())
    sides = _sides(scope, wanted)
    stretch = _stretch(scope, wanted, sides)
    lead = choose(sides, finding.side(wanted.text))
    leading = lead.name
    statement = select(Membership)
    for side in sides.values():
        statement = statement.where(side.condition(_column_of(side.name, leading)))
    statement = statement.where(*_also(wanted))
    if leading == BEGUN and stretch is not None:
        return finding.begun(statement, wanted.text, stretch), lead
    if wanted.text:
        return finding.found(statement, wanted.text, leading), lead
    return _ordered(statement, plain=leading == ORDER or (leading == PLACE and scope.is_sorted)), lead


def _stretch(scope: Scope, wanted: Filter, sides: dict[str, Side]) -> finding.Stretch | None:
    """Where in a whole branch those stand who are sought in letters; no more of its place is read then."""
    if not wanted.text or not scope.below or scope.groups is not None or PLACE not in sides:
        return None
    stretch = finding.stretch_of(wanted.text, sides[PLACE].condition)
    if stretch is not None:
        sides[PLACE] = replace(sides[PLACE], within=stretch.conditions)
    return stretch


def _column_of(name: str, leading: str) -> Any:
    """Columns of the leading side as they are, all others without their index."""
    return as_given if name == leading or (name, leading) == (PLACE, BEGUN) else unindexed


def _ordered(statement: Select[Any], *, plain: bool) -> Select[Any]:
    """By name: as an index has it where that leads or belongs to the leading side, otherwise sorted."""
    if plain:
        return statement.order_by(Membership.sort_key, Membership.id)
    return statement.order_by(unindexed(Membership.sort_key), unindexed(Membership.id))


def _sides(scope: Scope, wanted: Filter) -> dict[str, Side]:
    """The conditions that an index could lead."""
    day, sides = today(), []
    place = _place(scope)
    if place is not None:
        whole = () if wanted.is_narrow else tuple(_also(wanted))
        sides.append(Side(PLACE, place, leads_always=scope.is_sorted, whole=whole))
    if wanted.kind_id is not None:
        sides.append(Side("kind", lambda of: of(Membership.kind_id) == wanted.kind_id))
    if wanted.state == MembershipState.ENDED:
        sides.append(Side("ended", lambda of: of(Membership.ended_on) < day))
    if wanted.state == MembershipState.SUSPENDED:
        sides.append(Side("suspended", lambda of: of(Membership.suspended_on) <= day))
    return {side.name: side for side in sides}


def _place(scope: Scope) -> Any:
    """The condition of a scope on the columns of a membership; None where it reaches every row there is."""
    if scope.groups is not None:
        return lambda of: (
            of(Membership.group_id).in_(scope.groups)
            & (
                unindexed(Membership.association_id) == scope.association_id
                if not scope.below
                else unindexed(Membership.association_id).in_(_below(scope))
            )
        )
    if not scope.below:
        return lambda of: of(Membership.association_id) == scope.association_id
    if not reaches_beyond(scope.path):
        return None
    return lambda of: of(Membership.association_id).in_(_below(scope))


def _below(scope: Scope) -> Select[Any]:
    return select(Association.id).where(in_subtree(scope.path))


def reaches_beyond(path: str) -> bool:
    """Whether the tree has associations outside a branch; what has a parent has it outside."""
    if path.count("/") > 1:
        return True
    outside = or_(Association.path < path, Association.path >= path[:-1] + "0")
    return bool(db.session.scalar(select(exists().where(outside))))


def _also(wanted: Filter) -> list[ColumnElement[bool]]:
    """What no index leads: the state beside it, the day of joining, the age."""
    day, ended = today(), unindexed(Membership.ended_on)
    in_force = or_(ended.is_(None), ended >= day)
    suspended = unindexed(Membership.suspended_on)
    states: dict[str, ColumnElement[bool]] = {
        "": in_force,
        MembershipState.ACTIVE: and_(in_force, or_(suspended.is_(None), suspended > day)),
        MembershipState.SUSPENDED: in_force,
        MembershipState.ENDED: true(),
        EVERY_STATE: true(),
    }
    asked = [states[wanted.state]]
    if wanted.joined_from:
        asked.append(Membership.joined_on >= wanted.joined_from)
    if wanted.joined_to:
        asked.append(Membership.joined_on <= wanted.joined_to)
    if wanted.age:
        holder = persons.is_holder(Membership.sort_key, Membership.person_id)
        asked += [
            select(Person.id).where(holder, born(wanted.age, day)).exists(),
            unindexed(Membership.organisation_name) == "",
        ]  # an organisation has no age
    return asked


def born(band: str, day: date) -> ColumnElement[bool]:
    """Whoever is of an age on a day; a year older on the birthday, on 1 March after 29 February."""
    if band == UNKNOWN_AGE:
        return Person.birth_on.is_(None)
    youngest, oldest = BANDS[band]
    return and_(Person.birth_on <= years_before(day, youngest), Person.birth_on > years_before(day, oldest + 1))


def years_before(day: date, years: int) -> date:
    """The last day of birth of those who are so many years old on a day."""
    year = max(day.year - years, 1)
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) and not _leaps(year) else day.replace(year=year)


def _leaps(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def count_covered(memberships: Sequence[Membership], session: Session | None = None) -> dict[int, int]:
    """How many people each membership covers beside its holder."""
    ids = [membership.id for membership in memberships]
    statement = select(MembershipCover.membership_id, func.count()).where(
        MembershipCover.membership_id.in_(ids), MembershipCover.end_on.is_(None)
    )
    asked = session or db.session
    return dict(asked.execute(statement.group_by(MembershipCover.membership_id)).all()) if ids else {}


def list_places(association: Association, limit: int = 300) -> Sequence[Association]:
    """The associations below that a list can be limited to, in the order of the tree; of many the next step only."""
    tree = select(Association).where(in_subtree(association.path), Association.id != association.id)
    found = db.session.scalars(tree.order_by(Association.path).limit(limit + 1)).all()
    if len(found) <= limit:
        return found
    steps = tree.where(Association.parent_id == association.id).order_by(Association.code).limit(limit)
    return db.session.scalars(steps).all()


@dataclass(frozen=True)
class Option:
    """A kind or a group as a filter offers it."""

    id: int
    public_id: str
    name: str


def list_options(scope: Scope, root_id: int) -> tuple[list[Option], list[Option]]:
    """The kinds of the federation and the groups of the scope, in one question."""
    kind, live = MembershipKind, MembershipKind.ended_on.is_(None)
    kinds: Any = select(literal(0), kind.id, kind.public_id, kind.name, kind.position)
    groups: Any = select(literal(1), Group.id, Group.public_id, Group.name, Group.position).where(*_groups_of(scope))
    both = union_all(kinds.where(kind.association_id == root_id, live), groups).subquery()
    rows = db.session.execute(select(both).order_by(both.c[0], both.c.position, both.c.id)).all()
    return [Option(*row[1:4]) for row in rows if row[0] == 0], [Option(*row[1:4]) for row in rows if row[0] == 1]


def _groups_of(scope: Scope) -> list[ColumnElement[bool]]:
    asked = [Group.association_id == scope.association_id, Group.ended_on.is_(None)]
    return asked if scope.groups is None else [*asked, Group.id.in_(scope.groups)]


def list_groups(scope: Scope) -> Sequence[Group]:
    """The groups of the scope's own association, or those of them that it reaches."""
    statement = select(Group).where(*_groups_of(scope))
    return db.session.scalars(statement.order_by(Group.position, Group.id)).all()
