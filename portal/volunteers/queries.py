"""Reading volunteers: the federation's list of skills, who serves where, the letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account
from portal.associations import list_queries
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.database import db
from portal.offices.access import visible
from portal.people.queries import MASKED
from portal.volunteers.models import AppointmentLetter, Skill, SkillKind, Volunteer, VolunteerAbility

SHOWN = (
    joinedload(Volunteer.person).options(*MASKED),
    joinedload(Volunteer.association),
    joinedload(Volunteer.group),
)
SOON = 60  # days before the end of a term in which one begins to ask whether it goes on
OFFERS = (selectinload(Volunteer.abilities).joinedload(VolunteerAbility.skill), selectinload(Volunteer.times))


def list_skills(root_id: int, kind: SkillKind | None = None) -> Sequence[Skill]:
    """The federation's list as it can be chosen from today: skills first, then kinds of service."""
    statement = select(Skill).where(Skill.association_id == root_id, Skill.ended_on.is_(None))
    if kind is not None:
        statement = statement.where(Skill.kind == kind)
    return db.session.scalars(statement.order_by(Skill.kind.desc(), Skill.position, Skill.id)).all()


def skills_by_public_ids(root_id: int, ids: Sequence[str]) -> Sequence[Skill]:
    """Those of the list with these public ids, ended ones too: somebody may have chosen them before."""
    statement = select(Skill).where(Skill.association_id == root_id, Skill.public_id.in_(ids))
    return db.session.scalars(statement.order_by(Skill.kind.desc(), Skill.position, Skill.id)).all()


def count_by_skill(root_id: int) -> Mapping[int, int]:
    """How many volunteers on the roster have each, by its id."""
    on_the_roster = VolunteerAbility.volunteer.has(Volunteer.ended_on.is_(None))
    return list_queries.count_by(Skill, VolunteerAbility.skill_id, root_id, on_the_roster)


def live_of_person(person_id: int) -> list[Volunteer]:
    """Where somebody is on the roster today, with association and group."""
    statement = (
        select(Volunteer)
        .where(Volunteer.person_id == person_id, Volunteer.ended_on.is_(None))
        .options(joinedload(Volunteer.association), joinedload(Volunteer.group))
    )
    return list(db.session.scalars(statement.order_by(Volunteer.started_on, Volunteer.id)))


def of_person(person_id: int) -> Select[Any]:
    """Everything that somebody was and is as a volunteer, what is in force first."""
    statement = select(Volunteer).where(Volunteer.person_id == person_id)
    return statement.order_by(Volunteer.ended_on.is_not(None), Volunteer.id.desc())


def list_shown(statement: Select[Any]) -> Sequence[Volunteer]:
    """Volunteers with association and group."""
    return db.session.scalars(statement.options(joinedload(Volunteer.association), joinedload(Volunteer.group))).all()


def list_own(person_id: int) -> Sequence[Volunteer]:
    """My places on rosters, with skills and times."""
    return db.session.scalars(of_person(person_id).options(*SHOWN, *OFFERS)).all()


def get_live(person_id: int, association_id: int) -> Volunteer | None:
    """Somebody's place on an association's roster."""
    statement = select(Volunteer).where(
        Volunteer.person_id == person_id, Volunteer.association_id == association_id, Volunteer.ended_on.is_(None)
    )
    return db.session.scalar(statement)


def roster(account: Account, association: Association, right: str = "volunteers.read") -> Select[Any]:
    """Volunteers of the association and of those below it, as far as the officer may see them; ended ones too."""
    here = select(Association.id).where(in_subtree(association.path))
    return visible(select(Volunteer).where(Volunteer.association_id.in_(here)), account, right, Volunteer)


def get_volunteer(
    account: Account, association: Association, public_id: str, right: str = "volunteers.read"
) -> Volunteer | None:
    """One of the association or below it, with all that its page shows; None when it is not the officer's to see."""
    statement = roster(account, association, right).where(Volunteer.public_id == public_id)
    found: Volunteer | None = db.session.scalar(statement.options(*SHOWN, *OFFERS))
    return found


