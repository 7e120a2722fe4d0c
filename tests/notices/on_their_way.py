"""Notices at each step of their way, and the pages on which the next step is taken: for the tests of every form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import db
from portal.notices import attachments, services, subjects
from portal.notices.queries import list_subjects
from tests.notices.rows import OFFICE, acting, draft
from tests.notices.test_files import picture


def addresses(cast: Any) -> Iterator[tuple[str, str]]:
    """Who opens which page, while the federation wants a review."""
    root, place = (db.session.get_one(Association, one.id) for one in (cast.federation, cast.community))
    root.reviews_notices = True
    publisher, secretary = acting(cast.publisher), acting(cast.secretary)
    written, submitted, scheduled = (draft(publisher, place, title=title) for title in ("写好的", "送审的", "定时的"))
    attachments.attach(publisher, written, attachments.take_in("门口.jpg", picture((40, 30))), "活动室门口")
    for one in (submitted, scheduled):
        services.submit(publisher, one, number=1)
    services.approve(secretary, scheduled, number=1)
    services.schedule(secretary, scheduled, now() + timedelta(days=2), number=1)
    ended = list_subjects(root.id)[-1]
    subjects.SUBJECTS.end(cast.administrator, ended)
    db.session.flush()
    kept = f"/office/qinghe/subjects/{list_subjects(root.id)[0].public_id}"
    yield "publisher", f"{OFFICE}/{written.public_id}/files"
    for who, one in (
        ("publisher", written),
        ("publisher", submitted),
        ("secretary", submitted),
        ("secretary", scheduled),
    ):
        yield who, f"{OFFICE}/{one.public_id}/check"
    for address in ("/office/qinghe/subjects", "/office/qinghe/subjects/add", kept, f"{kept}/end"):
        yield "administrator", address
    db.session.get_one(Association, cast.federation.id).reviews_notices = False
    db.session.flush()
