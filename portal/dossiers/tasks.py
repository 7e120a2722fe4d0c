"""What a volunteer has in hand at an association: groups led, activities in charge of, places to come, cash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import now, today
from portal.core.database import db
from portal.handovers.queries import held_fen
from portal.offices.access import can, in_force_or_coming, visible
from portal.offices.models import Appointment
from portal.offices.rights import Position
from portal.people.queries import MASKED
from portal.plans.models import Activity, ActivitySession
from portal.signups.models import SignUp, SignUpState
from portal.signups.queries import OF_SESSION
from portal.volunteers.models import Volunteer
from portal.volunteers.queries import SHOWN, roster

RIGHT = "volunteers.write"
ACTIVITIES = "activities.write"
MOST = 500  # of whom the list of those who can take over names


@dataclass(frozen=True)
class Led:
    """A group that the volunteer leads, and who else leads it, today or from a day on."""

    held: Appointment
    others: Sequence[Appointment]


@dataclass(frozen=True)
class Tasks:
    """All of it; `cash_fen` are dues collected and not handed over, None where the reader does not see dues."""

    led: Sequence[Led]
    activities: Sequence[Activity]
    places: Sequence[SignUp]
    cash_fen: int | None

    def __bool__(self) -> bool:
        return bool(self.led or self.activities or self.places or self.cash_fen)


def get_volunteer(account: Account, association: Association, public_id: str) -> Volunteer | None:
    """Somebody who serves, of the association or below it, whom the account may hand over for."""
    asked = (Volunteer.public_id == public_id, Volunteer.ended_on.is_(None))
    found: Volunteer | None = db.session.scalar(roster(account, association, RIGHT).where(*asked).options(*SHOWN))
    return found


def tasks_of(account: Account, volunteer: Volunteer) -> Tasks:
    """What is in hand at the association on whose roster the volunteer stands, as far as the account reaches it."""
    place = volunteer.association
    sees_dues = can(account, "dues.read", place, whole=True)
    return Tasks(
        led=_led(volunteer),
        activities=list_activities(account, volunteer),
        places=list_places(account, volunteer),
        cash_fen=held_fen(place.id, volunteer.person_id) if sees_dues else None,
    )


def list_activities(account: Account, volunteer: Volunteer) -> Sequence[Activity]:
    """Activities that the volunteer is in charge of and that are neither cancelled nor in the log book."""
    statement = select(Activity).where(
        Activity.association_id == volunteer.association_id,
        Activity.in_charge_id == volunteer.person_id,
        Activity.cancelled_at.is_(None),
        Activity.logged_at.is_(None),
    )
    statement = visible(statement, account, ACTIVITIES, Activity).options(joinedload(Activity.sessions))
    return db.session.scalars(statement.order_by(Activity.planned_on, Activity.id)).unique().all()


def list_places(account: Account, volunteer: Volunteer) -> Sequence[SignUp]:
    """Places in the association's sessions that have not begun."""
    statement = (
        select(SignUp)
        .join(SignUp.session)
        .where(
            SignUp.association_id == volunteer.association_id,
            SignUp.person_id == volunteer.person_id,
            SignUp.state == SignUpState.CONFIRMED,
            ActivitySession.starts_at > now(),
            ActivitySession.cancelled_at.is_(None),
        )
    )
    statement = visible(statement, account, ACTIVITIES, SignUp).options(*OF_SESSION, joinedload(SignUp.person))
    return db.session.scalars(statement.order_by(ActivitySession.starts_at, SignUp.id)).all()


def list_successors(account: Account, volunteer: Volunteer) -> Sequence[Volunteer]:
    """Who else serves at the association: those of the same group first, then by name."""
    statement = roster(account, volunteer.association, RIGHT).where(
        Volunteer.association_id == volunteer.association_id,
        Volunteer.person_id != volunteer.person_id,
        Volunteer.ended_on.is_(None),
    )
    by_group = Volunteer.group_id.is_distinct_from(volunteer.group_id)
    statement = statement.options(joinedload(Volunteer.person).options(*MASKED), joinedload(Volunteer.group))
    return db.session.scalars(statement.order_by(by_group, Volunteer.sort_key, Volunteer.id).limit(MOST)).all()


def _led(volunteer: Volunteer) -> list[Led]:
    day = today()
    statement = select(Appointment).where(
        Appointment.association_id == volunteer.association_id,
        Appointment.position == Position.GROUP_LEADER,
        in_force_or_coming(day),
    )
    statement = statement.options(joinedload(Appointment.person).options(*MASKED), joinedload(Appointment.group))
    held = db.session.scalars(statement.order_by(Appointment.start_on, Appointment.id)).all()
    return [
        Led(mine, [one for one in held if one.group_id == mine.group_id and one.person_id != mine.person_id])
        for mine in held
        if mine.person_id == volunteer.person_id
    ]
