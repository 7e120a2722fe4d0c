"""What the tests of offices share: appointments wanted and found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.offices.models import Appointment, Term
from portal.offices.rights import Position
from portal.offices.rules import Wanted
from portal.people.models import Affiliation, AffiliationKind


@pytest.fixture
def wanted(cast) -> Callable[..., Wanted]:
    """wanted(position=…) is an appointment of the member at the community, from today on."""

    def wanted(**values: Any) -> Wanted:
        known = {
            "person": cast.member.person,
            "association": cast.community,
            "position": Position.PUBLISHER,
            "start_on": today(),
        }
        return Wanted(**{**known, **values})

    return wanted


@pytest.fixture
def held(db_session) -> Callable[[int], list[Appointment]]:
    """held(account.person_id): the person's appointments, the first first."""

    def held(person_id: int) -> list[Appointment]:
        statement = select(Appointment).where(Appointment.person_id == person_id).order_by(Appointment.id)
        return list(db_session.scalars(statement))

    return held


@pytest.fixture
def record_of(db_session) -> Callable[[int], list[tuple[Any, Any]]]:
    """record_of(account.person_id): from when to when associations held the person's record as an officer's."""

    def record_of(person_id: int) -> list[tuple[Any, Any]]:
        statement = select(Affiliation.start_on, Affiliation.end_on).where(
            Affiliation.person_id == person_id, Affiliation.kind == AffiliationKind.OFFICER
        )
        return [tuple(row) for row in db_session.execute(statement.order_by(Affiliation.id))]

    return record_of


@pytest.fixture
def logged(db_session) -> Callable[[], list[str]]:
    """logged(): the acts in the log, the first first."""
    return lambda: list(db_session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


@pytest.fixture
def terms(cast, db_session) -> tuple[Term, Term]:
    """The running term of the community, which the secretary was elected for, and the one after it."""
    first = Term(
        association_id=cast.community.id,
        name="第三届",
        start_on=today() - timedelta(days=900),
        end_on=today() + timedelta(days=30),
    )
    second = Term(
        association_id=cast.community.id,
        name="第四届",
        start_on=today() + timedelta(days=31),
        end_on=today() + timedelta(days=1100),
    )
    db_session.add_all([first, second])
    db_session.flush()
    for appointment in db_session.scalars(select(Appointment).where(Appointment.end_on.is_(None))):
        if appointment.association_id == cast.community.id:
            appointment.term_id = first.id
            appointment.start_on = first.start_on
    db_session.flush()
    return first, second
