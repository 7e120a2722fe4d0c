"""What may happen at the door: checked in, checked out, taken back, entered later, the list closed, what is odd
looked at. Each is one conditional statement, so that twice, or two at once, come to the same as once. Never commits.

Minutes come of a check-in and a check-out alone; they are recorded with whoever made the check-out (of one's own
scan, with whoever noted the check-in), and somebody else approves them. A forgotten check-out is looked at by an
officer and is no credit before.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.attendance import rules
from portal.attendance.rules import Review
from portal.core import audit
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import local
from portal.core.i18n import _
from portal.hours import queries as entries
from portal.hours import services as hours
from portal.hours.models import HoursEntry, MinutesOrigin, VoidReason
from portal.hours.services import Served
from portal.people.models import Person
from portal.plans import services as plans
from portal.plans.models import ActivitySession
from portal.signups import services as signups
from portal.signups.models import Origin, SignUp, SignUpState

RIGHT = "activities.write"
REASON = 200
HERE = (SignUpState.ARRIVED, SignUpState.COMPLETED)
WAITING = (SignUpState.WAITLISTED, SignUpState.OFFERED)
NOT_OUT = {"out_at": None, "out_origin": None, "out_by_id": None, "review": ""}
NOT_IN = {"in_at": None, "in_origin": None, "in_by_id": None, **NOT_OUT}


def check_in(sign_up: SignUp, moment: datetime, origin: str, actor: Account) -> bool:
    """Somebody is here; whether that is news: a second check-in keeps the first time.

    Whoever waits for a place gets one if one is free. `sign_up` is loaded as signups.queries does. Raises RuleError.
    """
    if sign_up.state in HERE:
        return False
    rules.check_stands(sign_up.session)
    rules.check_in_time(sign_up.session, moment)
    if sign_up.state in WAITING:
        signups.give_place(actor, sign_up, is_here=True)
    values = {**NOT_OUT, "in_at": moment, "in_origin": str(origin), "in_by_id": actor.person_id}
    if not _move(sign_up, SignUpState.ARRIVED, HERE, **values):
        return False
    audit.record(actor, "attendance.check_in", sign_up, {"at": moment.isoformat(), "origin": str(origin)})
    return True


def check_out(sign_up: SignUp, moment: datetime, origin: str, actor: Account) -> bool:
    """Somebody leaves, and the minutes are recorded; whether that is news: a second check-out keeps the first."""
    if sign_up.state == SignUpState.COMPLETED:
        return False
    if sign_up.state != SignUpState.ARRIVED or sign_up.in_at is None:
        raise RuleError("", _("Nobody checks out who has not checked in."))
    rules.check_stands(sign_up.session)
    rules.check_out_time(sign_up.session, sign_up.in_at, moment)
    minutes = rules.minutes_between(sign_up.session, sign_up.in_at, moment)
    review = Review.TOO_SHORT.value if minutes < rules.SHORT and sign_up.person_id is not None else ""
    values = {"out_at": moment, "out_origin": str(origin), "out_by_id": actor.person_id, "review": review}
    if not _move(sign_up, SignUpState.COMPLETED, (SignUpState.COMPLETED,), **values):
        return False
    audit.record(actor, "attendance.check_out", sign_up, {"at": moment.isoformat(), "origin": str(origin)})
    _credit(actor, sign_up)
    return True


def take_back(sign_up: SignUp, state: str, actor: Account) -> bool:
    """It was a mistake: a check-out goes back to `arrived`, a check-in or an absence to `confirmed`. Whether anything
    changed: there already, or before it, nothing does. Minutes that are approved are corrected, not taken back.
    """
    done = (SignUpState.CONFIRMED, state)
    if sign_up.state in done:
        return False
    if state == SignUpState.ARRIVED and sign_up.state != SignUpState.COMPLETED:
        raise RuleError("", _("There is no check-out to take back."))
    entry = _entry(sign_up) if state == SignUpState.ARRIVED else None
    if entry is not None and entry.approved is not None:
        raise RuleError("", _("The time is approved already: correct it among the hours."))
    if not _move(sign_up, state, done, **(NOT_OUT if state == SignUpState.ARRIVED else NOT_IN)):
        return False
    audit.record(actor, "attendance.take_back", sign_up, {"state": state})
    if entry is not None:
        hours.void(actor, entry, VoidReason.TAKEN_BACK)
    return True


def enter(sign_up: SignUp, came: datetime, left: datetime | None, actor: Account) -> bool:
    """What the paper list says, to the minute; it may put right what stands. The same again changes nothing, and
    nothing is taken away where the paper says nothing. Whether anything changed.
    """
    rules.check_stands(sign_up.session)
    came = _kept(sign_up.in_at, came)
    left = _kept(sign_up.out_at, left) if left is not None else sign_up.out_at
    if sign_up.state in HERE and (came, left) == (sign_up.in_at, sign_up.out_at):
        return False
    rules.check_in_time(sign_up.session, came)
    if left is not None:
        rules.check_out_time(sign_up.session, came, left)
    if sign_up.state in WAITING:
        signups.give_place(actor, sign_up, is_here=True)
    before = [sign_up.in_at and sign_up.in_at.isoformat(), sign_up.out_at and sign_up.out_at.isoformat()]
    if not _write(sign_up, came, left, Origin.PAPER, actor):
        raise RuleError("", _("Somebody changed this in the same moment. Look at it again."))
    after = [came.isoformat(), left and left.isoformat()]
    audit.record(actor, "attendance.enter", sign_up, {"before": before, "after": after})
    _credit(actor, sign_up, _("From the paper list"))
    return True


def close_list(session: ActivitySession, actor: Account) -> tuple[int, int]:
    """Once it is over: whoever has time by it (the log book says so) came, whoever else was expected is absent,
    whoever did not check out is to be looked at. How many of the last two; closed again, none.
    """
    rules.check_stands(session)
    if session.ends_at > now():
        raise RuleError("", _("The list is closed once the session is over."))
    _mark_served(session, actor)
    absent = _mark(session, SignUpState.CONFIRMED, {"state": SignUpState.NO_SHOW.value})
    open_ended = _mark(session, SignUpState.ARRIVED, {"review": Review.NO_CHECK_OUT.value})
    for one in absent:
        audit.record(actor, "attendance.no_show", one)
    if absent or open_ended:
        told = {"no_show": len(absent), "no_check_out": len(open_ended)}
        audit.record(actor, "attendance.close", session, told)
    return len(absent), len(open_ended)


def _mark_served(session: ActivitySession, actor: Account) -> None:
    """Whom the log book names came, though nobody checked them in: as long as it says."""
    given = {entry.person_id: entry for entry in entries.list_live(session.id, None)}
    expected = (SignUp.session_id == session.id, SignUp.state == SignUpState.CONFIRMED, SignUp.person_id.in_(given))
    for one in db.session.scalars(select(SignUp).where(*expected).order_by(SignUp.id)).all():
        revision = given[one.person_id].waiting or given[one.person_id].approved if one.person_id else None
        if revision is not None and revision.minutes:
            left = min(session.starts_at + timedelta(minutes=revision.minutes), session.ends_at)
            _write(one, session.starts_at, left, Origin.LEADER, actor)
            audit.record(actor, "attendance.served", one, {"minutes": revision.minutes})


@plans.moved.connect
def _follow_move(session: ActivitySession, **_details: object) -> None:
    """Whoever had checked in before it was put off to another day comes again."""
    early = (SignUp.session_id == session.id, SignUp.state == SignUpState.ARRIVED)
    came = select(SignUp).where(*early, SignUp.in_at < rules.opens_at(session)).options(joinedload(SignUp.need))
    for one in db.session.scalars(came.order_by(SignUp.id)).all():
        signups.move(one, SignUpState.CONFIRMED, **NOT_IN)
        audit.record(None, "attendance.take_back", one, {"state": str(SignUpState.CONFIRMED)})


def settle(sign_up: SignUp, minutes: int, reason: str, actor: Account) -> bool:
    """An officer has looked: so many minutes, or none, for a reason. Minutes wait for somebody else's approval like
    all others, and never exceed what is left of the session after the check-in. Looked at already, nothing happens.
    """
    if rules.review_of(sign_up) is None or sign_up.in_at is None:
        return False
    if not reason.strip() or len(reason.strip()) > REASON:
        raise RuleError("reason", _("Say why, in at most %(count)s characters.", count=REASON))
    most = rules.minutes_between(sign_up.session, sign_up.in_at, sign_up.session.ends_at)
    if not 0 <= minutes <= most:
        raise RuleError("minutes", _("From 1 to %(most)s minutes: that is from the check-in to the end.", most=most))
    start = max(sign_up.in_at, sign_up.session.starts_at) if minutes else sign_up.in_at
    if not _write(sign_up, sign_up.in_at, start + timedelta(minutes=minutes), Origin.LEADER, actor, review=""):
        raise RuleError("", _("Somebody changed this in the same moment. Look at it again."))
    audit.record(actor, "attendance.settle", sign_up, {"minutes": minutes, "reason": reason.strip()})
    _credit(actor, sign_up, reason.strip())
    return True


def _kept(known: datetime | None, typed: datetime) -> datetime:
    """What stands, to the second, when the paper says the same to the minute."""
    is_same = known is not None and known.replace(second=0, microsecond=0) == typed.replace(second=0, microsecond=0)
    return known if is_same and known is not None else typed


def _move(sign_up: SignUp, state: str, done: tuple[str, ...], **values: Any) -> bool:
    """Whether it moved; not when somebody else was first to bring it there."""
    try:
        signups.move(sign_up, state, **values)
    except RuleError:
        if sign_up.state in done:
            return False
        raise
    return True


def _write(
    sign_up: SignUp, came: datetime, left: datetime | None, origin: Origin, actor: Account, **values: Any
) -> bool:
    """Both times in one statement, unless what was read has changed meanwhile."""
    by = {"origin": origin.value, "by_id": actor.person_id}
    values = {"state": SignUpState.COMPLETED.value if left else SignUpState.ARRIVED.value, "review": "", **values}
    if came != sign_up.in_at:
        values |= {"in_at": came} | {f"in_{name}": value for name, value in by.items()}
    if left != sign_up.out_at:
        values |= {"out_at": left} | {f"out_{name}": value for name, value in by.items()}
    as_read = [
        getattr(SignUp, name).is_not_distinct_from(getattr(sign_up, name)) for name in ("state", "in_at", "out_at")
    ]
    statement = update(SignUp).where(SignUp.id == sign_up.id, *as_read).values(**values).returning(SignUp.id)
    written = db.session.scalar(statement.execution_options(synchronize_session=False)) is not None
    db.session.refresh(sign_up, list(values))
    return written


def _mark(session: ActivitySession, state: SignUpState, values: dict[str, str]) -> list[SignUp]:
    """Everybody of the session who is in a state, marked by one statement; those whom it changed."""
    name, value = next(iter(values.items()))
    asked = (SignUp.session_id == session.id, SignUp.state == state, getattr(SignUp, name) != value)
    statement = update(SignUp).where(*asked).values(**values).returning(SignUp.id)
    ids = db.session.scalars(statement.execution_options(synchronize_session=False)).all()
    rows = select(SignUp).where(SignUp.id.in_(ids)).order_by(SignUp.id).execution_options(populate_existing=True)
    return list(db.session.scalars(rows)) if ids else []


def _entry(sign_up: SignUp) -> HoursEntry | None:
    """The time that the person has by this session."""
    if sign_up.person_id is None:
        return None
    return next(iter(entries.list_live(sign_up.session_id, None, [sign_up.person_id])), None)


def _credit(actor: Account, sign_up: SignUp, reason: str = "") -> None:
    """Record the minutes of somebody in the register, once nothing of them is odd; guests are only counted."""
    minutes = rules.minutes_of(sign_up)
    if sign_up.person is None or sign_up.review or minutes is None:
        return
    if not minutes and _entry(sign_up) is None:
        return
    is_own = sign_up.in_origin == sign_up.out_origin == Origin.SCANNED and actor.person_id == sign_up.person_id
    origin = MinutesOrigin.SCANNED if is_own else MinutesOrigin.ENTERED
    waits = hours.record(actor, _served(sign_up, minutes), origin=origin, reason=reason).waiting
    if waits is not None and waits.recorded_by_id == sign_up.person_id and sign_up.in_by_id is not None:
        waits.recorded_by_id = sign_up.in_by_id  # half of the number is theirs: they do not approve it


def _in_charge(session: ActivitySession) -> str:
    """Who is in charge of the activity by the plan; where nobody is, whom the recruitment notice names."""
    person_id = session.activity.in_charge_id
    person = db.session.get(Person, person_id) if person_id is not None else None
    return person.name if person else session.contact_name


def _served(sign_up: SignUp, minutes: int) -> Served:
    session = sign_up.session
    assert sign_up.person is not None
    assert sign_up.in_at is not None
    assert sign_up.out_at is not None
    start, end = rules.part_of(session, sign_up.in_at, sign_up.out_at)
    return Served(
        person=sign_up.person,
        association_id=session.association_id,
        group_id=session.group_id,
        session_id=session.id,
        held_on=local(session.starts_at, session.association.time_zone).date(),
        title=session.activity.title,
        place=session.place,
        content=session.content or session.activity.content,
        in_charge=_in_charge(session),
        category=rules.category_of(sign_up),
        minutes=minutes,
        starts_at=start,
        ends_at=end,
    )
