"""Reading the register of honours and its certificates: the office's, one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, extract, false, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.commendations.models import CommendationCall, CommendationKind
from portal.core.database import db
from portal.honours.models import Honour, HonourCertificate, Revocation, RevocationState
from portal.objections.models import NoticePeriod
from portal.offices.access import can, visible

READ = "commendations.propose"
SHOWN = (joinedload(Honour.kind), joinedload(Honour.of), joinedload(Honour.association))
STANDS = Honour.revoked_at.is_(None)
WAITS = (STANDS, Honour.handed_on.is_(None))
CERTIFICATES = selectinload(Honour.certificates).joinedload(HonourCertificate.code)
GIVEN, RECEIVED = "given", "received"
STATES: Mapping[str, tuple[ColumnElement[bool], ...]] = {
    "": (),
    "stands": (STANDS,),
    "waiting": WAITS,
    "handed": (STANDS, Honour.handed_on.is_not(None)),
    "revoked": (~STANDS,),
}


@dataclass(frozen=True)
class Filter:
    """What the register is asked for: what the association gave, or what its own received; of a year, a kind and a
    call by their public ids; in a state; by name or number.
    """

    side: str = GIVEN
    year: int | None = None
    kind: str = ""
    call: str = ""
    state: str = ""
    text: str = ""


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


def of_part(association: Association) -> ColumnElement[bool]:
    """Given by an association or one below it, or to them."""
    here = select(Association.id).where(in_subtree(association.path))
    return or_(Honour.association_id.in_(here), Honour.of_id.in_(here))


def register_of(account: Account, association: Association, wanted: Filter | None = None) -> Select[Any]:
    """The office's register, revoked ones too: what the association gave, as far as the account may see it, or what
    it and its people were given by others.
    """
    wanted = wanted or Filter()
    statement = select(Honour).options(*SHOWN)
    if wanted.side == RECEIVED:
        statement = statement.where(_received(account, association))
    else:
        statement = visible(statement.where(Honour.association_id == association.id), account, READ, Honour)
    statement = statement.where(*STATES.get(wanted.state, ()), *_asked(wanted))
    return statement.order_by(Honour.decided_on.desc(), Honour.kind_id, Honour.id)


def medals_of(account: Account, association: Association, wanted: Filter) -> Select[Any]:
    """What is handed over, by the holder's association, kind and name: standing honours with their certificates."""
    state = wanted.state if wanted.state in ("waiting", "handed") else "stands"
    statement = register_of(account, association, replace(wanted, state=state)).join(Honour.of)
    ordered = statement.order_by(None).order_by(Association.code, Honour.kind_id, Honour.name, Honour.id)
    return ordered.options(CERTIFICATES)


def _received(account: Account, association: Association) -> ColumnElement[bool]:
    held: ColumnElement[bool] = Honour.of_id == association.id
    return held if can(account, READ, association, whole=True) else false()


def _asked(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.year is not None:
        found.append(within(wanted.year))
    if wanted.kind:
        found.append(Honour.kind_id.in_(select(CommendationKind.id).where(CommendationKind.public_id == wanted.kind)))
    if wanted.call:
        found.append(Honour.call_id.in_(select(CommendationCall.id).where(CommendationCall.public_id == wanted.call)))
    if wanted.text:
        numbered = HonourCertificate.number.contains(wanted.text, autoescape=True)
        printed = exists().where(HonourCertificate.honour_id == Honour.id, numbered)
        found.append(or_(Honour.name.contains(wanted.text, autoescape=True), printed))
    return found


def within(year: int) -> ColumnElement[bool]:
    """Decided in that year."""
    return Honour.decided_on.between(date(year, 1, 1), date(year, 12, 31))


def years_of(*conditions: ColumnElement[bool]) -> list[int]:
    """The years in which something was decided, the latest first."""
    year = extract("year", Honour.decided_on)
    return sorted((int(one) for one in db.session.scalars(select(year).where(*conditions).distinct())), reverse=True)


def kinds_of(*conditions: ColumnElement[bool]) -> Sequence[CommendationKind]:
    """The kinds that were given, in the order of the federation's list."""
    given = select(Honour.kind_id).where(*conditions)
    statement = select(CommendationKind).where(CommendationKind.id.in_(given))
    return db.session.scalars(statement.order_by(CommendationKind.position, CommendationKind.id)).all()


def calls_decided(account: Account, association: Association) -> Sequence[CommendationCall]:
    """The association's calls by which there are honours, the latest first."""
    given = visible(select(Honour.call_id), account, READ, Honour)
    asked = (CommendationCall.association_id == association.id, CommendationCall.id.in_(given))
    statement = select(CommendationCall).where(*asked)
    return db.session.scalars(
        statement.order_by(CommendationCall.decided_at.desc(), CommendationCall.id.desc())
    ).all()


def get_honour(account: Account, association: Association, public_id: str) -> Honour | None:
    """One honour with its certificates that the association gave or its own received, if the account may see it."""
    for side in (GIVEN, RECEIVED):
        asked = register_of(account, association, Filter(side=side)).where(Honour.public_id == public_id)
        found: Honour | None = db.session.scalar(asked.options(CERTIFICATES, joinedload(Honour.call)))
        if found is not None:
            return found
    return None


def printable_of(account: Account, association: Association, call: str) -> Sequence[HonourCertificate]:
    """The certificates in force of what a call's decision gave and still stands, in the order of the medals list."""
    statement = medals_of(account, association, Filter(call=call))
    honours = db.session.scalars(statement).all()
    return [one for honour in honours for one in honour.certificates if one.superseded_at is None]


def list_revocations(honour_id: int) -> Sequence[Revocation]:
    """How it was tried to take it back, the latest first, each with its notice period."""
    statement = select(Revocation).where(Revocation.honour_id == honour_id).options(joinedload(Revocation.period))
    return db.session.scalars(statement.order_by(Revocation.id.desc())).all()


def list_own(person_id: int) -> Sequence[Honour]:
    """What somebody was given, the latest first, with the certificates."""
    statement = select(Honour).where(Honour.person_id == person_id).options(*SHOWN, CERTIFICATES)
    return db.session.scalars(statement.order_by(Honour.decided_on.desc(), Honour.id.desc())).all()


def get_own(person_id: int, public_id: str) -> Honour | None:
    asked = (Honour.person_id == person_id, Honour.public_id == public_id)
    return db.session.scalar(select(Honour).where(*asked).options(*SHOWN, CERTIFICATES))


def period_of(revocation: Revocation) -> NoticePeriod:
    return db.session.get_one(NoticePeriod, revocation.period_id)
