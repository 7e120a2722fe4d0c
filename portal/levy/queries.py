"""Reading levies: those laid by an association, what it owes itself, who was counted, what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Row, Select, cast, func, select
from sqlalchemy.orm import joinedload

from portal.associations.models import Association
from portal.core.database import db
from portal.ledger.models import DuesPeriod
from portal.levy.models import Levy, LevyPayment, LevyPerson, LevyShare
from portal.people.models import Person
from portal.people.queries import MASKED

SHOWN = (
    joinedload(LevyShare.association),
    joinedload(LevyShare.levy).options(joinedload(Levy.association), joinedload(Levy.period)),
)


def laid_by(association: Association) -> list[Row[Any]]:
    """The association's own levies with people, amount and what is paid, the latest first."""
    sums: list[Any] = [
        cast(func.coalesce(func.sum(column), 0), BigInteger)
        for column in (LevyShare.count, LevyShare.amount_fen, LevyShare.paid_fen)
    ]
    statement: Select[Any] = (
        select(*[Levy, *sums])
        .join(LevyShare, LevyShare.levy_id == Levy.id)
        .where(Levy.association_id == association.id)
        .group_by(Levy.id)
        .order_by(Levy.id.desc())
    )
    return list(db.session.execute(statement.options(joinedload(Levy.period))).all())


def owed_by(association: Association) -> Sequence[LevyShare]:
    """What the association owes to those above, the latest first."""
    statement = select(LevyShare).where(LevyShare.association_id == association.id).options(*SHOWN)
    return db.session.scalars(statement.order_by(LevyShare.id.desc())).all()


# Shares of which something is still to be paid.
OWED = (LevyShare.paid_fen < LevyShare.amount_fen, LevyShare.levy.has(Levy.voided_at.is_(None)))


def is_laid(association: Association, period: DuesPeriod) -> bool:
    """Whether there is one that was not taken back."""
    kept = (Levy.association_id == association.id, Levy.period_id == period.id, Levy.voided_at.is_(None))
    return db.session.scalar(select(Levy.id).where(*kept)) is not None


def get_levy(association: Association, public_id: str) -> Levy | None:
    """A levy that the association laid."""
    kept = (Levy.association_id == association.id, Levy.public_id == public_id)
    shown = (joinedload(Levy.period), joinedload(Levy.association))
    return db.session.scalar(select(Levy).where(*kept).options(*shown))


def shares(levy: Levy) -> Select[Any]:
    """The shares of a levy in the order of the tree."""
    statement = select(LevyShare).join(LevyShare.association).where(LevyShare.levy_id == levy.id)
    return statement.order_by(Association.path)


def get_share(association: Association, public_id: str) -> LevyShare | None:
    """A share that the association owes, or is owed."""
    statement = select(LevyShare).join(LevyShare.levy).where(LevyShare.public_id == public_id)
    side = (LevyShare.association_id == association.id) | (Levy.association_id == association.id)
    return db.session.scalar(statement.where(side).options(*SHOWN))


def people(share: LevyShare) -> Select[Any]:
    """Who was counted for a share, by name."""
    statement = select(LevyPerson).join(LevyPerson.person).where(LevyPerson.share_id == share.id)
    return statement.order_by(Person.sort_key, LevyPerson.id)


PERSON = (joinedload(LevyPerson.person).options(*MASKED), joinedload(LevyPerson.membership))


def payments(share: LevyShare) -> Sequence[LevyPayment]:
    """What was paid for a share, void ones too."""
    statement = select(LevyPayment).where(LevyPayment.share_id == share.id).order_by(LevyPayment.id)
    return db.session.scalars(statement.options(joinedload(LevyPayment.recorder))).all()


def last_voided_at(share: LevyShare) -> datetime | None:
    """When a payment of the share was taken back last: it is owed again from then on."""
    return db.session.scalar(select(func.max(LevyPayment.voided_at)).where(LevyPayment.share_id == share.id))


def get_payment(share: LevyShare, public_id: str) -> LevyPayment | None:
    kept = (LevyPayment.share_id == share.id, LevyPayment.public_id == public_id)
    shown = joinedload(LevyPayment.share).options(*SHOWN)
    return db.session.scalar(select(LevyPayment).where(*kept).options(shown))


def payment_by_key(key: str) -> LevyPayment | None:
    return db.session.scalar(select(LevyPayment).where(LevyPayment.key == key))
