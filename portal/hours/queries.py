"""Reading time served: what counts of a person, what waits, one entry with how it came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, extract, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.accounts.models import Account
from portal.associations import ties
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.database import db
from portal.core.i18n import ngettext
from portal.hours.models import Category, HoursEntry, HoursRevision, MinutesOrigin, RevisionState
from portal.offices.access import visible
from portal.signups.models import SignUp

STANDS = HoursEntry.voided_at.is_(None)
APPROVED = HoursRevision.state == RevisionState.APPROVED
WAITING = HoursRevision.state == RevisionState.PENDING
NEWEST = (HoursEntry.held_on.desc(), HoursEntry.id.desc())


@dataclass(frozen=True)
class Totals:
    """Minutes of a person: approved, and waiting beside them (of a correction, what it would change to)."""

    service: int = 0
    study: int = 0
    service_waiting: int = 0
    study_waiting: int = 0


def approved_minutes(
    person_id: int, category: str = Category.SERVICE, start: date | None = None, end: date | None = None
) -> int:
    """The minutes that count: those of the approved revisions of a person's standing entries."""
    asked = [HoursEntry.person_id == person_id, HoursEntry.category == category, *_between(start, end)]
    return int(db.session.scalar(_sum().where(*asked)) or 0)


def minutes_of_people(
    person_ids: Sequence[int], category: str = Category.SERVICE, start: date | None = None, end: date | None = None
) -> dict[int, int]:
    """The same for many people at once, by their ids; who has none is not in it."""
    if not person_ids:
        return {}
    asked = [HoursEntry.person_id.in_(person_ids), HoursEntry.category == category, *_between(start, end)]
    statement = _sum().add_columns(HoursEntry.person_id).where(*asked).group_by(HoursEntry.person_id)
    return {person_id: int(minutes) for minutes, person_id in db.session.execute(statement)}


def list_of_person(
    person_id: int, *, category: str = "", start: date | None = None, end: date | None = None
) -> Sequence[HoursEntry]:
    """A person's standing entries with revisions, organising unit and group, newest first; `entry.minutes` count."""
    asked = [HoursEntry.person_id == person_id, STANDS, *_between(start, end)]
    if category:
        asked.append(HoursEntry.category == category)
    statement = select(HoursEntry).where(*asked).order_by(*NEWEST)
    loaded = (
        selectinload(HoursEntry.revisions),
        joinedload(HoursEntry.association, innerjoin=True),
        joinedload(HoursEntry.group),
    )
    return db.session.scalars(statement.options(*loaded)).all()


def list_struck_out(person_id: int, category: str) -> Sequence[HoursEntry]:
    """What counted once for a person and counts no longer, in all years, newest first; what another entry took the
    place of is not among it.
    """
    other = aliased(HoursEntry)
    of_one = or_(other.session_id == HoursEntry.session_id, other.log_id == HoursEntry.log_id)
    instead = exists().where(other.person_id == HoursEntry.person_id, other.voided_at.is_(None), of_one)
    asked = (HoursEntry.person_id == person_id, HoursEntry.category == category)
    counted = HoursEntry.revisions.any(APPROVED)
    statement = select(HoursEntry).where(*asked, HoursEntry.voided_at.is_not(None), counted, ~instead)
    return db.session.scalars(statement.options(joinedload(HoursEntry.association)).order_by(*NEWEST)).all()


def years_of(person_id: int, category: str) -> dict[int, int]:
    """The years in which a person has standing entries, the latest first, with the minutes that count in each."""
    year = extract("year", HoursEntry.held_on)
    counts = case((APPROVED, HoursRevision.minutes), else_=0)
    statement = (
        select(year, func.sum(counts))
        .join(HoursRevision, HoursRevision.entry_id == HoursEntry.id)
        .where(HoursEntry.person_id == person_id, HoursEntry.category == category, STANDS)
        .group_by(year)
        .order_by(year.desc())
    )
    return {int(each): int(minutes) for each, minutes in db.session.execute(statement)}


def totals_of(person_id: int) -> Totals:
    """What counts and what waits, service and study, in one query."""
    statement = (
        select(HoursEntry.category, HoursRevision.state, func.sum(HoursRevision.minutes))
        .join(HoursRevision, HoursRevision.entry_id == HoursEntry.id)
        .where(HoursEntry.person_id == person_id, STANDS, APPROVED | WAITING)
        .group_by(HoursEntry.category, HoursRevision.state)
    )
    names = {RevisionState.APPROVED: "", RevisionState.PENDING: "_waiting"}
    rows = db.session.execute(statement)
    return Totals(**{f"{kind}{names[RevisionState(state)]}": int(minutes) for kind, state, minutes in rows})


def find_live(person_id: int, session_id: int | None, log_id: int | None) -> HoursEntry | None:
    """The standing entry of a person for a session or an entry of the log."""
    asked = (HoursEntry.person_id == person_id, source(session_id, log_id), STANDS)
    return db.session.scalar(select(HoursEntry).where(*asked))


