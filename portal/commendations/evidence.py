"""What the record says of somebody within a call's period: computed, never typed, kept with a nomination.

Only service to the association counts: hours that were approved, years, activities led, stars, dues. Each figure of
an association's people is one question, however many they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union

from portal.activities.models import ActivityLog
from portal.associations.models import Association, Group
from portal.certificates.models import StarGrant, StarState
from portal.commendations.models import CallCategory, CommendationCall, Scope
from portal.core.database import db
from portal.core.i18n import _
from portal.dues.models import Charge
from portal.hours.models import Category, HoursEntry, HoursRevision, RevisionState
from portal.members.models import Membership
from portal.offices.access import live
from portal.offices.models import Appointment
from portal.offices.rights import Position
from portal.people.models import Person
from portal.plans.models import Activity
from portal.volunteers.models import Volunteer

COUNTED = (
    HoursRevision.state == RevisionState.APPROVED,
    HoursEntry.voided_at.is_(None),
    HoursEntry.category == Category.SERVICE,
)
STANDING = Charge.voided_at.is_(None)
SETTLED = Charge.paid_fen + Charge.waived_fen + Charge.written_off_fen
OF_PEOPLE = (Scope.INDIVIDUAL, Scope.CHAIR)


@dataclass(frozen=True)
class Facts:
    """What the record says of a person: whole years, minutes and activities within the period (those that were held
    and stand in the log book); `owed_fen` is None where nothing was due.
    """

    years: int = 0
    minutes: int = 0
    led: int = 0
    stars: int = 0
    owed_fen: int | None = None

    def kept(self) -> dict[str, Any]:
        """As it is stored with a nomination."""
        return {"of": "person", **asdict(self)}

    def unmet(self, category: CallCategory) -> list[str]:
        """What the category asks for and the record does not show, in words."""
        asked = (
            (self.years, category.least_years, _("fewer years than asked")),
            (self.minutes, category.least_minutes, _("fewer hours than asked")),
            (self.led, category.least_led, _("fewer activities led than asked")),
            (self.stars, category.least_stars, _("fewer stars than asked")),
        )
        found = [words for has, least, words in asked if least is not None and has < least]
        return found + [_("dues are owed")] * bool(category.needs_dues and self.owed_fen)


@dataclass(frozen=True)
class TeamFacts:
    """Of a group or an association: its people, what they served, its entries in the log book, its dues."""

    members: int = 0
    volunteers: int = 0
    minutes: int = 0
    logs: int = 0
    charged_fen: int = 0
    settled_fen: int = 0

    def kept(self) -> dict[str, Any]:
        return {"of": "team", **asdict(self)}

    def unmet(self, category: CallCategory) -> list[str]:
        """Minimums are about people; of a team the hours alone are asked."""
        least = category.least_minutes
        return [_("fewer hours than asked")] if least is not None and self.minutes < least else []


@dataclass(frozen=True)
class Candidate:
    """Somebody of the association whose record shows what a category asks for."""

    person: Person
    facts: Facts


def read(kept: Mapping[str, Any]) -> Facts | TeamFacts:
    """What was stored with a nomination."""
    of, values = kept.get("of"), {name: value for name, value in kept.items() if name != "of"}
    return TeamFacts(**values) if of == "team" else Facts(**values)


def facts_of(person: Person, call: CommendationCall) -> Facts:
    """What the record says of one person."""
    return _facts(select(Person.id).where(Person.id == person.id), call).get(person.id, Facts())


def team_facts(call: CommendationCall, association: Association, group: Group | None = None) -> TeamFacts:
    """What the record says of an association, or of a group of it."""

    def here(entity: Any) -> tuple[ColumnElement[bool], ...]:
        whole = (entity.association_id == association.id,)
        return whole if group is None else (*whole, entity.group_id == group.id)

    span = (HoursEntry.held_on >= call.start_on, HoursEntry.held_on <= call.end_on)
    served = select(func.coalesce(func.sum(HoursRevision.minutes), 0)).join(HoursRevision.entry)
    due = (Charge.due_on >= call.start_on, Charge.due_on <= call.end_on, STANDING)
    held = (ActivityLog.held_on >= call.start_on, ActivityLog.held_on <= call.end_on)
    questions: dict[str, Select[Any]] = {
        "members": select(func.count(Membership.id)).where(*here(Membership), _lasts(Membership, call.end_on)),
        "volunteers": select(func.count(Volunteer.id)).where(*here(Volunteer), _lasts(Volunteer, call.end_on)),
        "minutes": served.where(*here(HoursEntry), *span, *COUNTED),
        "logs": select(func.count(ActivityLog.id)).where(*here(ActivityLog), *held, ActivityLog.removed_at.is_(None)),
        "charged_fen": select(func.coalesce(func.sum(Charge.amount_fen), 0)).where(*here(Charge), *due),
        "settled_fen": select(func.coalesce(func.sum(SETTLED), 0)).where(*here(Charge), *due),
    }
    row = db.session.execute(select(*(one.scalar_subquery().label(name) for name, one in questions.items()))).one()
    return TeamFacts(**{name: int(value) for name, value in row._mapping.items()})


def candidates(category: CallCategory, call: CommendationCall, association: Association) -> list[Candidate]:
    """People of the association whose record shows all that the category asks for, most hours first.

    Collectives and associations are few: they are nominated without a search.
    """
    meeting = {one: facts for one, facts in known(category, call, association).items() if not facts.unmet(category)}
    people = db.session.scalars(select(Person).where(Person.id.in_(meeting))).all() if meeting else []
    found = [Candidate(person, meeting[person.id]) for person in people]
    return sorted(found, key=lambda one: (-one.facts.minutes, -one.facts.years, one.person.sort_key))


def known(category: CallCategory, call: CommendationCall, association: Association) -> dict[int, Facts]:
    """What the record says of everybody whom the association may put forward in the category, by their ids."""
    scope = category.kind.scope
    return _facts(eligible(scope, association, call), call) if scope in OF_PEOPLE else {}


def belongs(person: Person, association: Association, scope: str, call: CommendationCall) -> bool:
    """Whether somebody can be put forward by the association: its member, volunteer, or (as a chair) its chair."""
    found = eligible(scope, association, call).subquery()
    return bool(db.session.scalar(select(func.count()).select_from(found).where(found.c.person_id == person.id)))


def eligible(scope: str, association: Association, call: CommendationCall) -> Select[Any]:
    """Whom the association can put forward, by their ids: of individuals members and whoever is on the roster, of
    chairs whoever is in office at the period's end.
    """
    return _chairs(association, call) if scope == Scope.CHAIR else _people(association, call)


def _people(association: Association, call: CommendationCall) -> Select[Any]:
    """Members and volunteers who were there at some time of the period and are still."""
    parts = []
    for entity, began in ((Membership, Membership.joined_on), (Volunteer, Volunteer.started_on)):
        kept: Any = entity
        here = (kept.association_id == association.id, kept.ended_on.is_(None), began <= call.end_on)
        parts.append(select(kept.person_id.label("person_id")).where(*here))
    return select(union(*parts).subquery().c.person_id)


def _chairs(association: Association, call: CommendationCall) -> Select[Any]:
    here = (Appointment.association_id == association.id, Appointment.position == Position.CHAIR, live(call.end_on))
    return select(Appointment.person_id.label("person_id")).where(*here)


def _lasts(entity: Any, day: date) -> ColumnElement[bool]:
    began = entity.joined_on if entity is Membership else entity.started_on
    return and_(began <= day, or_(entity.ended_on.is_(None), entity.ended_on >= day))


def _facts(chosen: Select[Any], call: CommendationCall) -> dict[int, Facts]:
    """The facts of all the people whom a statement names."""
    named = select(chosen.subquery().c[0])
    found = {name: _by_person(statement, column) for name, column, statement in _figures(named, call)}
    began = _beginnings(named)
    return {
        one: Facts(
            years=_whole_years(began.get(one), call.end_on), minutes=found["minutes"].get(one, 0),
            led=found["led"].get(one, 0), stars=found["stars"].get(one, 0), owed_fen=found["owed"].get(one),
        )
        for one in db.session.scalars(named)
    }  # fmt: skip


def _figures(named: Select[Any], call: CommendationCall) -> list[tuple[str, Any, Any]]:
    """What is summed up for each person: its name, the column of the person, the statement."""
    start, end = call.start_on, call.end_on
    first, after = _span(call)
    served = (
        select(HoursEntry.person_id, func.sum(HoursRevision.minutes)).join(HoursRevision.entry)
        .where(HoursEntry.person_id.in_(named), HoursEntry.held_on >= start, HoursEntry.held_on <= end, *COUNTED)
    )  # fmt: skip
    led = select(Activity.in_charge_id, func.count()).where(
        Activity.in_charge_id.in_(named), Activity.cancelled_at.is_(None), Activity.logged_at.is_not(None),
        Activity.ends_at >= first, Activity.ends_at < after,
    )  # fmt: skip
    stars = select(StarGrant.person_id, func.max(StarGrant.stars)).where(
        StarGrant.person_id.in_(named), StarGrant.state == StarState.GRANTED
    )
    owed = select(Charge.payer_id, func.sum(Charge.amount_fen - SETTLED)).where(
        Charge.payer_id.in_(named), STANDING, Charge.due_on >= start, Charge.due_on <= end
    )
    return [
        ("minutes", HoursEntry.person_id, served), ("led", Activity.in_charge_id, led),
        ("stars", StarGrant.person_id, stars), ("owed", Charge.payer_id, owed),
    ]  # fmt: skip


def _by_person(statement: Any, column: Any) -> dict[int, int]:
    return {int(one): int(value) for one, value in db.session.execute(statement.group_by(column))}


def _beginnings(named: Select[Any]) -> dict[int, date]:
    """Since when each is a member or on a roster without a break."""
    found: dict[int, date] = {}
    for entity, began in ((Membership, Membership.joined_on), (Volunteer, Volunteer.started_on)):
        kept: Any = entity
        statement = select(kept.person_id, func.min(began)).where(kept.person_id.in_(named), kept.ended_on.is_(None))
        for one, day in db.session.execute(statement.group_by(kept.person_id)):
            found[one] = min(day, found.get(one, day))
    return found


def _whole_years(began: date | None, day: date) -> int:
    if began is None or began > day:
        return 0
    return day.year - began.year - ((day.month, day.day) < (began.month, began.day))


def _span(call: CommendationCall) -> tuple[datetime, datetime]:
    """The period's first moment and the first after it, where the call was made."""
    association = db.session.get_one(Association, call.association_id)
    zone = ZoneInfo(association.time_zone)
    last = call.end_on + timedelta(days=1)
    return datetime.combine(call.start_on, time(), zone), datetime.combine(last, time(), zone)
