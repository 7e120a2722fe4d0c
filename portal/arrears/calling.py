"""The phones of those who are to be called: by the right of the register, each look recorded for them to read."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.database import db
from portal.offices.access import reached
from portal.people import services as people
from portal.people.models import Person

RIGHT = "members.read_sensitive"


def masked(account: Account, payer_ids: Collection[int]) -> dict[int, str]:
    """What the register shows of their phones to whoever may see their records."""
    seen = select(Person.id, Person.phone_last4).where(Person.id.in_(payer_ids), reached(account, "members.read"))
    return {row.id: f"*******{row.phone_last4}" for row in db.session.execute(seen) if row.phone_last4}


def reveal(account: Account, association: Association, payer_ids: Collection[int], reason: str) -> dict[int, str]:
    """Their phones in clear, of those whose numbers the account may read. Raises RuleError("reason") for too short a
    reason: each of them can read it.
    """
    may = (Person.id.in_(payer_ids), Person.phone_last4.is_not(None), reached(account, RIGHT))
    found = db.session.scalars(select(Person).where(*may).order_by(Person.id)).all()
    return {one.id: people.reveal(account, one, "phone", reason, association) for one in found}
