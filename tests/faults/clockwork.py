"""Asked by test_time under an odd TZ, as a process of its own too: writes a moment and a date, reads them back, and
tells all it knows of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from sqlalchemy import select, text

from portal import create_app
from portal.core import calendar, formats
from portal.core.audit import AuditEntry, record
from portal.core.database import db
from portal.people import services
from portal.people.models import Person

MOMENT = datetime(2028, 2, 28, 16, 30, tzinfo=UTC)  # half past midnight of 29 February in Beijing


def told() -> Iterator[str]:
    """What the portal knows of the moment, line by line, in an app's context."""
    with calendar.at(MOMENT):
        day = calendar.today()
        yield f"{day} {calendar.is_working_day(day)} {calendar.record_deadline(day)}"
        person = services.create_person(None, "闰年生", birth_on=date(2008, 2, 29))
        record(None, "faults.time", person)
        db.session.commit()
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "faults.time")).one()
        yield f"{entry.at.isoformat()} {formats.datetime_local(entry.at)} {formats.time_local(entry.at)}"
        yield str(db.session.scalars(select(Person).where(Person.birth_on == date(2008, 2, 29))).one().age_on(day))
        same = select(AuditEntry.id).where(AuditEntry.at >= MOMENT, AuditEntry.at <= MOMENT)
        yield str(db.session.scalar(same) is not None)
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SET TIME ZONE 'UTC'"))
        yield str(db.session.scalar(text("SELECT at FROM audit_entry WHERE action = 'faults.time'")))[:19]


if __name__ == "__main__":
    with create_app().test_request_context("/"):
        for line in told():
            print(line)
