"""What of the log book is a story that everybody may read."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from portal.activities.models import ActivityLog
from portal.associations.models import Association


def is_story() -> tuple[ColumnElement[bool], ...]:
    """For a statement that has the entry's association joined: public, standing, complete, and reviewed where the
    association wishes so. A correction takes the review back, and with it the story until it is reviewed again.
    """
    public: ColumnElement[bool] = ActivityLog.is_public.is_(True)
    reviewed = or_(Association.reviews_stories.is_(False), ActivityLog.reviewed_at.is_not(None))
    return public, ActivityLog.removed_at.is_(None), ActivityLog.is_complete.is_(True), reviewed


def is_reviewed_enough() -> ColumnElement[bool]:
    """The last of these, where the association is not joined."""
    place = aliased(Association)
    wishes = select(place.id).where(place.id == ActivityLog.association_id, place.reviews_stories)
    return or_(ActivityLog.reviewed_at.is_not(None), ~wishes.correlate(ActivityLog).exists())
