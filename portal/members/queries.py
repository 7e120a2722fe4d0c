"""Reading memberships: one, a person's, who is covered, kinds and numbers, transfers under way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.calendar import today
from portal.core.database import db
from portal.members.models import (
    Membership,
    MembershipCover,
    MembershipKind,
    MembershipStay,
    NumberScheme,
    Transfer,
    TransferState,
)

SHOWN = (
    joinedload(Membership.person),
    joinedload(Membership.kind),
    joinedload(Membership.association),
    joinedload(Membership.group),
)


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
    return db.session.scalars(reach.where(Membership.public_id == public_id).options(*SHOWN)).first()


def list_of_person(person_id: int) -> Sequence[Membership]:
    """What a person holds or held, those in force first."""
    statement = select(Membership).where(Membership.person_id == person_id).options(*SHOWN)
    return db.session.scalars(statement.order_by(Membership.ended_on.is_not(None), Membership.id.desc())).all()


def list_covering(person_id: int) -> Sequence[MembershipCover]:
    """The households' and organisations' memberships that cover a person today."""
    statement = (
        select(MembershipCover)
        .where(MembershipCover.person_id == person_id, MembershipCover.end_on.is_(None))
        .options(joinedload(MembershipCover.membership).options(*SHOWN))
    )
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


def current_stay(membership: Membership) -> MembershipStay | None:
    statement = select(MembershipStay).where(
        MembershipStay.membership_id == membership.id, MembershipStay.end_on.is_(None)
    )
    return db.session.scalar(statement)


def root_id(association: Association) -> int:
    """The federation that keeps the kinds and the numbers of an association."""
    return association.path_ids[0]


def list_kinds(association: Association, *, open_only: bool = False) -> Sequence[MembershipKind]:
    """The kinds of the association's federation that are in use, in their order."""
    statement = select(MembershipKind).where(
        MembershipKind.association_id == root_id(association), MembershipKind.ended_on.is_(None)
    )
    if open_only:
        statement = statement.where(MembershipKind.is_open)
    return db.session.scalars(statement.order_by(MembershipKind.position, MembershipKind.id)).all()


def get_scheme(association: Association) -> NumberScheme | None:
    return db.session.scalar(select(NumberScheme).where(NumberScheme.association_id == root_id(association)))


def is_number_taken(number: str) -> bool:
    return bool(db.session.scalar(select(exists().where(Membership.number == number))))


def open_transfer(membership: Membership) -> Transfer | None:
    """The transfer that waits for the other side."""
    statement = select(Transfer).where(
        Transfer.membership_id == membership.id, Transfer.state == TransferState.PROPOSED
    )
    shown = (joinedload(Transfer.from_association), joinedload(Transfer.to_association))
    return db.session.scalar(statement.options(*shown))


def holds_in(person_id: int, association_id: int, *, but: int | None = None) -> bool:
    """Whether a membership in force holds or covers the person at the association, other than one of them."""
    own = exists().where(
        Membership.person_id == person_id,
        Membership.association_id == association_id,
        Membership.ended_on.is_(None),
        Membership.id != (but or 0),
    )
    covered = exists().where(
        MembershipCover.person_id == person_id,
        MembershipCover.end_on.is_(None),
        MembershipCover.membership_id == Membership.id,
        Membership.association_id == association_id,
        Membership.ended_on.is_(None),
        Membership.id != (but or 0),
    )
    return bool(db.session.scalar(select(or_(own, covered))))
