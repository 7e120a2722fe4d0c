"""What the log book has to do with time served: minutes in an entry are recorded and wait for approval, whoever is
taken out served none, and an activity of the plan counts as logged once all of it stands in the book.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import exists, func, select

from portal.accounts.models import Account
from portal.activities import queries
from portal.activities.models import ActivityLog
from portal.core.calendar import now
from portal.core.database import db
from portal.hours import queries as entries
from portal.hours import services as hours
from portal.hours.models import Category, HoursEntry, MinutesOrigin, VoidReason
from portal.hours.services import Served
from portal.people.models import Person
from portal.plans import services as plans
from portal.plans.kinds import ActivityKind
from portal.plans.models import Activity, ActivitySession
from portal.signups.models import SignUp

Credit = tuple[str, int]


def credits_of(log: ActivityLog) -> dict[int, Credit]:
    """Category and minutes of everybody who is given time by the entry: volunteers what they served; in a training
    the others as long as it lasted, as study.
    """
    found: dict[int, Credit] = {}
    for row in log.participants:
        if row.is_volunteer:
            found[row.person.id] = (Category.SERVICE, row.minutes)
        elif log.kind == ActivityKind.TRAINING:
            found[row.person.id] = (Category.STUDY, log.minutes)
    return {person_id: credit for person_id, credit in found.items() if credit[1]}


def follow(actor: Account, log: ActivityLog, earlier: Mapping[int, Credit], reason: str = "") -> None:
    """Record what changed since `earlier`: other minutes wait for approval, who was taken out counts no longer.

    Minutes that were corrected elsewhere stay as they are, as long as nobody changes them in the log book; so does
    what a check-in has shown of who came to learn.
    """
    if log.removed_at is not None:
        return
    given = credits_of(log)
    people = {row.person.id: row.person for row in log.participants}
    known = {entry.person_id: entry for entry in entries.list_live(log.session_id, _key(log))}
    learnt = {key for key in _checked_in(log) & known.keys() if known[key].category == Category.STUDY}
    span, leader = _session_of(log), _in_charge(log)
    fresh = {key: (span, leader) for key in given if key not in known}
    served = {key: _served(log, people[key], credit, *fresh.get(key, (None, ""))) for key, credit in given.items()}
    same = {key for key in given if earlier.get(key) == given[key]}
    same |= {key for key in learnt & given.keys() if given[key][0] == Category.STUDY}
    changed = [one for key, one in served.items() if key not in same]
    hours.record_all(actor, changed, origin=MinutesOrigin.ENTERED, reason=reason)
    hours.restate_all(actor, [one for key, one in served.items() if key in same])
    gone = [key for key in earlier if key not in given]
    for entry in entries.list_live(log.session_id, _key(log), gone):
        hours.void(actor, entry, reason or VoidReason.NOT_THERE)
    mark(log)


def strike(actor: Account, log: ActivityLog) -> None:
    """Whose time stands by this entry alone has served none; a check-in is a record of its own and stays."""
    checked = _checked_in(log)
    for entry in entries.list_live(log.session_id, _key(log)):
        if entry.person_id not in checked:
            hours.void(actor, entry, VoidReason.STRUCK_OUT)
    mark(log)


def restore(actor: Account, log: ActivityLog) -> None:
    """What was struck out with the entry counts as before."""
    for entry in entries.list_void(log.session_id, _key(log), VoidReason.STRUCK_OUT):
        hours.revive(actor, entry)
    mark(log)


def mark(log: ActivityLog) -> None:
    """The activity of the plan is logged once each session that was not cancelled (without any: the activity) has a
    complete entry in the book; and no longer, when one is struck out.
    """
    if log.activity_id is not None:
        _mark(log.activity_id)


@plans.cancelled.connect
def _follow_cancelled(session: ActivitySession, **_details: object) -> None:
    """Whether all of the activity that is left stands in the book."""
    _mark(session.activity_id)


def _mark(activity_id: int) -> None:
    db.session.flush()
    activity = db.session.get(Activity, activity_id)
    if activity is not None and (activity.logged_at is not None) != (is_logged := _is_logged(activity.id)):
        plans.mark_logged(activity, now() if is_logged else None)


def _is_logged(activity_id: int) -> bool:
    complete = (queries.STANDS, ActivityLog.is_complete)
    standing = (ActivitySession.activity_id == activity_id, ActivitySession.cancelled_at.is_(None))
    entry = exists().where(ActivityLog.session_id == ActivitySession.id, *complete)
    count = select(func.count()).select_from(ActivitySession).where(*standing)
    if db.session.scalar(count):
        return not db.session.scalar(count.where(~entry))
    return bool(db.session.scalar(select(exists().where(ActivityLog.activity_id == activity_id, *complete))))


def _served(log: ActivityLog, person: Person, credit: Credit, span: ActivitySession | None, leader: str) -> Served:
    """One person's part. `span` says when, where no check-in has said it to the minute; order 67 asks who led it."""
    return Served(
        person=person,
        association_id=log.association_id,
        group_id=log.group.id if log.group else None,
        session_id=log.session_id,
        log_id=_key(log),
        held_on=log.held_on,
        title=log.title,
        place=log.place,
        content=log.summary,
        category=credit[0],
        minutes=credit[1],
        starts_at=span.starts_at if span else None,
        ends_at=span.ends_at if span else None,
        in_charge=leader,
    )


def _in_charge(log: ActivityLog) -> str:
    """Who is in charge by the plan, else whom the session names; of what nobody planned, who wrote it down."""
    activity = db.session.get(Activity, log.activity_id) if log.activity_id is not None else None
    session = _session_of(log)
    if session is not None and session.contact_name and not (activity and activity.in_charge_id):
        return session.contact_name
    person_id = (activity.in_charge_id if activity else None) or log.recorded_by
    person = db.session.get(Person, person_id) if person_id is not None else None
    return person.name if person else ""


def _session_of(log: ActivityLog) -> ActivitySession | None:
    return db.session.get(ActivitySession, log.session_id) if log.session_id is not None else None


def _key(log: ActivityLog) -> int | None:
    """What names the entries of time: the session, where there is one, else the entry of the log."""
    return None if log.session_id is not None else log.id


def _checked_in(log: ActivityLog) -> set[int]:
    """Whose time a check-in has shown."""
    if log.session_id is None:
        return set()
    came = select(SignUp.person_id).where(SignUp.session_id == log.session_id, SignUp.in_at.is_not(None))
    return {key for key in db.session.scalars(came) if key is not None}


def standing_entry(session_id: int) -> ActivityLog | None:
    """The entry of a session that stands in the book."""
    return db.session.scalar(select(ActivityLog).where(ActivityLog.session_id == session_id, queries.STANDS))


def list_hours(log: ActivityLog) -> dict[int, HoursEntry]:
    """The time that the entry's people have by it, by person."""
    return {entry.person_id: entry for entry in entries.list_live(log.session_id, _key(log))}
