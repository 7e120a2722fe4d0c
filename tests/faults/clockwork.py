"""Run under an odd TZ by test_time: writes a moment and a date, reads them back, and prints all it knows of them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select, text

from portal import create_app
from portal.core import calendar, formats
from portal.core.audit import AuditEntry, record
from portal.core.database import db
from portal.people import services
from portal.people.models import Person

MOMENT = datetime(2028, 2, 28, 16, 30, tzinfo=UTC)  # half past midnight of 29 February in Beijing

with create_app().test_request_context("/"), calendar.at(MOMENT):
    print(calendar.today(), calendar.is_working_day(calendar.today()), calendar.record_deadline(calendar.today()))
    person = services.create_person(None, "闰年生", birth_on=date(2008, 2, 29))
    record(None, "faults.time", person)
    db.session.commit()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "faults.time")).one()
    print(entry.at.isoformat(), formats.datetime_local(entry.at), formats.time_local(entry.at))
    print(
        db.session.scalars(select(Person).where(Person.birth_on == date(2008, 2, 29))).one().age_on(calendar.today())
    )
    print(
        db.session.scalar(select(AuditEntry.id).where(AuditEntry.at >= MOMENT, AuditEntry.at <= MOMENT)) is not None
    )
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET TIME ZONE 'UTC'"))
    print(str(db.session.scalar(text("SELECT at FROM audit_entry WHERE action = 'faults.time'")))[:19])
