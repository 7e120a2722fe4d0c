"""Reading sign-ups: of a session, of a person, who waits, what clashes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.calendar import now
from portal.core.database import db
from portal.core.formats import local
from portal.lending.queries import lent_people
from portal.people.models import Person
from portal.people.queries import MASKED
from portal.plans.models import ActivitySession, SessionNeed
from portal.signups.models import LIVE, MOVES, SignUp, SignUpState
from portal.volunteers.models import Volunteer, VolunteerAbility

# What a page needs to say about a sign-up's session and place.
OF_SESSION = (
    joinedload(SignUp.session).joinedload(ActivitySession.activity),
    joinedload(SignUp.session).joinedload(ActivitySession.association),
    joinedload(SignUp.need).joinedload(SessionNeed.skill),
)
FIRST_COME = (SignUp.signed_up_at, SignUp.id)


# Volunteers


def list_rosters(person_id: int) -> Sequence[Association]:
    """The associations on whose rosters the person stands."""
    statement = select(Association).join(Volunteer, Volunteer.association_id == Association.id)
    return db.session.scalars(statement.where(Volunteer.person_id == person_id, _serves())).all()


def list_skill_ids(person_id: int) -> Sequence[int]:
    """The skills that the person has, on whatever roster."""
    statement = select(VolunteerAbility.skill_id).join(VolunteerAbility.volunteer)
    return db.session.scalars(statement.where(Volunteer.person_id == person_id, _serves())).all()


def _serves() -> ColumnElement[bool]:
    return Volunteer.ended_on.is_(None)


# Sign-ups


def get_live(session_id: int, person_id: int) -> SignUp | None:
    """The person's sign-up for the session that stands; there is at most one."""
    statement = select(SignUp).where(
        SignUp.session_id == session_id, SignUp.person_id == person_id, SignUp.state.in_(LIVE)
    )
    return db.session.scalar(statement.options(*OF_SESSION, joinedload(SignUp.person)))


def get_own(person_id: int, public_id: str) -> SignUp | None:
    """One's own sign-up."""
    statement = select(SignUp).where(SignUp.public_id == public_id, SignUp.person_id == person_id)
    return db.session.scalar(statement.options(*OF_SESSION, joinedload(SignUp.person)))


def get_of_session(session: ActivitySession, public_id: str) -> SignUp | None:
    """A sign-up for this session."""
    statement = select(SignUp).where(SignUp.public_id == public_id, SignUp.session_id == session.id)
    return db.session.scalar(statement.options(*OF_SESSION, joinedload(SignUp.person)))


def get_guest(session_id: int, name: str) -> SignUp | None:
    """A guest of that name who has a place in the session."""
    asked = (SignUp.session_id == session_id, SignUp.guest_name == name, SignUp.state.in_(LIVE))
    return db.session.scalar(select(SignUp).where(*asked).options(*OF_SESSION))


def of_session(session: ActivitySession) -> Select[Any]:
    """Everybody who ever signed up for the session, in the order in which they did; numbers are not read."""
    return (
        select(SignUp)
        .outerjoin(SignUp.person)
        .where(SignUp.session_id == session.id)
        .options(
            contains_eager(SignUp.person).options(*MASKED), joinedload(SignUp.need).joinedload(SessionNeed.skill)
        )
        .order_by(*FIRST_COME)
    )


def list_of_session(session: ActivitySession) -> Sequence[SignUp]:
    """Everybody who ever signed up for the session, in the order in which they did."""
    return db.session.scalars(of_session(session)).all()


def get_to_tell(public_id: str) -> SignUp | None:
    """With all that a mail says of it."""
    statement = select(SignUp).where(SignUp.public_id == public_id)
    return db.session.scalar(statement.options(*OF_SESSION, joinedload(SignUp.person)))


def live_of_person(person_id: int) -> Sequence[SignUp]:
    """What the person has signed up for and not left, the soonest first."""
    statement = (
        select(SignUp)
        .join(SignUp.session)
        .where(SignUp.person_id == person_id, SignUp.state.in_(LIVE))
        .options(*OF_SESSION)
        .order_by(ActivitySession.starts_at, SignUp.id)
    )
    return db.session.scalars(statement).all()


