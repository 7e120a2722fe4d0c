"""Whom photos show: what everybody may see, and who does not agree to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select

from portal.activities.models import ActivityLog, ActivityParticipant, ActivityPhoto
from portal.activities.story_rules import is_reviewed_enough
from portal.core.database import db
from portal.people.models import Consent, ConsentPurpose, Person

TITLE_FIRST = (ActivityPhoto.is_title.desc(), ActivityPhoto.id)


def _agrees(person_id: Any) -> ColumnElement[bool]:
    live = (Consent.purpose == ConsentPurpose.PHOTO, Consent.withdrawn_at.is_(None))
    return exists().where(Consent.person_id == person_id, *live)


def is_open() -> ColumnElement[bool]:
    """Whether everybody may see a photo (joined to its entry) today.

    Asked each time it is shown: a consent that is withdrawn takes the photo out of public view at once.
    """
    objecting = select(ActivityParticipant.id).where(
        ActivityParticipant.log_id == ActivityPhoto.log_id,
        ActivityParticipant.not_pictured.is_(False),
        ~_agrees(ActivityParticipant.person_id),
    )
    stands = (ActivityLog.is_public, ActivityLog.removed_at.is_(None), is_reviewed_enough())
    return and_(ActivityPhoto.is_public, *stands, ~objecting.correlate(ActivityPhoto).exists())


def without_photo_consent(person_ids: Sequence[int]) -> Sequence[Person]:
    """Those of the people who do not agree to photos of them today, by name."""
    statement = select(Person).where(Person.id.in_(person_ids), ~_agrees(Person.id)).order_by(Person.sort_key)
    return db.session.scalars(statement).all() if person_ids else []
