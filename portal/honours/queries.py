"""Reading the register of honours, its certificates, the honour roll."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.database import db
from portal.honours.models import Honour, HonourCertificate, Revocation, RevocationState
from portal.objections.models import NoticePeriod
from portal.offices.access import visible

READ = "commendations.propose"
SHOWN = (joinedload(Honour.kind), joinedload(Honour.of), joinedload(Honour.association))
STANDS = Honour.revoked_at.is_(None)


def in_force(honour_id: int) -> HonourCertificate | None:
    """The certificate of an honour that was not superseded."""
    asked = (HonourCertificate.honour_id == honour_id, HonourCertificate.superseded_at.is_(None))
    return db.session.scalar(select(HonourCertificate).where(*asked).options(joinedload(HonourCertificate.code)))


def latest_certificate(honour_id: int) -> HonourCertificate:
    statement = select(HonourCertificate).where(HonourCertificate.honour_id == honour_id)
    return db.session.scalars(statement.order_by(HonourCertificate.id.desc()).limit(1)).one()


def open_revocation(honour_id: int) -> Revocation | None:
    asked = (Revocation.honour_id == honour_id, Revocation.state == RevocationState.SHOWN)
    return db.session.scalar(select(Revocation).where(*asked))


def honour_roll(association: Association) -> Select[Any]:
    """What everybody may read: standing honours given in a part of the federation, the latest first."""
    here = select(Association.id).where(in_subtree(association.path))
    given = or_(Honour.association_id.in_(here), Honour.of_id.in_(here))
    statement = select(Honour).where(given, STANDS, Honour.is_public).options(*SHOWN)
    return statement.order_by(Honour.decided_on.desc(), Honour.kind_id, Honour.id)


def register_of(account: Account, association: Association) -> Select[Any]:
    """The office's register: what the association gave, revoked ones too, as far as the account may see it."""
    statement = select(Honour).where(Honour.association_id == association.id).options(*SHOWN)
    return visible(statement, account, READ, Honour).order_by(Honour.decided_on.desc(), Honour.id)


def get_honour(account: Account, association: Association, public_id: str) -> Honour | None:
    """One honour with its certificates, if the account may see it."""
    told = (*SHOWN, selectinload(Honour.certificates).joinedload(HonourCertificate.code), joinedload(Honour.call))
    statement = register_of(account, association).where(Honour.public_id == public_id).options(*told)
    found: Honour | None = db.session.scalar(statement)
    return found


def period_of(revocation: Revocation) -> NoticePeriod:
    return db.session.get_one(NoticePeriod, revocation.period_id)
