"""Who could lend: sister associations with volunteers for a skill, by numbers; and of the one that is asked, whom."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import get_association, in_subtree
from portal.core.calendar import today
from portal.core.database import db
from portal.lending.models import LendingRequest, LentVolunteer
from portal.lending.queries import RIGHT
from portal.offices.access import visible
from portal.register.drivers import unindexed
from portal.volunteers.models import Volunteer, VolunteerAbility
from portal.volunteers.queries import OFFERS, SHOWN
from portal.volunteers.roster_queries import has_skill, has_time


def list_lenders(
    association: Association, skill_id: int, weekday: int | None, part: str, limit: int = 50
) -> Sequence[tuple[Association, int]]:
    """Sisters of the same federation that have volunteers with a skill (and time), and how many: numbers, no names.

    Those beside it in the tree come first, then those with the most.
    """
    asked = [VolunteerAbility.skill_id == skill_id, Volunteer.ended_on.is_(None), Volunteer.term_end_on >= today()]
    if weekday is not None or part:
        asked.append(has_time(weekday, part))
    able = (
        select(unindexed(Volunteer.association_id).label("place_id"), func.count().label("number"))
        .join(VolunteerAbility, VolunteerAbility.volunteer_id == Volunteer.id)
        .where(*asked)
        .group_by(unindexed(Volunteer.association_id))
        .subquery()
    )
    statement = (
        select(Association, able.c.number)
        .join(able, able.c.place_id == Association.id)
        .where(
            in_subtree(f"{association.path_ids[0]}/"),
            Association.id != association.id,
            Association.archived_on.is_(None),
        )
        .order_by((Association.parent_id == association.parent_id).desc(), able.c.number.desc(), Association.code)
    )
    return [(sister, count) for sister, count in db.session.execute(statement.limit(limit))]


def get_sister(association: Association, code: str) -> Association | None:
    """Another association of the same federation that can be asked."""
    found = get_association(code)
    if found is None or found.id == association.id or found.is_archived:
        return None
    return found if found.path_ids[0] == association.path_ids[0] else None


def candidates(account: Account, request: LendingRequest, limit: int = 200) -> Sequence[Volunteer]:
    """Volunteers of the lender who have the skill, serve, and were not named yet, by name."""
    named = select(LentVolunteer.volunteer_id).where(LentVolunteer.request_id == request.id)
    statement = select(Volunteer).where(
        Volunteer.association_id == request.lender_id,
        Volunteer.ended_on.is_(None),
        has_skill(request.skill_id),
        Volunteer.id.not_in(named),
    )
    statement = visible(statement, account, RIGHT, Volunteer).options(*SHOWN, *OFFERS)
    return db.session.scalars(statement.order_by(Volunteer.sort_key, Volunteer.id).limit(limit)).all()
