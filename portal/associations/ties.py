"""What the floors above have tied to associations and groups, asked without importing them.

People and appointments are counted by those who know them: create_app hands the counting over once. Without it
every question fails, so that nothing is archived or ended because nobody was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, func, select

from portal.associations.models import Association, Group
from portal.core.database import db


@dataclass(frozen=True)
class GroupTies:
    """Who is in a group today: its leaders by name, the appointments in force or to come, and the people."""

    leaders: tuple[str, ...] = ()
    appointments: int = 0
    people: int = 0


class Ties(Protocol):
    """What is asked of the floors above."""

    def members(self, ids: Collection[int]) -> Mapping[int, int]:
        """Members of each of these associations, by its id; attached associations have their own."""

    def members_below(self, ids: Collection[int]) -> Mapping[int, int]:
        """Members of each of these associations and of all below it."""

    def officers_below(self, association: Association) -> int:
        """Appointments in force or to come, here and below."""

    def groups(self, association: Association) -> Mapping[int, GroupTies]:
        """Who is in each group of the association, by the group's id."""


_handed_over: list[Ties] = []
_standing: list[Callable[[Group], int]] = []
_open: list[Callable[[Association], str]] = []


def hand_over(ties: Ties) -> None:
    """Called by create_app."""
    _handed_over[:] = [ties]


def ask() -> Ties:
    if not _handed_over:
        raise RuntimeError("create_app has handed over no ties: what is tied to an association is unknown")
    return _handed_over[0]


def stands_in_group(count: Callable[[Group], int]) -> Callable[[Group], int]:
    """Declare what else can stand in a group besides people: a feature above counts it."""
    _standing.append(count)
    return count


def count_standing(group: Group) -> int:
    """Memberships in the group, an organisation's and somebody's second one too: by these no person is in it."""
    return sum(count(group) for count in _standing)


def stays_open(tell: Callable[[Association], str]) -> Callable[[Association], str]:
    """Declare what somebody outside still waits for from an association: a feature above tells how much of it there
    is, in words, or nothing. It is brought to an end before the association is archived.
    """
    _open.append(tell)
    return tell


def list_open(association: Association) -> list[str]:
    """What people still wait for."""
    return [told for tell in _open if (told := tell(association))]


def count_at(association: Association, entity: Any, *conditions: ColumnElement[bool]) -> int:
    """Rows of the association that answer the conditions."""
    statement = select(func.count()).select_from(entity).where(entity.association_id == association.id, *conditions)
    return db.session.scalar(statement) or 0
