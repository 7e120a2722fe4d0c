"""Stories of sister associations: read in the office, and taken over into one's own plan."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, or_

from portal.activities import queries
from portal.activities.models import ActivityLog
from portal.associations.models import Association
from portal.core.formats import date_long
from portal.core.i18n import _
from portal.plans.services import LIMITS


def stories(association: Association, kind: str = "", text: str = "") -> Select[Any]:
    """What other associations of the federation show in public, newest first; nothing else of theirs."""
    statement = queries.list_public(_federation(association), kind).where(
        ActivityLog.association_id != association.id
    )
    if not text:
        return statement
    columns = (ActivityLog.title, ActivityLog.summary, ActivityLog.place, Association.name)
    return statement.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))


def get_story(association: Association, public_id: str) -> ActivityLog | None:
    """One of these stories."""
    found = queries.get_public(public_id)
    if found is None or found.association_id == association.id:
        return None
    return found if found.association.path.startswith(_federation(association)) else None


def as_plan(log: ActivityLog) -> dict[str, str]:
    """What a plan takes over of a story: kind, title, content with its source named. Place and day are one's own."""
    source = _(
        "After “%(title)s” of %(association)s, %(date)s.",
        title=log.title,
        association=log.association.name,
        date=date_long(log.held_on),
    )
    room = LIMITS["content"] - len(source) - 2
    return {"kind": log.kind, "title": log.title, "content": f"{log.summary[:room]}\n\n{source}".strip()}


def _federation(association: Association) -> str:
    return f"{association.path_ids[0]}/"
