"""Who is kept out of which nomination: what a reviewer declared, and what the record itself shows, each time anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, union

from portal.commendations.models import CommendationCall, Nomination, Suggestion
from portal.core.calendar import today
from portal.core.database import db
from portal.members.models import Holder, Membership, MembershipCover, MembershipKind
from portal.offices.access import live
from portal.offices.models import Appointment
from portal.reviews.models import ConflictKind, DeclaredConflict, Reviewer
from portal.volunteers.models import Volunteer

Conflicts = dict[int, list[ConflictKind]]


def of(reviewer: Reviewer, nominations: Sequence[Nomination]) -> Conflicts:
    """Why the reviewer is kept out, by the nomination's id; who may review it is not in it."""
    return of_all([reviewer], nominations)[reviewer.id]


def of_all(reviewers: Sequence[Reviewer], nominations: Sequence[Nomination]) -> dict[int, Conflicts]:
    """The same for every reviewer of a call, in so many questions as there are kinds of conflict."""
    if not reviewers or not nominations:
        return {one.id: {} for one in reviewers}
    people = [one.person_id for one in reviewers]
    call = db.session.get_one(CommendationCall, nominations[0].call_id)
    declared = _declared([one.id for one in reviewers])
    spoken = _spoken(people, nominations)
    households, groups, places = _households(people), _groups(people), _places(people)
    found: dict[int, Conflicts] = {}
    for reviewer in reviewers:
        who, kept_out = reviewer.person_id, defaultdict(list)
        for one in nominations:
            checks = (
                (ConflictKind.DECLARED, (reviewer.id, one.id) in declared),
                (ConflictKind.NOMINEE, one.person_id == who),
                (ConflictKind.NOMINATOR, one.nominated_by_id == who or (who, one.id) in spoken),
                (ConflictKind.HOUSEHOLD, one.person_id != who and one.person_id in households[who]),
                (ConflictKind.OWN_GROUP, one.group_id is not None and one.group_id in groups[who]),
                (ConflictKind.OWN_ASSOCIATION, _of_own(one, call) and one.association_id in places[who]),
            )
            kept_out[one.id] = [kind for kind, is_so in checks if is_so]
        found[reviewer.id] = {key: kinds for key, kinds in kept_out.items() if kinds}
    return found


def _of_own(nomination: Nomination, call: CommendationCall) -> bool:
    """Whether belonging to the association counts: where the call says so, and where it is itself the nominee."""
    itself = nomination.person_id is None and nomination.group_id is None
    return call.keeps_own_out or itself


def _declared(reviewer_ids: Sequence[int]) -> set[tuple[int, int]]:
    asked = select(DeclaredConflict.reviewer_id, DeclaredConflict.nomination_id)
    rows = db.session.execute(asked.where(DeclaredConflict.reviewer_id.in_(reviewer_ids)))
    return {(reviewer_id, nomination_id) for reviewer_id, nomination_id in rows}


def _spoken(people: Sequence[int], nominations: Sequence[Nomination]) -> set[tuple[int | None, int | None]]:
    """Who spoke for whom: signed in, as a member or for a group."""
    statement = select(Suggestion.by_person_id, Suggestion.nomination_id).where(
        Suggestion.by_person_id.in_(people), Suggestion.nomination_id.in_([one.id for one in nominations])
    )
    return {(person_id, nomination_id) for person_id, nomination_id in db.session.execute(statement)}


def _households(people: Sequence[int]) -> dict[int, set[int]]:
    """Everybody who stands in one household's membership with each of them."""
    home = (Membership.ended_on.is_(None), MembershipKind.holder == Holder.HOUSEHOLD)
    holders = select(Membership.id.label("home"), Membership.person_id.label("person")).join(Membership.kind)
    payers = select(Membership.id, Membership.payer_id).join(Membership.kind).where(Membership.payer_id.is_not(None))
    covered = select(Membership.id, MembershipCover.person_id).join(MembershipCover.membership).join(Membership.kind)
    living: Any = union(
        holders.where(*home), payers.where(*home), covered.where(*home, MembershipCover.end_on.is_(None))
    )
    rows = living.subquery()
    other = living.subquery()
    statement = select(rows.c.person, other.c.person).join(other, other.c.home == rows.c.home)
    return _sets(statement.where(rows.c.person.in_(people)), people)


def _groups(people: Sequence[int]) -> dict[int, set[int]]:
    """The groups to which each belongs: as a member, a volunteer, or in office there."""
    rows = union(*(
        select(entity.person_id, entity.group_id).where(*here, entity.group_id.is_not(None))
        for entity, here in _standings(people)
    ))  # fmt: skip
    return _sets(select(*rows.subquery().c), people)


def _places(people: Sequence[int]) -> dict[int, set[int]]:
    """The associations to which each belongs."""
    rows = union(
        *(select(entity.person_id, entity.association_id).where(*here) for entity, here in _standings(people))
    )
    return _sets(select(*rows.subquery().c), people)


def _standings(people: Sequence[int]) -> list[tuple[Any, tuple[ColumnElement[bool], ...]]]:
    day = today()
    standing: list[tuple[Any, ColumnElement[bool]]] = [
        (Membership, or_(Membership.ended_on.is_(None), Membership.ended_on >= day)),
        (Volunteer, or_(Volunteer.ended_on.is_(None), Volunteer.ended_on >= day)),
        (Appointment, live(day)),
    ]
    return [(entity, (entity.person_id.in_(people), lasts)) for entity, lasts in standing]


def _sets(statement: Select[Any], people: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {one: set() for one in people}
    for person_id, value in db.session.execute(statement):
        found[person_id].add(value)
    return found
