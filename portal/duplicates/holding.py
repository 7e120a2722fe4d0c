"""Two records and all that refers to them, held while they become one or two again. A merge remembers what it changed:
what others write to these rows must come before it or after, never in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members.models import Membership
from portal.people.models import Person

PATIENCE = "300ms"  # less than the second after which PostgreSQL looks who waits for whom, and ends one of them
BUSY = ("55P03", "40P01")  # lock_not_available, deadlock_detected


@contextmanager
def giving_way() -> Iterator[None]:
    """All of it or nothing. So many rows are held in an order of their own, so whoever would have to wait for others
    gives way: RuleError, and they go on. On SQLite nobody else writes meanwhile.
    """
    try:
        with db.session.begin_nested():
            _wait(PATIENCE)
            yield
            _wait("0")
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) not in BUSY:
            raise
        message = lazy("Somebody else is writing to one of these records just now: try again in a moment.")
        raise RuleError("", message) from None


def _wait(time: str) -> None:
    """How long a statement waits for a row; "0" is for ever. It holds until the transaction, or the savepoint, ends."""
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(select(func.set_config("lock_timeout", time, True)))


def hold(*people: Person) -> None:
    """The records, as they are by now, and their memberships: nobody adds a row that refers to one of them."""
    ids = [person.id for person in people]
    for entity, which in ((Person, Person.id.in_(ids)), (Membership, Membership.person_id.in_(ids))):
        statement = select(entity).where(which).order_by(entity.id).with_for_update()
        db.session.scalars(statement.execution_options(populate_existing=True)).all()
