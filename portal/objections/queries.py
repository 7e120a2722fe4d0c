"""Reading notice periods and objections: what everybody reads, what the office reads, and what waits there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations import ties
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.audit import AuditEntry
from portal.core.database import db, read
from portal.core.i18n import ngettext
from portal.objections.models import NoticePeriod, Objection, ObjectionState, PeriodState
from portal.objections.withheld import without_names
from portal.offices.access import can, visible

OPEN_NOW = 5  # in the block on other pages
FEED_LENGTH = 30
COLUMNS = (
    NoticePeriod.public_id,
    NoticePeriod.matter,
    NoticePeriod.title,
    NoticePeriod.start_on,
    NoticePeriod.end_on,
    NoticePeriod.state,
    Association.name.label("association"),
    Association.code,
    Association.time_zone,
)
_PUBLIC = (
    select(
        *COLUMNS,
        NoticePeriod.id,
        NoticePeriod.html,
        NoticePeriod.contact,
        NoticePeriod.extension_reason,
        NoticePeriod.opened_at,
        NoticePeriod.decided_at,
        NoticePeriod.decision,
        Association.address,
        Association.phone,
    )
    .select_from(NoticePeriod)
    .join(NoticePeriod.association)
)
_waiting = Objection.state == ObjectionState.RECEIVED
# A name that is not to be shown is not read either.
_ANSWERED = (
    Objection.number,
    Objection.body,
    Objection.state,
    Objection.answer,
    Objection.received_at,
    Objection.answered_at,
    case((Objection.in_the_open, Objection.name)).label("name"),
)


@ties.stays_open
def _tell_open(association: Association) -> str:
    count = ties.count_at(association, NoticePeriod, NoticePeriod.state == PeriodState.OPEN)
    return ngettext("%(num)d undecided notice period", "%(num)d undecided notice periods", count) if count else ""


def get_public(public_id: str) -> Any | None:
    """What the public page shows."""
    found = read(_PUBLIC.where(NoticePeriod.public_id == public_id)).all()
    return next(iter(without_names(found)), None)


def list_changes(path: str | None = None) -> Sequence[Any]:
    """What was opened or decided last, for the feed."""
    changed = func.coalesce(NoticePeriod.decided_at, NoticePeriod.opened_at)
    statement = _PUBLIC.where(in_subtree(path)) if path else _PUBLIC
    return without_names(read(statement.order_by(changed.desc(), NoticePeriod.id.desc()).limit(FEED_LENGTH)).all())


def list_answered(period_id: int) -> Sequence[Any]:
    """The objections that everybody reads: those that are answered."""
    statement = select(*_ANSWERED).where(Objection.period_id == period_id, ~_waiting)
    return read(statement.order_by(Objection.number)).all()


def public_rows(day: date, path: str | None = None) -> Select[Any]:
    """All notice periods: first those open now, the one that ends soonest at their head; then the past ones."""
    runs = and_(NoticePeriod.state == PeriodState.OPEN, NoticePeriod.end_on >= day)
    first = case((runs, 1), else_=0)
    statement: Select[Any] = select(*COLUMNS, first.label("is_running"))
    statement = statement.select_from(NoticePeriod).join(NoticePeriod.association)
    if path:
        statement = statement.where(in_subtree(path))
    soonest = case((runs, NoticePeriod.end_on))
    return statement.order_by(first.desc(), soonest, NoticePeriod.start_on.desc(), NoticePeriod.id.desc())


def open_now(day: date, path: str | None = None, limit: int = OPEN_NOW) -> Sequence[Any]:
    """The first few that run, those that end soonest."""
    statement = public_rows(day, path).where(NoticePeriod.state == PeriodState.OPEN, NoticePeriod.end_on >= day)
    return read(statement.limit(limit)).all()


def office_rows(account: Account, association: Association, state: str) -> Select[Any]:
    """The association's own, in one state or all, the latest first, with how many objections came and wait."""
    came = select(func.count()).where(Objection.period_id == NoticePeriod.id)
    statement: Select[Any] = (
        select(
            *COLUMNS,
            came.scalar_subquery().label("objections"),
            came.where(_waiting).scalar_subquery().label("waiting"),
            NoticePeriod.decision,
        )
        .select_from(NoticePeriod)
        .join(NoticePeriod.association)
        .where(NoticePeriod.association_id == association.id)
        .order_by(NoticePeriod.start_on.desc(), NoticePeriod.id.desc())
    )
    if state:
        statement = statement.where(NoticePeriod.state == state)
    return visible(statement, account, "notices.read", NoticePeriod)


