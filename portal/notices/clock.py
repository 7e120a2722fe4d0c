"""What is published by itself when its moment comes: looked for each minute by the background worker."""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale

from portal.core.calendar import now
from portal.core.database import db
from portal.core.i18n import BABEL
from portal.core.jobs import queue
from portal.notices import desk, publishing
from portal.settings import Settings


@queue.every(1)
def publish_due() -> None:
    """One transaction each: what cannot be published keeps nothing else from it. Done again, it does nothing."""
    settings: Settings = current_app.extensions["portal.settings"]
    with force_locale(BABEL[settings.language]):
        for notice_id in desk.list_due(now()):
            publishing.publish_due(notice_id, now())
            db.session.commit()
