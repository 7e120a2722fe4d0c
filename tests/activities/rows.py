"""Rows and requests that the tests of the log book share."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from PIL import Image

from portal.accounts.models import Account
from portal.activities.models import ActivityLog, ActivityMaterial, ActivityParticipant, ActivityPhoto
from portal.associations.models import Association
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.files import store
from portal.hours.models import HoursEntry, HoursRevision
from portal.people.models import Consent, ConsentPurpose, Person

SUMMARY = "清扫了江边步道，收了二十袋垃圾。"
NEW = "/office/wangjiang/activities/new"


def days_ago(days: int) -> date:
    return today() - timedelta(days=days)


def make_log(association: Association, people: tuple[Person, ...] = (), **values: Any) -> ActivityLog:
    """A complete, public entry of yesterday, unless said otherwise."""
    known = {
        "kind": "safety",
        "title": "江边步道清洁",
        "held_on": days_ago(1),
        "place": "江边步道",
        "minutes": 120,
        "others_count": 3,
        "summary": SUMMARY,
        "is_complete": True,
    }
    log = ActivityLog(association_id=association.id, **{**known, **values})
    log.participants = [ActivityParticipant(person_id=one.id, is_volunteer=True, minutes=120) for one in people]
    log.materials = [ActivityMaterial(name="垃圾袋", count=20)]
    db.session.add(log)
    db.session.flush()
    for row in log.participants:
        _approve(log, row)
    db.session.commit()
    return log


def _approve(log: ActivityLog, row: ActivityParticipant) -> None:
    """What somebody served, approved long ago; void where the entry of the log is struck out."""
    known = {"association_id": log.association_id, "group_id": log.group_id}
    void = {"voided_at": log.removed_at, "void_reason": "struck out" if log.removed_at else ""}
    source = {"session_id": log.session_id} if log.session_id else {"log_id": log.id}
    hours = HoursEntry(person_id=row.person_id, held_on=log.held_on, title=log.title, **known, **void, **source)
    state = {"state": "approved", "decided_at": now()}
    hours.revisions = [HoursRevision(number=1, minutes=row.minutes, origin="entered", **known, **state)]
    db.session.add(hours)


def make_photo(log: ActivityLog, **values: Any) -> ActivityPhoto:
    keys = [store.keep(picture(size=(8, 6)), suffix) for suffix in (".photo.jpg", ".thumb.jpg")]
    known = {"key": keys[0], "thumb_key": keys[1], "width": 8, "height": 6, "is_public": True}
    photo = ActivityPhoto(log_id=log.id, **{**known, **values})
    db.session.add(photo)
    db.session.commit()
    return photo


def agree(person: Person) -> Consent:
    """The person agrees to photos in public."""
    consent = Consent(person_id=person.id, purpose=ConsentPurpose.PHOTO, notice_version=1, given_at=now())
    db.session.add(consent)
    db.session.commit()
    return consent


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (180, 60, 40)).save(out, kind, **options)
    return out.getvalue()


def upload(content: bytes | None = None, name: str = "photo.jpg") -> tuple[io.BytesIO, str]:
    """A file as a form sends it."""
    return io.BytesIO(picture() if content is None else content), name


def entry(**values: Any) -> dict[str, Any]:
    """What a secretary fills in; a value of None leaves the field out."""
    known = {
        "kind": "safety",
        "title": "江边步道清洁",
        "held_on": days_ago(1).isoformat(),
        "place": "江边步道",
        "length": "120",
        "minutes": "",
        "others_count": "5",
        "summary": SUMMARY,
    }
    return {**known, **values}


def logs() -> list[ActivityLog]:
    return list(db.session.query(ActivityLog).order_by(ActivityLog.id))


def who(account: Account) -> Person:
    """The person of an account of the cast, read afresh."""
    person = db.session.get(Person, account.person_id)
    assert person is not None
    return person
