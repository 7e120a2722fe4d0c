"""Reading photos: which of an entry everybody may see today, and who may see the others."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from portal.accounts.models import Account
from portal.activities.models import ActivityLog, ActivityPhoto
from portal.activities.pictured import TITLE_FIRST, is_open
from portal.core.database import db
from portal.offices.access import visible


def list_open_photos(log: ActivityLog) -> Sequence[ActivityPhoto]:
    """Those that everybody may see today, the title picture first."""
    statement = select(ActivityPhoto).join(ActivityPhoto.log).where(ActivityPhoto.log_id == log.id, is_open())
    return db.session.scalars(statement.order_by(*TITLE_FIRST)).all()


def get_photo(public_id: str) -> tuple[ActivityPhoto, bool] | None:
    """A photo with its entry, and whether everybody may see it today."""
    statement = select(ActivityPhoto, is_open()).join(ActivityPhoto.log).options(contains_eager(ActivityPhoto.log))
    row = db.session.execute(statement.where(ActivityPhoto.public_id == public_id)).first()
    return (row[0], bool(row[1])) if row else None


def may_see(account: Account, log: ActivityLog) -> bool:
    """Whether the account may read the entry in the office."""
    statement = visible(select(ActivityLog.id), account, "activities.read", ActivityLog)
    return db.session.scalar(statement.where(ActivityLog.id == log.id)) is not None
