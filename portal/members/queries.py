"""Reading memberships: one, a person's, who is covered, kinds and numbers, transfers under way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal.associations import list_queries
from portal.associations.models import Association, Group
from portal.associations.queries import in_subtree
from portal.associations.ties import stands_in_group
from portal.core.audit import AuditEntry
from portal.core.calendar import DEFAULT_ZONE, today
from portal.core.database import db
from portal.members.models import (
    Membership,
    MembershipCover,
    MembershipKind,
    MembershipStay,
    NumberCounter,
    NumberScheme,
    Transfer,
    TransferState,
)
from portal.people.models import Affiliation, AffiliationKind, Person
from portal.people.queries import held_by, people

SHOWN = (
    joinedload(Membership.person),
    joinedload(Membership.kind),
    joinedload(Membership.association),
    joinedload(Membership.group),
)
SIDES = (joinedload(Transfer.from_association), joinedload(Transfer.to_association))
LOGGED = 100  # entries of the log that a membership's page shows


def live(day: date | None = None) -> ColumnElement[bool]:
    """Memberships in force on a day (today), suspended ones too."""
    day = day or today()
    return and_(Membership.joined_on <= day, or_(Membership.ended_on.is_(None), Membership.ended_on >= day))


def memberships() -> Select[Any]:
    """Every membership in the order of lists. Limit it with `access.visible(…, "members.read", Membership)`."""
    return select(Membership).order_by(Membership.sort_key, Membership.id)


def memberships_below(association: Association) -> Select[Any]:
    """Memberships of an association and all below it."""
    here = select(Association.id).where(in_subtree(association.path))
    return memberships().where(Membership.association_id.in_(here))


def get_membership(reach: Select[Any], public_id: str) -> Membership | None:
    """One membership of a statement that is limited to what the reader may see."""
    shown = (*SHOWN, joinedload(Membership.payer))
    return db.session.scalars(reach.where(Membership.public_id == public_id).options(*shown)).first()


def list_of_person(
    person_id: int, at: Association | None = None, within: Select[Any] | None = None
) -> Sequence[Membership]:
    """What a person holds or held (at one association, or of a statement of ids), those in force first."""
    statement = select(Membership).where(Membership.person_id == person_id).options(*SHOWN)
    if at is not None:
        statement = statement.where(Membership.association_id == at.id)
    if within is not None:
        statement = statement.where(Membership.id.in_(within))
    return db.session.scalars(statement.order_by(Membership.ended_on.is_not(None), Membership.id.desc())).all()


def list_covering(person_id: int, within: Select[Any] | None = None) -> Sequence[MembershipCover]:
    """The households' and organisations' memberships (of a statement of ids) that cover a person today."""
    statement = (
        select(MembershipCover)
        .where(MembershipCover.person_id == person_id, MembershipCover.end_on.is_(None))
        .options(joinedload(MembershipCover.membership).options(*SHOWN))
    )
    if within is not None:
        statement = statement.where(MembershipCover.membership_id.in_(within))
    return db.session.scalars(statement.order_by(MembershipCover.id)).all()


def list_covers(membership: Membership) -> Sequence[MembershipCover]:
    """Whom a membership covers today, beside its holder."""
    statement = select(MembershipCover).where(
        MembershipCover.membership_id == membership.id, MembershipCover.end_on.is_(None)
    )
    return db.session.scalars(
        statement.options(joinedload(MembershipCover.person)).order_by(MembershipCover.id)
    ).all()


def list_stays(membership: Membership) -> Sequence[MembershipStay]:
    """Its way through associations and groups, the latest first."""
    statement = select(MembershipStay).where(MembershipStay.membership_id == membership.id)
    statement = statement.options(joinedload(MembershipStay.association), joinedload(MembershipStay.group))
    return db.session.scalars(statement.order_by(MembershipStay.start_on.desc(), MembershipStay.id.desc())).all()


def list_way(membership: Membership) -> list[MembershipStay]:
    """Its stays without those that were corrected before a day had passed."""
    return [stay for stay in list_stays(membership) if stay.end_on is None or stay.end_on >= stay.start_on]


def root_id(association: Association) -> int:
    """The federation that keeps the kinds and the numbers of an association."""
    return association.path_ids[0]


def list_kinds(association: Association, *, open_only: bool = False) -> Sequence[MembershipKind]:
    """The kinds of the association's federation that are in use, in their order."""
    asked = [MembershipKind.is_open] if open_only else []
    return list_queries.in_use(MembershipKind, root_id(association), *asked)


def get_scheme(association: Association) -> NumberScheme | None:
    return db.session.scalar(select(NumberScheme).where(NumberScheme.association_id == root_id(association)))


def is_number_taken(number: str) -> bool:
    return bool(db.session.scalar(select(exists().where(Membership.number == number))))


def taken_numbers(numbers: Sequence[str]) -> set[str]:
    """Those of the numbers that a membership has."""
    found: set[str] = set()
    for start in range(0, len(numbers), 500):
        portion = numbers[start : start + 500]
        found.update(db.session.scalars(select(Membership.number).where(Membership.number.in_(portion))))
    return found


def get_counter(stem: str) -> int:
    """The last serial given out for a stem; 0 before the first."""
    return db.session.scalar(select(NumberCounter.last).where(NumberCounter.stem == stem)) or 0


def open_transfer(membership: Membership) -> Transfer | None:
    """The transfer that waits for the other side."""
    statement = select(Transfer).where(
        Transfer.membership_id == membership.id, Transfer.state == TransferState.PROPOSED
    )
    return db.session.scalar(statement.options(*SIDES))


