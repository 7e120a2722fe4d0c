"""Reading the kinds of membership of a federation as its office settles them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from portal.associations import list_queries
from portal.associations.models import Association, Level
from portal.associations.queries import in_subtree
from portal.core.database import db
from portal.members.models import Membership, MembershipKind

EXAMPLES = 2


def count_by_kind(root_id: int) -> Mapping[int, int]:
    """How many memberships in force each kind has, by its id."""
    return list_queries.count_by(MembershipKind, Membership.kind_id, root_id, Membership.ended_on.is_(None))


def list_examples(root: Association) -> Sequence[Association]:
    """Some associations whose next numbers show what a scheme does."""
    statement = select(Association).where(
        in_subtree(root.path), Association.archived_on.is_(None), Association.level == Level.GRASSROOTS
    )
    return db.session.scalars(statement.order_by(Association.code).limit(EXAMPLES)).all()
