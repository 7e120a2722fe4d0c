"""Somebody's record is deleted at the own request: who objected is no longer kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from portal.core.database import change
from portal.objections.models import Objection
from portal.people.models import Person


def forget(people: Sequence[Person]) -> None:
    """Name and phone go, also where the name stood in the open; what was said, and the answer, stay."""
    sent = update(Objection).where(Objection.person_id.in_([one.id for one in people]))
    change(sent.values(name=None, phone=None, in_the_open=False))