def list_transfers_of(membership: Membership) -> Sequence[Transfer]:
    """Every transfer of a membership, the latest first."""
    statement = select(Transfer).where(Transfer.membership_id == membership.id).options(*SIDES)
    return db.session.scalars(statement.order_by(Transfer.id.desc())).all()


def list_entries_about(membership: Membership, transfers: Sequence[Transfer]) -> Sequence[AuditEntry]:
    """What the log says of a membership and its transfers, the latest first."""
    about = and_(AuditEntry.target_type == "Membership", AuditEntry.target_id == membership.public_id)
    if transfers:
        ids = [transfer.public_id for transfer in transfers]
        about = or_(about, and_(AuditEntry.target_type == "Transfer", AuditEntry.target_id.in_(ids)))
    return db.session.scalars(select(AuditEntry).where(about).order_by(AuditEntry.id.desc()).limit(LOGGED)).all()


def groups_held_by(person_id: int, association_id: int) -> list[int | None]:
    """The groups of the memberships in force that hold or cover a person at an association, one's own first.

    Empty when none does: then the association holds nobody's record by it.
    """
    here = (Membership.association_id == association_id, Membership.ended_on.is_(None))
    own = select(Membership.group_id).where(Membership.person_id == person_id, *here)
    own = own.order_by(Membership.organisation_name != "", Membership.id)
    covering = select(Membership.group_id).join(MembershipCover, MembershipCover.membership_id == Membership.id)
    covering = covering.where(MembershipCover.person_id == person_id, MembershipCover.end_on.is_(None), *here)
    return [*db.session.scalars(own), *db.session.scalars(covering.order_by(MembershipCover.id))]


def places_of(person_id: int) -> Sequence[Association]:
    """Where the memberships in force are that hold or cover a person."""
    covering = select(MembershipCover.membership_id).where(
        MembershipCover.person_id == person_id, MembershipCover.end_on.is_(None)
    )
    theirs = or_(Membership.person_id == person_id, Membership.id.in_(covering))
    ids = select(Membership.association_id).where(theirs, Membership.ended_on.is_(None))
    return db.session.scalars(select(Association).where(Association.id.in_(ids))).all()


def list_held(person_id: int) -> Sequence[Affiliation]:
    """The records of a person that associations hold as a member's today."""
    live = (Affiliation.kind == AffiliationKind.MEMBER, Affiliation.end_on.is_(None))
    return db.session.scalars(select(Affiliation).where(Affiliation.person_id == person_id, *live)).all()


@stands_in_group
def count_in_group(group: Group) -> int:
    """Memberships in force in a group, each counted by itself: the same person's second one, an organisation's."""
    statement = select(func.count()).select_from(Membership)
    here = (Membership.group_id == group.id, Membership.ended_on.is_(None))
    return db.session.scalar(statement.where(*here)) or 0


def is_held(person_id: int, association_id: int, kind_id: int) -> bool:
    """Whether the person holds a membership of the kind at the association."""
    held = exists().where(
        Membership.person_id == person_id,
        Membership.association_id == association_id,
        Membership.kind_id == kind_id,
        Membership.organisation_name == "",
        Membership.ended_on.is_(None),
    )
    return bool(db.session.scalar(select(held)))


def came_here_on(membership: Membership) -> date | None:
    """Since when a membership has been at its association; changes of the group do not count."""
    since: date | None = None
    for stay in list_stays(membership):
        if stay.association_id != membership.association_id:
            return since
        since = stay.start_on
    return None


def last_released(person_id: int, association_id: int) -> Affiliation | None:
    """The latest record as a member's that an association held and holds no longer."""
    statement = select(Affiliation).where(
        Affiliation.person_id == person_id,
        Affiliation.association_id == association_id,
        Affiliation.kind == AffiliationKind.MEMBER,
        Affiliation.end_on.is_not(None),
    )
    return db.session.scalars(statement.order_by(Affiliation.end_on.desc(), Affiliation.id.desc())).first()


def end_of_today(membership: Membership) -> AuditEntry | None:
    """The entry of the log by which the membership was ended today."""
    statement = select(AuditEntry).where(
        AuditEntry.target_type == "Membership",
        AuditEntry.target_id == membership.public_id,
        AuditEntry.action == "members.end",
    )
    entry = db.session.scalars(statement.order_by(AuditEntry.id.desc())).first()
    return entry if entry is not None and entry.at.astimezone(ZoneInfo(DEFAULT_ZONE)).date() == today() else None


def get_by_number(number: str, root: int) -> Membership | None:
    """The membership with a number (its letters typed small or large) in a federation."""
    typed = (number, number.upper())
    found = db.session.scalars(select(Membership).where(Membership.number.in_(typed)).options(*SHOWN)).first()
    return found if found is not None and found.association.path_ids[0] == root else None


def get_joinable(
    reach: ColumnElement[bool], former: Select[Any], public_id: str, association: Association
) -> Person | None:
    """Somebody within `reach` whose record the association holds, or the holder of one of `former` memberships."""
    ids = former.with_only_columns(Membership.person_id).order_by(None)
    was_member = Person.id.in_(ids)
    statement = people().where(or_(and_(reach, held_by(association)), was_member), Person.public_id == public_id)
    return db.session.scalars(statement).first()


def list_covers_by_ids(membership: Membership, ids: Sequence[str]) -> Sequence[MembershipCover]:
    statement = select(MembershipCover).where(
        MembershipCover.membership_id == membership.id, MembershipCover.public_id.in_(ids)
    )
    return db.session.scalars(statement.order_by(MembershipCover.id)).all()
