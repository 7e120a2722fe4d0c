"""Reading the groups of a roster: what each is there for, who leads it, how many serve in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Group
from portal.core.calendar import today
from portal.core.database import db
from portal.offices.access import live, visible
from portal.offices.models import Appointment
from portal.offices.rights import Position
from portal.people.queries import MASKED
from portal.register.scope import Scope
from portal.volunteers.models import GroupSkill, Skill, Volunteer
from portal.volunteers.roster_queries import list_groups


@dataclass(frozen=True)
class Shown:
    """A group as its page shows it. Leaders are appointments in force today: with the term the leader goes."""

    group: Group
    skills: Sequence[Skill]
    leaders: Sequence[Appointment]
    volunteers: int


def list_shown(account: Account, scope: Scope) -> list[Shown]:
    """The groups that the officer reaches, with skills, leaders and numbers: four questions for any of them."""
    groups = list_groups(scope)
    ids = [group.id for group in groups]
    skills: dict[int, list[Skill]] = {}
    for row in list_group_skills(ids):
        skills.setdefault(row.group_id, []).append(row.skill)
    leaders: dict[int | None, list[Appointment]] = {}
    for appointment in list_leaders(ids):
        leaders.setdefault(appointment.group_id, []).append(appointment)
    counts = count_by_group(account, scope.association_id)
    return [
        Shown(group, skills.get(group.id, []), leaders.get(group.id, []), counts.get(group.id, 0)) for group in groups
    ]


def list_group_skills(group_ids: Collection[int]) -> Sequence[GroupSkill]:
    """In the order of the federation's list."""
    statement = select(GroupSkill).join(GroupSkill.skill).where(GroupSkill.group_id.in_(group_ids))
    statement = statement.options(joinedload(GroupSkill.skill)).order_by(Skill.kind.desc(), Skill.position, Skill.id)
    return db.session.scalars(statement).all()


def list_leaders(group_ids: Collection[int]) -> Sequence[Appointment]:
    """Who leads each today, the longest in office first; phones stay masked."""
    statement = select(Appointment).where(
        Appointment.group_id.in_(group_ids), Appointment.position == Position.GROUP_LEADER, live(today())
    )
    statement = statement.options(joinedload(Appointment.person).options(*MASKED))
    return db.session.scalars(statement.order_by(Appointment.start_on, Appointment.id)).all()


def count_by_group(account: Account, association_id: int) -> dict[int | None, int]:
    """How many serve in each group of an association; None stands for no group."""
    statement: Any = select(Volunteer.group_id, func.count()).where(
        Volunteer.association_id == association_id, Volunteer.ended_on.is_(None)
    )
    statement = visible(statement, account, "volunteers.read", Volunteer).group_by(Volunteer.group_id)
    return dict(db.session.execute(statement).all())
