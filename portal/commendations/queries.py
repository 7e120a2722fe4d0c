"""Reading the federation's kinds and the calls: the office's, those above it, what everybody reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account
from portal.associations import list_queries
from portal.associations.models import Association
from portal.commendations.models import CallCategory, CallState, CommendationCall, CommendationKind, Nomination
from portal.core.database import db
from portal.offices.access import visible

READ = "commendations.propose"
_WHOLE = (
    joinedload(CommendationCall.association),
    selectinload(CommendationCall.categories).joinedload(CallCategory.kind),
    selectinload(CommendationCall.criteria),
)
_opened = CommendationCall.opened_at.is_not(None)


def list_kinds(root_id: int) -> Sequence[CommendationKind]:
    """Those in use, in their order."""
    return list_queries.in_use(CommendationKind, root_id)


def count_by_kind(root_id: int) -> Mapping[int, int]:
    """In how many calls each stands, by its id."""
    return list_queries.count_by(CommendationKind, CallCategory.kind_id, root_id)


def taking(day: date) -> ColumnElement[bool]:
    """Nominations are taken on that day."""
    return and_(
        CommendationCall.state == CallState.OPEN, CommendationCall.opens_on <= day, CommendationCall.closes_on >= day
    )


def is_taking(call: Any, day: date) -> bool:
    """The same of one that was read, or of a row."""
    return bool(call.state == CallState.OPEN and call.opens_on <= day <= call.closes_on)


def get_call(account: Account, association: Association, public_id: str) -> CommendationCall | None:
    """One for the association's office: its own in any state; one of those above it once that is open."""
    own = and_(CommendationCall.association_id == association.id, seen(account))
    above = and_(CommendationCall.association_id.in_(_above(association)), _opened)
    statement = select(CommendationCall).where(CommendationCall.public_id == public_id, or_(own, above))
    return db.session.scalar(statement.options(*_WHOLE))


def get_opened(public_id: str) -> CommendationCall | None:
    """One that everybody reads."""
    statement = select(CommendationCall).where(CommendationCall.public_id == public_id, _opened)
    return db.session.scalar(statement.options(*_WHOLE))


def get_by_key(entry_key: str) -> CommendationCall | None:
    return db.session.scalar(select(CommendationCall).where(CommendationCall.entry_key == entry_key))


def load_rows(call: CommendationCall) -> None:
    """Its categories with their kinds and its criteria, as they stand now."""
    statement = select(CommendationCall).where(CommendationCall.id == call.id).options(*_WHOLE)
    db.session.execute(statement.execution_options(populate_existing=True)).scalar_one()


def open_calls(day: date) -> Sequence[CommendationCall]:
    """Those in which nominations are taken on that day, the one that ends soonest first."""
    statement = select(CommendationCall).where(taking(day)).options(*_WHOLE)
    return db.session.scalars(statement.order_by(CommendationCall.closes_on, CommendationCall.id)).all()


def calls_of(association: Association) -> Sequence[CommendationCall]:
    """Those in which the association nominates: opened, its own and those of the associations above it."""
    places = [association.id, *_above(association)]
    statement = select(CommendationCall).where(CommendationCall.association_id.in_(places), _opened)
    ordered = statement.order_by(CommendationCall.closes_on.desc(), CommendationCall.id.desc())
    return db.session.scalars(ordered.options(*_WHOLE)).all()


def calls_above(association: Association) -> Sequence[CommendationCall]:
    """Of the associations above it: those that go on, the one that ends soonest first."""
    going_on = CommendationCall.state.in_((CallState.OPEN, CallState.REVIEW, CallState.CHOSEN, CallState.SHOWN))
    asked = (CommendationCall.association_id.in_(_above(association)), _opened, going_on)
    statement = select(CommendationCall).where(*asked).options(*_WHOLE)
    return db.session.scalars(statement.order_by(CommendationCall.closes_on, CommendationCall.id)).all()


def office_rows(account: Account, association: Association) -> Select[Any]:
    """The association's own calls, the latest first, with how many were nominated."""
    named = select(func.count()).where(Nomination.call_id == CommendationCall.id, Nomination.state != "withdrawn")
    statement = (
        select(CommendationCall, named.scalar_subquery().label("nominations"))
        .where(CommendationCall.association_id == association.id)
        .order_by(CommendationCall.closes_on.desc(), CommendationCall.id.desc())
    )
    return visible(statement, account, READ, CommendationCall)


def public_rows(day: date) -> Select[Any]:
    """All that were opened: first those in which nominations are taken, the one that ends soonest at their head."""
    first = case((taking(day), 1), else_=0)
    soonest = case((taking(day), CommendationCall.closes_on))
    ordered = (first.desc(), soonest, CommendationCall.closes_on.desc(), CommendationCall.id.desc())
    return (
        select(CommendationCall).where(_opened).options(joinedload(CommendationCall.association)).order_by(*ordered)
    )


def count_nominations(call: CommendationCall, association_id: int | None = None) -> Mapping[str, int]:
    """How many there are in each state; of one association if it is named."""
    statement = select(Nomination.state, func.count()).where(Nomination.call_id == call.id)
    if association_id is not None:
        statement = statement.where(Nomination.association_id == association_id)
    return dict(db.session.execute(statement.group_by(Nomination.state)).all())


def seen(account: Account) -> ColumnElement[bool]:
    """The calls that the account's offices reach."""
    shown = visible(select(CommendationCall.id), account, READ, CommendationCall)
    return CommendationCall.id.in_(shown)


def _above(association: Association) -> list[int]:
    return [one for one in association.path_ids if one != association.id]
