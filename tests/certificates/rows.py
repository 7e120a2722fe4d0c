"""Rows for tests of stars and certificates: approved service, requests, certificates as they were issued."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from pypdf import PdfReader
from sqlalchemy import select

from portal.activities.models import ActivityLog
from portal.associations.models import Association
from portal.certificates import issuing
from portal.certificates.models import ServiceCertificate, StarGrant, StarTable
from portal.core.calendar import now, today
from portal.core.database import db
from portal.hours.models import HoursEntry, HoursRevision
from portal.people.models import Person
from portal.verification.models import VerifiableCode

OFFICE = "/office/wangjiang"


def serve(account: Any, place: Association, minutes: int = 120, on: date | None = None, **values: Any) -> HoursEntry:
    """Approved service of yesterday; state="pending" leaves it waiting."""
    told = {"kind": "service", "title": "江边步道清洁", "place": "江边步道", "summary": "清扫了江边步道。"}
    log = ActivityLog(association_id=place.id, held_on=on or today(), minutes=minutes, **told)
    db.session.add(log)
    db.session.flush()
    state = values.pop("state", "approved")
    known = {"association_id": place.id, "group_id": None}
    entry = HoursEntry(
        person_id=account.person_id, log_id=log.id, held_on=on or today() - timedelta(days=1),
        **{"title": "江边步道清洁", "place": "江边步道", "in_charge": "黄淑兰", **known, **values},
    )  # fmt: skip
    decided = {} if state == "pending" else {"decided_at": now()}
    entry.revisions = [HoursRevision(number=1, minutes=minutes, origin="entered", state=state, **known, **decided)]
    db.session.add(entry)
    db.session.flush()
    return entry


def serve_hours(account: Any, place: Association, hours: int, **values: Any) -> None:
    """So many approved hours, a long day after the other."""
    for number in range(-(-hours // 20)):
        serve(account, place, min(20, hours - 20 * number) * 60, today() - timedelta(days=number + 1), **values)


def make_request(account: Any, place: Association, stars: int = 1, state: str = "asked", **values: Any) -> StarGrant:
    table = db.session.scalars(select(StarTable)).first()
    decided = {} if state == "asked" else {"decided_at": now()}
    known = {"person_id": account.person_id, "association_id": place.id, "table_id": table.id, "minutes": 6000}
    grant = StarGrant(**{**known, "stars": stars, "state": state, **decided, **values})
    db.session.add(grant)
    db.session.commit()
    return grant


def make_certificate(account: Any, place: Association, **values: Any) -> ServiceCertificate:
    """As the holder fetches it."""
    person = db.session.get_one(Person, account.person_id)
    made = issuing.issue_certificate(account, person, db.session.get_one(Association, place.id), **values)
    db.session.commit()
    return made


def certificates_of(account: Any) -> list[ServiceCertificate]:
    statement = select(ServiceCertificate).where(ServiceCertificate.person_id == account.person_id)
    ordered = statement.order_by(ServiceCertificate.id).execution_options(populate_existing=True)
    return list(db.session.scalars(ordered))


def requests_of(account: Any) -> list[tuple[int, str]]:
    rows = db.session.query(StarGrant.stars, StarGrant.state).filter_by(person_id=account.person_id)
    return [tuple(row) for row in rows.order_by(StarGrant.id)]


def code_of(certificate: ServiceCertificate) -> str:
    statement = select(VerifiableCode.code).join(ServiceCertificate, ServiceCertificate.code_id == VerifiableCode.id)
    return db.session.scalars(statement.where(ServiceCertificate.id == certificate.id)).one()


def pages_of(pdf: bytes) -> list[str]:
    """What can be selected on each page, without spaces."""
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]
