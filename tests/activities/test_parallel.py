"""The same form sent many times at once makes one entry; of two corrections at once one is told."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from bs4 import BeautifulSoup

from portal.activities.models import ActivityLog, ActivityRevision
from portal.core.database import db
from tests.activities.rows import NEW, entry, make_log
from tests.harness.client import client_of, form_to, form_values

SENDERS = 8


def clients(app, account, count=SENDERS):
    """Browsers of one person, each with a form that is open."""
    made = []
    for _number in range(count):
        client = client_of(app)
        client.sign_in(account)
        made.append(client)
    return made


def form_of(client, url):
    return form_values(form_to(BeautifulSoup(client.get(url).text, "html.parser"), url, url))


def at_once(app, jobs):
    """Run the jobs in threads that start together; each in an app context of its own."""
    barrier = threading.Barrier(len(jobs))

    def run(job):
        with app.app_context():
            barrier.wait()
            return job()

    db.session.commit()
    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def sender(client, url, data):
    return lambda: client.post(url, data=data)


def test_one_form_sent_at_once_is_one_entry(live_app, cast):
    senders = clients(live_app, cast.secretary)
    filled = [{**form_of(client, NEW), **entry(entry_key="the same key")} for client in senders]
    answers = at_once(live_app, [sender(c, NEW, data) for c, data in zip(senders, filled, strict=True)])
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, answers[0].location)}
    assert db.session.query(ActivityLog).count() == 1


def test_control_forms_of_their_own_are_entries_of_their_own(live_app, cast):
    senders = clients(live_app, cast.secretary, 4)
    filled = [{**form_of(client, NEW), **entry()} for client in senders]
    answers = at_once(live_app, [sender(c, NEW, data) for c, data in zip(senders, filled, strict=True)])
    assert {answer.status_code for answer in answers} == {303}
    assert db.session.query(ActivityLog).count() == 4


def test_of_corrections_at_once_one_is_kept(live_app, cast):
    log = make_log(cast.community)
    url = f"/office/wangjiang/activities/{log.public_id}/edit"
    senders = clients(live_app, cast.secretary, 4)
    filled = [{**form_of(c, url), "title": f"名称{n}", "reason": "核对"} for n, c in enumerate(senders)]
    answers = at_once(live_app, [sender(c, url, data) for c, data in zip(senders, filled, strict=True)])
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]
    db.session.expire_all()
    (log,) = db.session.query(ActivityLog)
    assert (log.revision, db.session.query(ActivityRevision).count()) == (2, 1)
    for number, answer in enumerate(answers):
        if answer.status_code == 409:
            assert f"名称{number}" in answer.text
            assert log.title in answer.text
