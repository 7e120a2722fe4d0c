"""Notice periods in the office: opened with the days that were shown, decided, objections answered by who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.core.audit import AuditEntry
from portal.core.calendar import at
from portal.core.database import db
from portal.objections import retention
from portal.objections.models import NoticePeriod, Objection
from tests.harness.cases import each, either_engine
from tests.objections.rows import OFFICE, SAID, SHOWN, WORDS, make_objection, make_period, make_supervisor, over

ANSWER = {"outcome": "upheld", "answer": WORDS, "no_conflict": "y"}


@pytest.fixture
def period(cast) -> NoticePeriod:
    return make_period(cast.secretary, cast.community)


@pytest.fixture
def url(period) -> str:
    return f"{OFFICE}/{period.public_id}"


def test_it_is_opened_with_the_days_that_were_shown(cast, sign_in, db_session):
    secretary = sign_in(cast.secretary)
    checked = secretary.submit(f"{OFFICE}/new", SHOWN)
    assert checked.status_code == 200
    assert "<strong>三名</strong>" in checked.text
    said = {**secretary.form(f"{OFFICE}/new"), **SHOWN}
    assert SHOWN["title"] in secretary.send(f"{OFFICE}/new", {**said, "change": "yes"}).text
    assert secretary.send(f"{OFFICE}/open", {**said, "until": "2020-01-01"}).status_code == 200  # shown anew
    from portal.objections.services import days_from

    said["until"] = days_from(cast.community)[1].isoformat()
    first, second = (secretary.send(f"{OFFICE}/open", said) for _ in range(2))
    assert first.status_code == 303
    assert first.location == second.location
    assert db.session.scalar(select(func.count()).select_from(NoticePeriod)) == 1
    assert SHOWN["title"] in secretary.page(OFFICE).get_text()
    assert SHOWN["title"] in secretary.get(f"{OFFICE}/list.csv").text
    assert secretary.force(f"{OFFICE}/new", {**SHOWN, "contact": ""}).status_code == 422


def test_put_off_decided_and_what_everybody_reads(cast, client, sign_in, db_session, period, url):
    secretary, before = sign_in(cast.secretary), period.end_on
    assert secretary.submit(f"{url}/extend", {"end_on": before.isoformat(), "reason": WORDS}).status_code == 422
    assert secretary.submit(f"{url}/decide", {"outcome": "passed", "decision": WORDS}).status_code == 422
    later = before + timedelta(days=14)
    assert secretary.submit(f"{url}/extend", {"end_on": later.isoformat(), "reason": "补充材料"}).status_code == 303
    assert "补充材料" in client.page(f"/notice-periods/{period.public_id}").get_text()
    with at(over(period)):
        secretary, decided = sign_in(cast.secretary), {"outcome": "passed", "decision": "决定表彰三名会员。"}
        assert secretary.submit(f"{url}/decide", decided).status_code == 303
        assert "决定表彰三名会员" in client.page(f"/notice-periods/{period.public_id}").get_text()
        assert secretary.submit(f"{url}/withdraw", {"decision": WORDS}).status_code == 422
    assert period.state == "passed"


def test_the_name_is_seen_with_a_reason_that_the_objector_reads(cast, client, sign_in, db_session, period, url):
    made, supervisor = make_objection(period), sign_in(make_supervisor(cast))
    page = f"{url}/objections/{made.public_id}"
    assert "许文斌" not in supervisor.page(page).get_text()
    assert supervisor.submit(f"{page}/name", {"reason": " "}, page=page).status_code == 422
    shown = supervisor.submit(f"{page}/name", {"reason": "打电话核实情况"}, page=page)
    assert "许文斌" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "objections.reveal")).one()
    assert entry.changes["reason"] == "打电话核实情况"
    assert "打电话核实情况" in client.page(f"/objections/{made.reference}").get_text()


def test_an_answer_is_given_once_by_who_may(cast, sign_in, db_session, period, url):
    made, supervisor = make_objection(period), sign_in(make_supervisor(cast))
    page = f"{url}/objections/{made.public_id}"
    for bad in ({"answer": ""}, {"outcome": "x"}, {"no_conflict": None}):
        assert supervisor.submit(f"{page}/answer", {**ANSWER, **bad}, page=page).status_code == 422
    form = supervisor.form(f"{page}/answer", page)
    assert supervisor.send(f"{page}/answer", {**form, **ANSWER}).status_code == 303
    assert supervisor.send(f"{page}/answer", {**form, **ANSWER, "outcome": "rejected"}).status_code == 422
    assert made.state == "upheld"
    assert supervisor.get(f"{page}/answer").status_code == 405


@either_engine
def test_nobody_answers_what_concerns_them(cast, sign_in, db_session):
    """Whoever opened it, whoever the objection names, whoever objected: they read it, and see no name."""
    own, other = make_period(cast.chair, cast.community), make_period(cast.secretary, cast.community)
    opened, named = make_objection(own, in_the_open=True), make_objection(other, body="林建国 没有参加评议会。")
    chair = sign_in(cast.chair)
    for period, made in ((own, opened), (other, named)):
        page = f"{OFFICE}/{period.public_id}/objections/{made.public_id}"
        assert "许文斌" not in chair.page(page).get_text()
        assert chair.force(f"{page}/answer", ANSWER).status_code == 422
        assert chair.force(f"{page}/name", {"reason": "想看看是谁"}).status_code == 422
        assert made.state == "received"


@either_engine
@each(
    ("who", "reads", "opens", "answers"),
    [
        ("secretary", 200, 200, 403), ("publisher", 200, 200, 403), ("treasurer", 200, 403, 403),
        ("leader", 403, 403, 403), ("sibling", 404, 404, 404), ("member", 404, 404, 404),
    ],
)  # fmt: skip
def test_who_may(cast, sign_in, db_session, who, reads, opens, answers):
    period = make_period(cast.secretary, cast.community)
    made, somebody = make_objection(period), sign_in(getattr(cast, who))
    url = f"{OFFICE}/{period.public_id}"
    assert somebody.get(url).status_code == reads
    assert somebody.get(f"{OFFICE}/new").status_code == opens
    assert somebody.get(f"{url}/decide").status_code == opens
    assert somebody.get(f"{url}/objections/{made.public_id}").status_code == answers
    assert somebody.force(f"{url}/objections/{made.public_id}/answer", ANSWER).status_code == answers
    if reads == 200:
        assert SAID not in somebody.get(url).text


def test_paper_is_entered_also_after_the_end(cast, sign_in, db_session, period, url):
    said = {"body": SAID, "name": "沈如意", "phone": "", "shown": "open", "received_on": period.end_on.isoformat()}
    early = sign_in(cast.secretary).submit(f"{url}/objections/new", said)
    assert early.status_code == 422  # a day to come
    with at(over(period)):
        secretary = sign_in(cast.secretary)
        assert secretary.submit(f"{url}/objections/new", said).status_code == 303
        said["received_on"] = (period.end_on + timedelta(days=1)).isoformat()
        assert secretary.submit(f"{url}/objections/new", said).status_code == 422
    made = db.session.scalars(select(Objection)).one()
    assert (made.channel, made.in_the_open, made.entered_by_id) == ("paper", True, cast.secretary.person_id)


def test_the_work_list_tells(cast, sign_in, db_session, period):
    make_objection(period)
    supervisor = sign_in(make_supervisor(cast))
    assert supervisor.page("/office/wangjiang").find("a", href=f"{OFFICE}?state=open")
    with at(over(period)):
        secretary = sign_in(cast.secretary)
        assert secretary.page("/office/wangjiang").find("a", href=f"{OFFICE}?state=open")


def test_who_objected_is_forgotten_a_year_after_the_decision(app, cast, db_session, period):
    hidden, shown = make_objection(period), make_objection(period, in_the_open=True)
    period.state, period.decided_at = "withdrawn", over(period)
    db.session.commit()
    for days, names in ((300, ("许文斌", "许文斌")), (400, (None, "许文斌"))):
        with at(over(period) + timedelta(days=days)):
            retention.forget()
        db.session.expire_all()
        assert (hidden.name, shown.name) == names
    assert (hidden.phone, shown.phone, hidden.body) == (None, None, SAID)