def list_to_come(person_id: int) -> Sequence[SignUp]:
    """What the person has signed up for, that has not begun, and that they can still leave: whoever has checked in
    early stays.
    """
    moment = now()
    coming = (one for one in live_of_person(person_id) if one.session.starts_at > moment)
    return [one for one in coming if SignUpState.WITHDRAWN in MOVES[one.state]]


def list_clashing(session: ActivitySession, person_id: int) -> Sequence[SignUp]:
    """The person's other sign-ups that stand in the time of the session."""
    return db.session.scalars(clashing(session).where(SignUp.person_id == person_id)).all()


def clashing(session: ActivitySession) -> Select[Any]:
    """Sign-ups for other sessions that stand in the time of the session; half open, a cancelled one is none."""
    return (
        select(SignUp)
        .join(SignUp.session)
        .where(
            SignUp.state.in_(LIVE),
            SignUp.state != SignUpState.NO_SHOW,
            SignUp.session_id != session.id,
            ActivitySession.cancelled_at.is_(None),
            ActivitySession.starts_at < session.ends_at,
            ActivitySession.ends_at > session.starts_at,
        )
        .options(*OF_SESSION)
        .order_by(ActivitySession.starts_at, SignUp.id)
    )


# The waiting list and offers


def list_waiting(session: ActivitySession, need: SessionNeed, count: int) -> Sequence[SignUp]:
    """The first who wait for a place of the need and can still have it."""
    statement = (
        select(SignUp)
        .join(SignUp.person)
        .where(
            SignUp.need_id == need.id,
            SignUp.state == SignUpState.WAITLISTED,
            Person.removed_at.is_(None),
            _is_one_for(session, need),
        )
        .options(*OF_SESSION, contains_eager(SignUp.person))
        .order_by(*FIRST_COME)
        .limit(count)
    )
    return db.session.scalars(statement).all()


def _is_one_for(session: ActivitySession, need: SessionNeed) -> ColumnElement[bool]:
    """Still on a roster that counts for the session, or lent there on its day, and with the skill of the need."""
    home = session.association
    path = home.path if session.own_only else f"{home.path_ids[0]}/"
    there = select(Association.id).where(in_subtree(path))
    serving = select(Volunteer.id).where(
        Volunteer.person_id == SignUp.person_id, _serves(), Volunteer.association_id.in_(there)
    )
    comes: ColumnElement[bool] = serving.exists()
    if session.own_only:
        day = local(session.starts_at, home.time_zone).date()
        comes = or_(comes, SignUp.person_id.in_(lent_people(home.id, day)))
    if need.skill_id is None:
        return comes
    able = (
        select(VolunteerAbility.id)
        .join(VolunteerAbility.volunteer)
        .where(Volunteer.person_id == SignUp.person_id, _serves(), VolunteerAbility.skill_id == need.skill_id)
    )
    return comes & able.exists()


def list_run_out(moment: datetime, need_id: int | None = None) -> Sequence[SignUp]:
    """Offers whose time has passed, need by need."""
    statement = select(SignUp).where(SignUp.state == SignUpState.OFFERED, SignUp.offered_until <= moment)
    if need_id is not None:
        statement = statement.where(SignUp.need_id == need_id)
    return db.session.scalars(statement.options(*OF_SESSION).order_by(SignUp.need_id, SignUp.id)).all()


def has_live(session_id: int) -> bool:
    statement = select(SignUp.id).where(SignUp.session_id == session_id, SignUp.state.in_(LIVE)).limit(1)
    return db.session.scalar(statement) is not None


def count_before(sign_up: SignUp) -> int:
    """How many wait for the same place and came before."""
    earlier = or_(
        SignUp.signed_up_at < sign_up.signed_up_at,
        and_(SignUp.signed_up_at == sign_up.signed_up_at, SignUp.id < sign_up.id),
    )
    asked = (SignUp.need_id == sign_up.need_id, SignUp.state == SignUpState.WAITLISTED, earlier)
    return db.session.scalar(select(func.count()).where(*asked)) or 0