def get_own(person_id: int, public_id: str) -> Volunteer | None:
    """One's own place on a roster."""
    statement = select(Volunteer).where(Volunteer.person_id == person_id, Volunteer.public_id == public_id)
    return db.session.scalar(statement.options(*SHOWN, *OFFERS))


def ending(account: Account, association: Association, until: date) -> Select[Any]:
    """Volunteers of the association itself whose term ends by a day, the first to end first."""
    statement = select(Volunteer).where(
        Volunteer.association_id == association.id, Volunteer.ended_on.is_(None), Volunteer.term_end_on <= until
    )
    return (
        visible(statement, account, "volunteers.read", Volunteer)
        .options(*SHOWN)
        .order_by(Volunteer.term_end_on, Volunteer.sort_key, Volunteer.id)
    )


def counting_ending(account: Account, association: Association, until: date) -> Select[Any]:
    statement = select(func.count(Volunteer.id)).where(
        Volunteer.association_id == association.id, Volunteer.ended_on.is_(None), Volunteer.term_end_on <= until
    )
    return visible(statement, account, "volunteers.read", Volunteer)


# Letters


def live_letter(volunteer_id: int) -> AppointmentLetter | None:
    """The letter in force, with its code."""
    statement = select(AppointmentLetter).where(
        AppointmentLetter.volunteer_id == volunteer_id, AppointmentLetter.voided_at.is_(None)
    )
    return db.session.scalar(statement.options(joinedload(AppointmentLetter.code)))


def list_letters(volunteer_ids: Sequence[int]) -> Sequence[AppointmentLetter]:
    """All letters of these volunteers, the latest first."""
    statement = select(AppointmentLetter).where(AppointmentLetter.volunteer_id.in_(volunteer_ids))
    statement = statement.options(joinedload(AppointmentLetter.code)).order_by(AppointmentLetter.id.desc())
    return db.session.scalars(statement).all()


def get_letter(account: Account, association: Association, public_id: str) -> AppointmentLetter | None:
    """A letter in force of a volunteer whom the officer may see, at the association or below it."""
    seen = roster(account, association).with_only_columns(Volunteer.id)
    found: AppointmentLetter | None = db.session.scalar(
        _live(public_id).where(AppointmentLetter.volunteer_id.in_(seen))
    )
    return found


def get_own_letter(person_id: int, public_id: str) -> AppointmentLetter | None:
    """One's own letter in force."""
    own = select(Volunteer.id).where(Volunteer.person_id == person_id)
    found: AppointmentLetter | None = db.session.scalar(
        _live(public_id).where(AppointmentLetter.volunteer_id.in_(own))
    )
    return found


def live_letters(volunteer_ids: Sequence[int]) -> Sequence[AppointmentLetter]:
    """The letters in force of these volunteers, in the order of their numbers."""
    statement = select(AppointmentLetter).where(
        AppointmentLetter.volunteer_id.in_(volunteer_ids), AppointmentLetter.voided_at.is_(None)
    )
    return db.session.scalars(
        statement.options(joinedload(AppointmentLetter.code)).order_by(AppointmentLetter.id)
    ).all()


def _live(public_id: str) -> Select[Any]:
    statement = select(AppointmentLetter).where(
        AppointmentLetter.public_id == public_id, AppointmentLetter.voided_at.is_(None)
    )
    return statement.options(joinedload(AppointmentLetter.code))


def issued(account: Account, association: Association, since: date) -> Select[Any]:
    """Letters in force that the association issued since a day, the latest first."""
    seen = roster(account, association).with_only_columns(Volunteer.id)
    statement = select(AppointmentLetter).where(
        AppointmentLetter.association_id == association.id,
        AppointmentLetter.voided_at.is_(None),
        AppointmentLetter.issued_on >= since,
        AppointmentLetter.volunteer_id.in_(seen),
    )
    return statement.options(joinedload(AppointmentLetter.code)).order_by(AppointmentLetter.id.desc())
