"""Somebody's record is deleted at the own request: no name stands beside a comment any more."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from portal.charters.models import CharterComment
from portal.core.database import change
from portal.people.models import Person


def forget(people: Sequence[Person]) -> None:
    """What was said stays, as that of a member."""
    said = update(CharterComment).where(CharterComment.person_id.in_([one.id for one in people]))
    change(said.values(shows_name=False))
