"""Somebody's record is deleted at the own request: who wrote their letters is no longer kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.accounts.models import Account
from portal.core.audit import record
from portal.core.database import db
from portal.letters.models import Letter
from portal.letters.retention import empty
from portal.people.models import Person


def forget(actor: Account, people: Sequence[Person]) -> None:
    """Empty the letters that the people wrote with their own name; what was asked and answered stays."""
    written = select(Letter).where(Letter.person_id.in_([one.id for one in people]))
    for letter in db.session.scalars(written).all():
        empty(letter)
        record(actor, "own.empty_letter", letter)
    db.session.flush()
