"""What may happen to many memberships at once, and to numbers that leave the portal in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import insert

from portal.associations.models import Association, Group
from portal.core.audit import Actor, record
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members import services as members
from portal.members.models import EndReason, Membership
from portal.people.models import Person, Reveal
from portal.people.services import MIN_REASON

MOST_NAMED = 100  # of those left out, by name


@dataclass
class Outcome:
    """What was done of a choice, and who was left out and why: (name, number, reason)."""

    done: int = 0
    left: int = 0
    left_out: list[tuple[str, str, str]] = field(default_factory=list)

    def leave_out(self, membership: Membership, why: str) -> None:
        self.left += 1
        if len(self.left_out) < MOST_NAMED:
            self.left_out.append((membership.display_name, membership.number, why))


def move_all(actor: Actor, rows: Iterable[Membership], group: Group | None) -> Outcome:
    """Each to a group of its association, or out of its group; those of another association are left out."""
    rows = list(rows)
    members.grouping.send(rows)

    def move(membership: Membership) -> None:
        if group is not None and group.association_id != membership.association_id:
            raise RuleError("", lazy("The group belongs to another association."))
        if membership.group_id == (group.id if group else None):
            raise RuleError("", lazy("Is in this group already.") if group else lazy("Is in no group already."))
        members.change_group(actor, membership, membership.association, group)

    return _each(rows, move)


def end_all(actor: Actor, rows: Iterable[Membership], last_day: date, reason: EndReason, note: str) -> Outcome:
    """Each ends with the same last day, for the same reason."""
    return _each(rows, lambda one: members.end_membership(actor, one, last_day, reason, note))


def _each(rows: Iterable[Membership], act: Callable[[Membership], None]) -> Outcome:
    """A membership that the rules refuse is left out with their words; the others go on."""
    outcome = Outcome()
    for membership in rows:
        try:
            act(membership)
        except RuleError as error:
            outcome.leave_out(membership, str(error))
        else:
            outcome.done += 1
    return outcome


def check_reason(reason: str) -> None:
    """Raises RuleError("reason") for less than a few words."""
    if len(reason.strip()) < MIN_REASON:
        raise RuleError("reason", lazy("Write in a few words why you need it; each of them can read this."))


def reveal_all(
    actor: Any,
    association: Association,
    people: Sequence[Person],
    fields: Sequence[str],
    reason: str,
    asked: Mapping[str, Any],
) -> None:
    """Numbers in clear leave in a file: kept for each person and number, with the reason, for the person to read.

    A person of whom the number is not recorded has nothing revealed.
    """
    check_reason(reason)
    by = {"reason": reason.strip(), "at": now(), "by_person_id": actor.person_id, "by_name": actor.name}
    rows = [
        {"person_id": person.id, "field": name, "association_id": association.id, **by}
        for person in {person.id: person for person in people}.values()
        for name in fields
        if getattr(person, name)
    ]
    if rows:
        db.session.execute(insert(Reveal), rows)
    changes = {"fields": list(fields), "reason": reason.strip(), "numbers": len(rows), "list": dict(asked)}
    record(actor, "register.export_numbers", association, changes, association_id=association.id)