def get_period(account: Account, association: Association, public_id: str) -> NoticePeriod | None:
    """One of the association's own, for its office."""
    statement = select(NoticePeriod).where(
        NoticePeriod.association_id == association.id, NoticePeriod.public_id == public_id
    )
    shown = statement.options(joinedload(NoticePeriod.association))
    found: NoticePeriod | None = db.session.scalar(visible(shown, account, "notices.read", NoticePeriod))
    return found


def get_running(public_id: str) -> NoticePeriod | None:
    """One to which anybody can object, with its association; whether it still runs is asked by the service."""
    statement = select(NoticePeriod).where(NoticePeriod.public_id == public_id)
    return db.session.scalar(statement.options(joinedload(NoticePeriod.association)))


def period_by_key(entry_key: str) -> NoticePeriod | None:
    return db.session.scalar(select(NoticePeriod).where(NoticePeriod.entry_key == entry_key))


def list_objections(period: NoticePeriod) -> Sequence[Objection]:
    """All objections to it, in the order in which they came."""
    statement = select(Objection).where(Objection.period_id == period.id).order_by(Objection.number)
    return db.session.scalars(statement).all()


def get_objection(period: NoticePeriod, public_id: str) -> Objection | None:
    statement = select(Objection).where(Objection.period_id == period.id, Objection.public_id == public_id)
    return db.session.scalar(statement)


def objection_by_reference(reference: str) -> Objection | None:
    """For whoever has the reference: with what it is about."""
    shown = joinedload(Objection.period).joinedload(NoticePeriod.association)
    return db.session.scalar(select(Objection).where(Objection.reference == reference).options(shown))


def objection_by_key(key: str) -> Objection | None:
    return db.session.scalar(select(Objection).where(Objection.key == key))


def last_number(period: NoticePeriod) -> int:
    return db.session.scalar(select(func.max(Objection.number)).where(Objection.period_id == period.id)) or 0


def count_in(period: NoticePeriod, state: ObjectionState) -> int:
    """How many of its objections are in a state."""
    statement = select(func.count()).where(Objection.period_id == period.id, Objection.state == state)
    return db.session.scalar(statement) or 0


def answered_until(period_id: int, moment: datetime) -> Sequence[Any]:
    """The objections that were answered when it was decided."""
    statement = select(Objection.number, Objection.body, Objection.state, Objection.answer)
    known = statement.where(Objection.period_id == period_id, Objection.answered_at <= moment)
    return read(known.order_by(Objection.number)).all()


def list_looks(objection: Objection) -> Sequence[AuditEntry]:
    """Who looked at its name, when and why."""
    statement = select(AuditEntry).where(
        AuditEntry.target_type == Objection.__name__,
        AuditEntry.target_id == objection.public_id,
        AuditEntry.action == "objections.reveal",
    )
    return db.session.scalars(statement.order_by(AuditEntry.id.desc()).limit(20)).all()


def questions(account: Account, association: Association, day: date, soon: date) -> Mapping[str, Select[Any]]:
    """What waits at the association: periods that are over and those that end by `soon`, objections to answer."""
    here: list[ColumnElement[bool]] = [NoticePeriod.association_id == association.id]
    asked: dict[str, Select[Any]] = {}
    if can(account, "notices.publish", association):
        counted = select(func.count()).select_from(NoticePeriod).where(*here, NoticePeriod.state == PeriodState.OPEN)
        asked["periods_over"] = counted.where(NoticePeriod.end_on < day)
        asked["periods_ending"] = counted.where(NoticePeriod.end_on >= day, NoticePeriod.end_on <= soon)
    if can(account, "objections.answer", association):
        waits = select(func.count()).select_from(Objection).join(Objection.period).where(*here, _waiting)
        mine = NoticePeriod.opened_by_id.is_distinct_from(account.person_id)
        asked["objections"] = waits.where(mine)
        asked["objections_until"] = waits.where(mine).with_only_columns(func.min(NoticePeriod.end_on))
    return asked
