"""What may happen to many volunteers at once, and what a group is there for. Raises RuleError; never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.core.audit import record
from portal.core.database import db, hold
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members.queries import root_id
from portal.register.scope import Scope
from portal.volunteers import roster_group_queries, roster_queries, services
from portal.volunteers.models import GroupSkill, Skill, Volunteer

RIGHT = "volunteers.write"
MOST = 200  # ticked by hand: a page has 25
REASONS = {
    "ended": lazy("No longer a volunteer."),
    "elsewhere": lazy("On the roster of another association."),
    "there": lazy("Is there already."),
}


@dataclass
class Summary:
    """What would happen: who would move, and who is left out and why."""

    moving: list[Volunteer] = field(default_factory=list)
    left_out: list[tuple[Volunteer, str]] = field(default_factory=list)


def choose(account: Account, scope: Scope, ids: Sequence[str]) -> Sequence[Volunteer]:
    """The ticked ones; ids that the officer may not act on are nobody's."""
    return db.session.scalars(roster_queries.chosen(account, scope, ids, RIGHT)).all() if ids else ()


def summarise(volunteers: Sequence[Volunteer], association: Association, group: Group | None) -> Summary:
    """Look before the act: nothing is written."""
    summary = Summary()
    for volunteer in volunteers:
        why = why_not(volunteer, association, group)
        if why:
            summary.left_out.append((volunteer, str(REASONS[why])))
        else:
            summary.moving.append(volunteer)
    return summary


def why_not(volunteer: Volunteer, association: Association, group: Group | None) -> str:
    """Why a volunteer does not move to the group; empty when nothing is in the way."""
    if volunteer.ended_on is not None:
        return "ended"
    if volunteer.association_id != association.id:
        return "elsewhere"
    return "there" if volunteer.group_id == (group.id if group else None) else ""


def move_all(actor: Account, volunteers: Sequence[Volunteer], association: Association, group: Group | None) -> int:
    """All who can move do, each with an entry of the log; how many. Always in one order, so none waits in a ring."""
    moving = sorted(summarise(volunteers, association, group).moving, key=lambda one: one.id)
    for volunteer in moving:
        services.change_group(actor, volunteer, association, group)
    return len(moving)


def set_group_skills(actor: Account, association: Association, group: Group, skills: Sequence[Skill]) -> None:
    """What the group is there for, as a whole. What the federation's list has ended may be kept, not taken anew.

    Raises RuleError for a group of another association or one that has ended, and for skills of another list.
    """
    hold(group, "ended_on")
    if group.association_id != association.id or group.ended_on is not None:
        raise RuleError("", lazy("This group has ended, or belongs to another association."))
    had = {row.skill_id: row for row in roster_group_queries.list_group_skills([group.id])}
    wanted = {skill.id: skill for skill in skills}
    for skill in wanted.values():
        if skill.association_id != root_id(association) or (skill.ended_on is not None and skill.id not in had):
            raise RuleError("skills", lazy("Choose from the list."))
    if had.keys() == wanted.keys():
        return
    for skill_id, row in had.items():
        if skill_id not in wanted:
            db.session.delete(row)
    db.session.add_all(GroupSkill(group_id=group.id, skill_id=one) for one in wanted if one not in had)
    db.session.flush()
    record(actor, "volunteers.set_group_skills", group, {"skills": [skill.name for skill in skills]})
