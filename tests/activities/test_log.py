"""Logging an activity: the main job."""

from __future__ import annotations

from portal.activities.models import ActivityLog, ActivityParticipant
from portal.core.database import db
from tests.activities.rows import NEW, entry, logs, make_log, make_photo, upload, who


def test_smoke(cast, sign_in):
    client = sign_in(cast.secretary)
    log = make_log(cast.community, (who(cast.member), who(cast.volunteer)))
    photo = make_photo(log).public_id
    client.page(NEW)
    answer = client.submit(
        NEW, entry(person=[who(cast.member).public_id, who(cast.volunteer).public_id], photos=upload())
    )
    assert answer.status_code == 303, answer.text
    client.page(answer.location)
    base = f"/office/wangjiang/activities/{log.public_id}"
    for path in ("", "/edit", "/strike-out", "/photos", f"/photos/{photo}"):
        client.page(base + path)
    for path in ("", "/months", "/list.csv"):
        client.page("/office/wangjiang/activities" + path)
    client.page("/activities")
    client.page(f"/activities/{log.public_id}")
