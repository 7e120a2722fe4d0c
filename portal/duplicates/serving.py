"""What both records did as a volunteer, where one person can have it only once. Read from the tables: the features
that keep them stand on floors above. What is changed here stands in the log of the merge and comes back on undo.

Two live sign-ups for one session to come are settled by nobody: the merge is refused until one is taken back. Of a
session that is over the one that says more stays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import FromClause, Row, Table, and_, case, delete, select, true, update

from portal.core.calendar import now, today
from portal.core.database import Base, db
from portal.people.models import Person


def join_service(kept: Person, gone: Person) -> None:
    """Roster, hours, stars and calendar of two records that are one person; what falls away is that of `gone`,
    of hours those that count less.
    """
    for row in _both("volunteer", kept, gone, "association_id", stands=lambda t: t.c.ended_on.is_(None)):
        _change("volunteer", row.mine, started_on=min(row.since, row.since_too))
        _change("volunteer", row.theirs, ended_on=max(row.since_too, today()), end_reason="in_error")
    for source in ("session_id", "log_id"):
        for row in _both("hours_entry", kept, gone, source, stands=lambda t: t.c.voided_at.is_(None)):
            less = row.theirs if _worth(row.mine) >= _worth(row.theirs) else row.mine
            _change("hours_entry", less, voided_at=now(), void_reason="recorded twice")
    over = select(_table("activity_session").c.id).where(_table("activity_session").c.ends_at < now())
    for row in _both("sign_up", kept, gone, "session_id", stands=lambda t: _is_live(t) & t.c.session_id.in_(over)):
        less = row.theirs if _said(row.mine) >= _said(row.theirs) else row.mine
        _change("sign_up", less, state="withdrawn", is_late=False, left_at=now(), offered_until=None)
    for row in _both("star_grant", kept, gone, "stars", stands=lambda t: t.c.state.in_(("asked", "granted"))):
        _change("star_grant", row.theirs, state="withdrawn")
    for row in _both("calendar_feed", kept, gone, stands=lambda t: t.c.revoked_at.is_(None)):
        _change("calendar_feed", row.theirs, revoked_at=now())


def join_reminders(kept: Person, gone: Person) -> None:
    """Twice in one round: once is enough for one person, and what was given stays."""
    reminder = _table("reminder")
    waits, is_given = reminder.c.done_at.is_(None), reminder.c.done_at.is_not(None)
    for one, other, less, more in ((kept, gone, waits, is_given), (gone, kept, true(), true())):
        rounds = select(reminder.c.round_id).where(reminder.c.payer_id == other.id, more)
        twice = (reminder.c.payer_id == one.id, less, reminder.c.round_id.in_(rounds))
        db.session.execute(delete(reminder).where(*twice))


def join_letters(kept: Person, gone: Person) -> None:
    """A letter about both is about one person: neither of the two sees it, before and after."""
    about = _table("letter_about")
    mine = select(about.c.letter_id).where(about.c.person_id == kept.id)
    db.session.execute(delete(about).where(about.c.person_id == gone.id, about.c.letter_id.in_(mine)))


def _both(name: str, kept: Person, gone: Person, *same: str, stands: Callable[[FromClause], Any]) -> list[Row[Any]]:
    """What both have of the same thing, in force: ids of the rows, and since when where the table says so."""
    mine, theirs = _table(name).alias(), _table(name).alias()
    columns = [mine.c.id.label("mine"), theirs.c.id.label("theirs")]
    if "started_on" in mine.c:
        columns += [mine.c.started_on.label("since"), theirs.c.started_on.label("since_too")]
    equal = [mine.c[column] == theirs.c[column] for column in same]
    statement = select(*columns).join_from(mine, theirs, and_(theirs.c.person_id == gone.id, *equal))
    statement = statement.where(mine.c.person_id == kept.id, stands(mine), stands(theirs))
    return list(db.session.execute(statement).all())


def _is_live(table: FromClause) -> Any:
    return table.c.state.not_in(("withdrawn", "declined", "expired"))


def _said(sign_up_id: int) -> int:
    """What a sign-up says of somebody at a session that is over. Its place stays counted there."""
    sign_up = _table("sign_up")
    state = db.session.scalar(select(sign_up.c.state).where(sign_up.c.id == sign_up_id))
    return ("offered", "waitlisted", "confirmed", "no_show", "arrived", "completed").index(state or "offered")


def _worth(entry_id: int) -> tuple[int, int]:
    """What an entry of hours is worth: what was approved before what waits, and of two the longer."""
    revision = _table("hours_revision")
    state = case((revision.c.state == "approved", 2), (revision.c.state == "pending", 1), else_=0)
    asked = select(state.label("state"), revision.c.minutes).where(revision.c.entry_id == entry_id)
    return max(((row.state, row.minutes) for row in db.session.execute(asked)), default=(0, 0))


def _change(name: str, row_id: int, **values: Any) -> None:
    table = _table(name)
    db.session.execute(update(table).where(table.c.id == row_id).values(values))


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
