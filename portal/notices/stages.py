"""What the page of a draft shows of its way: how far it has come, what changed, and the forms of the next step."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import g
from flask_login import current_user

from portal.core.access import can
from portal.core.calendar import now
from portal.core.formats import local
from portal.notices import changes, desk, reviewing
from portal.notices.forms import ReviewForm, ScheduleForm
from portal.notices.models import Notice, NoticeVersion, way_of


def of(notice: Notice, draft: NoticeVersion, html: str) -> dict[str, Any]:
    """For the page of a draft."""
    return {
        "way": way_of(draft),
        "is_reviewed": desk.is_reviewed(g.association),
        "may_review": can("notices.publish") and reviewing.may_review(current_user, notice, draft),
        "reviewing": ReviewForm(formdata=None),
        "scheduling": ScheduleForm(formdata=None, data=_proposed(draft.publish_at)),
        "changed": changes.of(desk.get_current(notice), draft, html) if notice.published_at else None,
    }


def _proposed(at: datetime | None) -> dict[str, Any]:
    """The moment that was set, or tomorrow at nine."""
    zone = g.association.time_zone
    if at is not None:
        set_for = local(at, zone)
        return {"day": set_for.date(), "at": set_for.time()}
    tomorrow = local(now(), zone) + timedelta(days=1)
    return {"day": tomorrow.date(), "at": tomorrow.time().replace(hour=9, minute=0, second=0, microsecond=0)}
