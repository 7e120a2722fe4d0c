"""Positions and the rights each gives: one readable table. `x.write` implies `x.read`."""

from __future__ import annotations

from functools import cache

from portal.core.i18n import lazy
from portal.core.labels import Labelled


class Position(Labelled):
    CHAIR = "chair", lazy("Chair")
    VICE_CHAIR = "vice_chair", lazy("Vice-chair")
    SECRETARY = "secretary", lazy("Secretary")
    TREASURER = "treasurer", lazy("Treasurer")
    VOLUNTEER_COORDINATOR = "volunteer_coordinator", lazy("Volunteer coordinator")
    PUBLISHER = "publisher", lazy("Publisher")
    SUPERVISOR = "supervisor", lazy("Supervisor")
    GROUP_LEADER = "group_leader", lazy("Group leader")
    ADMINISTRATOR = "administrator", lazy("Administrator")


RIGHTS = {
    "office.enter": lazy("open the office"),
    "reports.read": lazy("see totals and reports"),
    "members.read": lazy("see the register"),
    "members.read_sensitive": lazy("see an identity number or phone, with a reason"),
    "members.write": lazy("keep the register"),
    "activities.read": lazy("see the activity log"),
    "activities.write": lazy("log activities"),
    "volunteers.read": lazy("see the roster"),
    "volunteers.write": lazy("keep the roster"),
    "hours.approve": lazy("approve service hours"),
    "dues.read": lazy("see dues"),
    "dues.record": lazy("record dues"),
    "dues.approve": lazy("approve waivers and reversals"),
    "commendations.propose": lazy("propose commendations"),
    "commendations.decide": lazy("decide commendations"),
    "notices.read": lazy("see drafts of notices"),
    "notices.write": lazy("write notices"),
    "notices.publish": lazy("publish notices"),
    "letters.answer": lazy("answer letters"),
    "objections.answer": lazy("read and answer objections"),
    "surveys.run": lazy("run appraisals"),
    "associations.manage": lazy("change the association and its groups"),
    "appointments.grant": lazy("grant and end appointments"),
    "accounts.issue": lazy("hand out one-time codes"),
    "audit.read": lazy("read the audit log"),
}

_LOOK = {"office.enter", "reports.read"}
_READ = _LOOK | {"members.read", "activities.read", "volunteers.read", "notices.read"}
_LEAD = _READ | {
    "members.read_sensitive",
    "members.write",
    "activities.write",
    "volunteers.write",
    "hours.approve",
    "dues.read",
    "commendations.propose",
    "notices.write",
    "notices.publish",
    "letters.answer",
    "surveys.run",
    "associations.manage",
    "appointments.grant",
    "accounts.issue",
    "audit.read",
}

GRANTS: dict[Position, frozenset[str]] = {
    Position.ADMINISTRATOR: frozenset(
        _LOOK | {"associations.manage", "appointments.grant", "accounts.issue", "audit.read"}
    ),
    Position.CHAIR: frozenset(_LEAD | {"dues.approve", "commendations.decide", "objections.answer"}),
    Position.VICE_CHAIR: frozenset(_LEAD - {"appointments.grant"}),
    Position.SECRETARY: frozenset(_LEAD),
    Position.TREASURER: frozenset(_READ | {"dues.read", "dues.record"}),
    Position.VOLUNTEER_COORDINATOR: frozenset(_READ | {"activities.write", "volunteers.write", "hours.approve"}),
    Position.PUBLISHER: frozenset(_LOOK | {"activities.read", "notices.read", "notices.write", "notices.publish"}),
    Position.SUPERVISOR: frozenset(_READ | {"dues.read", "audit.read", "objections.answer"}),
    Position.GROUP_LEADER: frozenset(
        {
            "office.enter", "members.read", "activities.read", "activities.write", "volunteers.read", "dues.read",
            "dues.record",
        }
    ),
}  # fmt: skip

# Positions whose rights touch money or other people's rights: a second factor can be required of them.
GUARDED = frozenset({"dues.record", "dues.approve", "appointments.grant"})

# Whoever records money does not approve it, so a chair lacks `dues.record`; yet somebody must be able to hand the
# treasurer's account back to the treasurer: holding the right on the right is enough to hand on the one on the left.
# Whoever puts something on notice does not answer what is said against it, yet can appoint a supervisor who does.
HANDED_ON_BY = {"dues.record": "dues.approve", "objections.answer": "notices.publish"}


@cache
def gives(position: str, right: str) -> bool:
    """Whether a position gives a right, by itself or because it gives the right to write.

    The answer is kept: a page of the office asks a hundred times, about few positions and rights.
    """
    if right not in RIGHTS:
        raise ValueError(f"there is no right {right!r}")
    granted = GRANTS[Position(position)]
    return right in granted or (right.endswith(".read") and right[:-4] + "write" in granted)


def may_give(position: str, right: str) -> bool:
    """Whether a position can hand the right to somebody else: it gives the right, or stands above it."""
    return gives(position, right) or gives(position, HANDED_ON_BY.get(right, right))


def only_reads(right: str) -> bool:
    """Whether a right changes nothing, so that it holds in an archived association too."""
    return right.endswith(".read") or right == "office.enter"


def rights_of(position: str) -> list[str]:
    """All rights of a position in the order of the table."""
    return [right for right in RIGHTS if gives(position, right)]


GRANTERS = tuple(position for position in Position if gives(position, "appointments.grant"))
