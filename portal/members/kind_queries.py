"""Reading the kinds of membership of a federation as its office settles them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from portal.associations.models import Association, Level
from portal.associations.queries import in_subtree
from portal.core.database import db
from portal.members.models import Membership, MembershipKind

EXAMPLES = 2


def list_ended(root: Association) -> Sequence[MembershipKind]:
    """The kinds that are in use no longer, the latest first."""
    statement = select(MembershipKind).where(
        MembershipKind.association_id == root.id, MembershipKind.ended_on.is_not(None)
    )
    return db.session.scalars(statement.order_by(MembershipKind.ended_on.desc(), MembershipKind.id)).all()


def get_kind(root: Association, public_id: str) -> MembershipKind | None:
    statement = select(MembershipKind).where(
        MembershipKind.association_id == root.id, MembershipKind.public_id == public_id
    )
    return db.session.scalar(statement)


def count_by_kind(root: Association) -> dict[int, int]:
    """How many memberships in force each kind has."""
    statement = (
        select(Membership.kind_id, func.count())
        .join(MembershipKind, MembershipKind.id == Membership.kind_id)
        .where(MembershipKind.association_id == root.id, Membership.ended_on.is_(None))
        .group_by(Membership.kind_id)
    )
    return dict(db.session.execute(statement).all())


def list_examples(root: Association) -> Sequence[Association]:
    """Some associations whose next numbers show what a scheme does."""
    statement = select(Association).where(
        in_subtree(root.path), Association.archived_on.is_(None), Association.level == Level.GRASSROOTS
    )
    return db.session.scalars(statement.order_by(Association.code).limit(EXAMPLES)).all()
