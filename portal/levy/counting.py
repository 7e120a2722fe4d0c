"""Head-count: who is a member below an association on a day, each person once, where they joined first."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, union_all

from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.database import change, db
from portal.levy.models import Levy, LevyPerson, LevyShare
from portal.members.models import Membership, MembershipCover

MANY = 50  # associations; on more a levy is laid in the background


def counted(association: Association, day: date) -> Any:
    """person_id, membership_id, association_id: members below the association on the day, and whom a household's
    membership covers. An organisation is no head, an archived association pays nothing. Who belongs to several
    counts where they joined first.
    """
    lies_below = (in_subtree(association.path), Association.id != association.id, Association.archived_on.is_(None))
    below = select(Association.id).where(*lies_below)
    live = (
        Membership.association_id.in_(below), Membership.organisation_name == "", Membership.joined_on <= day,
        (Membership.ended_on.is_(None)) | (Membership.ended_on >= day),
    )  # fmt: skip
    place: list[Any] = [Membership.id.label("membership_id"), Membership.association_id, Membership.joined_on]
    holders: Select[Any] = select(*[Membership.person_id.label("person_id"), *place]).where(*live)
    covers: Select[Any] = (
        select(*[MembershipCover.person_id.label("person_id"), *place])
        .join(Membership, Membership.id == MembershipCover.membership_id)
        .where(*live, MembershipCover.start_on <= day)
        .where((MembershipCover.end_on.is_(None)) | (MembershipCover.end_on >= day))
    )
    every = union_all(holders, covers).subquery("every")
    first = func.row_number().over(
        partition_by=every.c.person_id, order_by=(every.c.joined_on, every.c.membership_id)
    )
    ranked = select(every, first.label("place")).subquery("ranked")
    columns = (ranked.c.person_id, ranked.c.membership_id, ranked.c.association_id)
    return select(*columns).where(ranked.c.place == 1).subquery("counted")


def by_association(association: Association, day: date) -> list[Row[Any]]:
    """Each association below with how many of its people are counted, in the order of codes."""
    heads = counted(association, day)
    columns: list[Any] = [Association, func.count().label("count")]
    statement: Select[Any] = (
        select(*columns)
        .join(heads, heads.c.association_id == Association.id)
        .group_by(Association.id)
        .order_by(Association.path)
    )
    return list(db.session.execute(statement).all())


def places_below(association: Association, most: int = MANY) -> int:
    """How many associations lie below and may pay; counted no further than to one more than `most`."""
    live = (in_subtree(association.path), Association.id != association.id, Association.archived_on.is_(None))
    found = select(Association.id).where(*live).limit(most + 1).subquery()
    return int(db.session.scalar(select(func.count()).select_from(found)) or 0)


def keep(levy: Levy, association: Association) -> int:
    """Write down who was counted for which share; the count of a share can be looked up by name ever after."""
    heads = counted(association, levy.counted_on)
    rows = select(LevyShare.levy_id, LevyShare.id, heads.c.person_id, heads.c.membership_id).join(
        LevyShare, LevyShare.association_id == heads.c.association_id
    )
    columns = ["levy_id", "share_id", "person_id", "membership_id"]
    return change(insert(LevyPerson).from_select(columns, rows.where(LevyShare.levy_id == levy.id)))


def agrees(levy: Levy) -> bool:
    """Whether as many were written down for each share as it says: it was counted by an earlier statement."""
    kept = select(LevyPerson.share_id, func.count().label("count")).where(LevyPerson.levy_id == levy.id)
    found = kept.group_by(LevyPerson.share_id).subquery()
    shares = select(LevyShare.id).outerjoin(found, found.c.share_id == LevyShare.id)
    wrong = shares.where(LevyShare.levy_id == levy.id, LevyShare.count != func.coalesce(found.c.count, 0))
    return db.session.scalar(wrong.limit(1)) is None
