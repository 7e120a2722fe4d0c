"""What may happen to the groups of an association: named, ordered, ended. Never commits."""

from __future__ import annotations

from collections.abc import Sequence

from blinker import Signal

from portal.associations import lists, queries, ties
from portal.associations.models import Association, Group, Level
from portal.core.audit import Actor, changed, record
from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.core.i18n import lazy, ngettext

SAME_NAME = lazy("Another group of this association has this name.")
ended = Signal()  # sender: the group that is dissolved; actor


def create_group(actor: Actor | None, association: Association, name: str, area: str = "") -> Group:
    """A new group at the end of the list. Only grass-roots associations have groups."""
    _refuse_archived(association)
    if association.level != Level.GRASSROOTS:
        raise RuleError("", lazy("Only grass-roots associations have groups."))
    groups = queries.list_groups(association)
    _check_name(name, groups)
    group = Group(association_id=association.id, position=lists.end_of(groups))
    lists.write(group, SAME_NAME, name=name, area=area)
    record(actor, "associations.create_group", group, {"name": name, "area": area})
    return group


def update_group(actor: Actor | None, association: Association, group: Group, *, name: str, area: str) -> None:
    """Another name, or another area; who belongs to it stays."""
    _refuse_archived(association)
    _refuse_ended(group)
    _check_name(name, [other for other in queries.list_groups(association) if other is not group])
    before = {"name": group.name, "area": group.area}
    lists.write(group, SAME_NAME, name=name, area=area)
    changes = changed(before, {"name": name, "area": area})
    if changes:
        record(actor, "associations.update_group", group, changes)


def order_group(actor: Actor | None, association: Association, group: Group, *, up: bool) -> None:
    _refuse_archived(association)
    _refuse_ended(group)
    lists.order(actor, "associations.order_groups", queries.list_groups(association), group, up=up)


def end_group(actor: Actor | None, association: Association, group: Group) -> None:
    """Close a group that nobody is in any more. It moves nobody: people and leaders are moved or ended first."""
    _refuse_archived(association)
    _refuse_ended(group)
    held = ties.ask().groups(association).get(group.id, ties.GroupTies())
    if held.appointments:
        message = ngettext(
            "%(num)d appointment belongs to this group. End it first.",
            "%(num)d appointments belong to this group. End them first.",
            held.appointments,
        )
        raise RuleError("", message)
    if held.people:
        message = ngettext(
            "%(num)d person is still in this group. Move them to another group first.",
            "%(num)d people are still in this group. Move them to another group first.",
            held.people,
        )
        raise RuleError("", message)
    _refuse_standing(ties.count_standing(group))
    group.ended_on = today()
    record(actor, "associations.end_group", group, {"ended_on": group.ended_on.isoformat()})
    ended.send(group, actor=actor)


def _refuse_standing(memberships: int) -> None:
    if memberships:
        message = ngettext(
            "%(num)d membership stands in this group, an organisation's or somebody's second one. In the register,"
            " move it to another group first.",
            "%(num)d memberships stand in this group, organisations' or somebody's second ones. In the register,"
            " move them to another group first.",
            memberships,
        )
        raise RuleError("", message)


def _check_name(name: str, others: Sequence[Group]) -> None:
    if not name.strip():
        raise RuleError("name", lazy("Enter the group's name."))
    if any(other.name == name for other in others):
        raise RuleError("name", SAME_NAME)


def _refuse_archived(association: Association) -> None:
    if association.is_archived:
        raise RuleError("", lazy("This association is archived: it can be read, not changed."))


def _refuse_ended(group: Group) -> None:
    if group.ended_on is not None:
        raise RuleError("", lazy("This group has ended."))