def get_entry(account: Account, right: str, association: Association, public_id: str) -> HoursEntry | None:
    """One entry of the association with all that its page tells, if the account may see it by the right."""
    here = (HoursEntry.public_id == public_id, HoursEntry.association_id == association.id)
    found: HoursEntry | None = db.session.scalar(visible(_told().where(*here), account, right, HoursEntry))
    return found


@ties.stays_open
def _tell_open(association: Association) -> str:
    """Nobody approves in an archived association: what waits would never count."""
    waits = HoursRevision.entry.has(STANDS)
    count = ties.count_at(association, HoursRevision, WAITING, waits)
    return (
        ngettext("hours of %(num)d activity to approve", "hours of %(num)d activities to approve", count)
        if count
        else ""
    )


def came_by(revisions: Sequence[HoursRevision]) -> dict[int, int]:
    """Of entries whose minutes an officer entered: who noted at the session that the person came."""
    entered = [one.entry_id for one in revisions if one.origin == MinutesOrigin.ENTERED]
    theirs = (SignUp.session_id == HoursEntry.session_id, SignUp.person_id == HoursEntry.person_id)
    columns: list[Any] = [HoursEntry.id, SignUp.in_by_id]
    statement: Select[Any] = select(*columns).join(SignUp, and_(*theirs, SignUp.in_by_id.is_not(None)))
    statement = statement.where(HoursEntry.id.in_(entered), SignUp.in_by_id != HoursEntry.person_id)
    return {row[0]: row[1] for row in db.session.execute(statement)} if entered else {}


def get_own(person_id: int, public_id: str) -> HoursEntry | None:
    """An entry of one's own, void ones too."""
    asked = (HoursEntry.public_id == public_id, HoursEntry.person_id == person_id)
    found: HoursEntry | None = db.session.scalar(_told().where(*asked))
    return found


def _told() -> Select[Any]:
    revisions = selectinload(HoursEntry.revisions)
    return select(HoursEntry).options(
        joinedload(HoursEntry.person),
        joinedload(HoursEntry.association),
        joinedload(HoursEntry.group),
        revisions.joinedload(HoursRevision.recorder),
        revisions.joinedload(HoursRevision.decider),
    )


def latest_of(person_id: int, association: Association) -> Select[Any]:
    """A person's entries at one association, the latest first."""
    asked = (HoursEntry.person_id == person_id, HoursEntry.association_id == association.id, STANDS)
    return select(HoursEntry).where(*asked).options(selectinload(HoursEntry.revisions)).order_by(*NEWEST)


def take(statement: Select[Any], count: int) -> Sequence[HoursEntry]:
    return db.session.scalars(statement.limit(count)).all()


def list_live(
    session_id: int | None, log_id: int | None, person_ids: Sequence[int] | None = None
) -> Sequence[HoursEntry]:
    """The standing entries of a session, or of an entry of the log without one, with their revisions."""
    asked = [source(session_id, log_id), STANDS]
    if person_ids is not None:
        if not person_ids:
            return []
        asked.append(HoursEntry.person_id.in_(person_ids))
    statement = select(HoursEntry).where(*asked).order_by(HoursEntry.id)
    return db.session.scalars(statement.options(joinedload(HoursEntry.revisions))).unique().all()


def list_void(session_id: int | None, log_id: int | None, reason: str) -> Sequence[HoursEntry]:
    """Those of the same that were struck out for one reason, the latest first."""
    asked = (source(session_id, log_id), HoursEntry.void_reason == reason)
    return db.session.scalars(select(HoursEntry).where(*asked).order_by(HoursEntry.id.desc())).all()


def summing_below(path: str, year: int) -> Select[Any]:
    """The approved minutes of service of a branch of the tree in a year, to be asked with other counts."""
    asked = (in_subtree(path), HoursEntry.category == Category.SERVICE)
    statement = _sum().join(Association, Association.id == HoursEntry.association_id)
    return statement.where(*asked, *_between(date(year, 1, 1), date(year, 12, 31)))


def source(session_id: int | None, log_id: int | None) -> ColumnElement[bool]:
    """The entries of a session, or of an entry of the log that has none."""
    return HoursEntry.session_id == session_id if session_id is not None else HoursEntry.log_id == log_id


def _sum() -> Select[Any]:
    statement = select(func.coalesce(func.sum(HoursRevision.minutes), 0)).select_from(HoursEntry)
    return statement.join(HoursRevision, HoursRevision.entry_id == HoursEntry.id).where(STANDS, APPROVED)


def _between(start: date | None, end: date | None) -> list[ColumnElement[bool]]:
    asked = []
    if start is not None:
        asked.append(HoursEntry.held_on >= start)
    if end is not None:
        asked.append(HoursEntry.held_on <= end)
    return asked
