"""The same form sent many times at once makes one entry; of two corrections at once one is told."""

from __future__ import annotations

from portal.activities.models import ActivityLog, ActivityRevision
from portal.core.database import db
from tests.activities.rows import NEW, entry, make_log
from tests.harness.together import send_at_once


def test_one_form_sent_at_once_is_one_entry(live_app, cast, sign_in):
    form = {**sign_in(cast.secretary).form(NEW), **entry(entry_key="the same key")}
    answers = send_at_once(live_app, cast.secretary, [(NEW, form)] * 8)
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, answers[0].location)}
    assert db.session.query(ActivityLog).count() == 1


def test_control_forms_of_their_own_are_entries_of_their_own(live_app, cast, sign_in):
    secretary = sign_in(cast.secretary)
    answers = send_at_once(live_app, cast.secretary, [(NEW, {**secretary.form(NEW), **entry()}) for _ in range(4)])
    assert {answer.status_code for answer in answers} == {303}
    assert db.session.query(ActivityLog).count() == 4


def test_of_corrections_at_once_one_is_kept(live_app, cast, sign_in):
    log = make_log(cast.community)
    url = f"/office/wangjiang/activities/{log.public_id}/edit"
    form = {**sign_in(cast.secretary).form(url), "reason": "核对"}
    answers = send_at_once(live_app, cast.secretary, [(url, {**form, "title": f"名称{n}"}) for n in range(4)])
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]
    (log,) = db.session.query(ActivityLog)
    assert (log.revision, db.session.query(ActivityRevision).count()) == (2, 1)
    for number, answer in enumerate(answers):
        if answer.status_code == 409:
            assert f"名称{number}" in answer.text
            assert log.title in answer.text
