"""What both records have in commendations, where one person can have it only once. Read from the tables: the features
that keep them stand on floors above. What is changed here stands in the log of the merge and comes back on undo.

Commended twice in one category is settled by nobody, nor are two reviewers of one call who both gave points or kept
out: what was decided, and by whose points, is never changed, so the merge is refused.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, delete, exists, select, update

from portal.core.database import Base, db
from portal.people.models import Person

ENDED = "withdrawn"
FAR = ("nominated", "passed_over", "chosen", "honoured")  # how far a nomination has come


def join_nominations(kept: Person, gone: Person) -> None:
    """Nominated twice in one category: the one that has come further stays, then the one with consent."""
    table = _table("nomination")
    columns = (table.c.id, table.c.category_id, table.c.person_id, table.c.state, table.c.consented_at)
    asked = select(*columns).where(table.c.person_id.in_((kept.id, gone.id)), table.c.state != ENDED)
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(asked.order_by(table.c.id)):
        found.setdefault(row.category_id, []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (FAR.index(row.state), row.consented_at is not None, row.person_id == kept.id))
        falls = [row.id for row in rows[:-1] if row.state != "honoured"]
        ending = update(table).where(table.c.id.in_(falls))
        db.session.execute(ending.values(state=ENDED, end_reason="nominated twice"))


def join_reviewing(kept: Person, gone: Person) -> None:
    """Asked twice to review one call: a place under which nothing was written falls away."""
    table = _table("reviewer")
    mine, theirs = (select(table.c.call_id).where(table.c.person_id == one.id) for one in (kept, gone))
    used = [exists().where(_table(name).c.reviewer_id == table.c.id) for name in ("review", "declared_conflict")]
    unused = [~one for one in used]
    dropped = delete(table).where(table.c.person_id == gone.id, table.c.call_id.in_(mine), *unused)
    db.session.execute(dropped)
    twice = delete(table).where(table.c.person_id == kept.id, table.c.call_id.in_(theirs), *unused)
    db.session.execute(twice)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
