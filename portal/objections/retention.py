"""How long it is kept who objected: a year after the decision. What was said, and the answer, stay."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from portal.core.calendar import now
from portal.core.database import change
from portal.core.jobs import queue
from portal.objections.models import NoticePeriod, Objection

KEPT = timedelta(days=365)  # the portal's own default: time to complain about the decision
EVERY = 60  # minutes


@queue.every(EVERY)
def forget() -> None:
    """Phones of all, names of those that stood in public nowhere. Done again, it does nothing."""
    over = select(NoticePeriod.id).where(NoticePeriod.decided_at <= now() - KEPT)
    old = update(Objection).where(Objection.period_id.in_(over))
    change(old.where(Objection.phone.is_not(None)).values(phone=None))
    change(old.where(~Objection.in_the_open, Objection.name.is_not(None)).values(name=None, person_id=None))
