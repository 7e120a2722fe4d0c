"""A session is changed: places that are taken stay, and who signed up is told of a new time or place."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta

import pytest

from portal.core.calendar import at, now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import local
from portal.plans import services, session_services
from portal.plans.models import ActivitySession, SessionNeed
from tests.harness.cases import each, either_engine
from tests.harness.client import form_in, form_values
from tests.harness.service import make_activity, make_session, make_sign_up, make_skill
from tests.plans.rows import STATED, activity_of, asked, in_days, open_to_all, refuses_all_but_writers, url_of


@pytest.fixture
def told():
    heard = {"moved": [], "widened": []}
    with ExitStack() as stack:
        for name, signal in (("moved", services.moved), ("widened", services.widened)):
            stack.enter_context(signal.connected_to(lambda session, name=name: heard[name].append(session.public_id)))
        yield heard


def kept(session):
    return db.session.get_one(ActivitySession, session.id)


def test_it_is_changed_and_a_new_place_is_told(cast, sign_in, told):
    session = open_to_all(cast)
    client = sign_in(cast.secretary)
    answer = client.submit(url_of(session, "/edit"), {"place": "听雨亭", "risks": "台阶多"})
    assert (answer.status_code, answer.location) == (303, url_of(session))
    assert (kept(session).place, kept(session).risks) == ("听雨亭", "台阶多")
    assert told == {"moved": [session.public_id], "widened": []}
    client.submit(url_of(session, "/edit"), {"risks": "台阶很多"})
    assert told["moved"] == [session.public_id]


def test_a_new_time_is_told_and_the_activity_follows(cast, sign_in, told):
    session = open_to_all(cast)
    filled = {"day": in_days(30).isoformat(), "deadline_day": in_days(29).isoformat()}
    sign_in(cast.secretary).submit(url_of(session, "/edit"), filled)
    changed = kept(session)
    assert local(changed.starts_at).date() == in_days(30)
    assert (activity_of(changed).planned_on, activity_of(changed).ends_at) == (in_days(30), changed.ends_at)
    assert told["moved"] == [session.public_id]


def test_more_places_are_told(cast, sign_in, told):
    session = open_to_all(cast, needs={None: 3})
    sign_in(cast.secretary).submit(url_of(session, "/edit"), {"need_count": ["5", ""]})
    assert told == {"moved": [], "widened": [session.public_id]}


def counts(session):
    rows = db.session.query(SessionNeed).filter_by(session_id=session.id).order_by(SessionNeed.id)
    return [(need.skill_id, need.wanted, need.taken) for need in rows]


def test_no_fewer_than_are_taken(cast, sign_in):
    session = open_to_all(cast, needs={None: 3})
    for account in (cast.volunteer, cast.member):
        make_sign_up(session, account.person)
    client = sign_in(cast.secretary)
    answer = client.submit(url_of(session, "/edit"), {"need_count": ["1", ""]})
    assert answer.status_code == 422
    assert "已有 2 人" in answer.text
    assert client.submit(url_of(session, "/edit"), {"need_count": ["2", ""]}).status_code == 303
    assert counts(session) == [(None, 2, 2)]


def test_a_place_taken_meanwhile_is_seen(cast):
    """The one statement asks the row as it is, not as the form was loaded."""
    session = make_session(make_activity(cast.community), needs={None: 3})
    need = db.session.query(SessionNeed).filter_by(session_id=session.id).one()
    db.session.query(SessionNeed).filter_by(id=need.id).update({"taken": 3}, synchronize_session=False)
    assert need.taken == 0
    with pytest.raises(RuleError):
        session_services._resize(need, 2)
    assert db.session.query(SessionNeed.wanted).filter_by(id=need.id).scalar() == 3


@either_engine
def test_a_line_goes_only_while_nobody_signed_up_for_it(cast, sign_in):
    skill = make_skill(cast.community, "急救")
    session = open_to_all(cast, needs={None: 3, skill: 2})
    client = sign_in(cast.secretary)
    make_sign_up(session, cast.volunteer.person, "waitlisted")
    without_first = {"need_skill": [skill.public_id], "need_count": ["2"]}
    assert client.submit(url_of(session, "/edit"), without_first).status_code == 422
    assert client.submit(url_of(session, "/edit"), {"need_skill": [""], "need_count": ["3"]}).status_code == 303
    assert counts(session) == [(None, 3, 0)]


def test_a_line_is_added(cast, sign_in, told):
    skill = make_skill(cast.community, "急救")
    session = open_to_all(cast, needs={None: 3})
    filled = {"need_skill": ["", skill.public_id], "need_count": ["3", "2"]}
    assert sign_in(cast.secretary).submit(url_of(session, "/edit"), filled).status_code == 303
    assert counts(session) == [(None, 3, 0), (skill.id, 2, 0)]
    assert told["widened"] == [session.public_id]


@either_engine
@each("wrong", [{"risks": ""}, {"ends": "01:00"}, {"day": ""}, {"need_count": ["", ""]}])
def test_bad_input(cast, sign_in, told, wrong):
    session = open_to_all(cast)
    assert sign_in(cast.secretary).submit(url_of(session, "/edit"), wrong).status_code == 422
    assert (kept(session).risks, told["moved"]) == ("路滑", [])


def test_what_is_over_or_cancelled_stays_as_it_was(cast, sign_in):
    over = open_to_all(cast, starts_at=now() - timedelta(days=3))
    gone = open_to_all(cast, cancelled_at=now(), cancel_reason="下雨")
    for session in (over, gone):
        assert sign_in(cast.secretary).submit(url_of(session, "/edit"), asked()).status_code == 422
        assert kept(session).place == "望江桥头"


@either_engine
def test_who_may_change(cast, sign_in, client):
    session = open_to_all(cast)
    refuses_all_but_writers(cast, sign_in, client, url_of(session, "/edit"), asked())
    assert sign_in(cast.leader).force(url_of(session, "/edit"), asked()).status_code == 404
    assert sign_in(cast.chair).get(url_of(session).replace("wangjiang", "tingyu")).status_code == 404
    assert kept(session).risks == STATED["risks"]


def test_a_leader_changes_the_own_group_s(cast, sign_in):
    activity = make_activity(cast.community, group_id=cast.group.id)
    session = make_session(activity, **STATED)
    assert sign_in(cast.leader).submit(url_of(session, "/edit"), {"risks": "台阶"}).status_code == 303


@either_engine
def test_the_page_of_a_session(cast, sign_in):
    session = open_to_all(cast, risks="")
    readers = {"secretary": 200, "treasurer": 200, "chair": 200, "sibling": 404, "leader": 404, "member": 404}
    assert {name: sign_in(getattr(cast, name)).get(url_of(session)).status_code for name in readers} == readers
    page = sign_in(cast.secretary).page(url_of(session))
    assert "还缺：可能的风险" in page.text
    assert "更改" not in sign_in(cast.treasurer).page(url_of(session)).select_one(".actions").text


def test_what_somebody_else_saved_meanwhile_is_not_put_back_unseen(cast, sign_in):
    session = open_to_all(cast)
    mine, theirs = sign_in(cast.secretary), sign_in(cast.chair)
    shown = mine.form(url_of(session, "/edit"))
    assert theirs.submit(url_of(session, "/edit"), {"starts": "10:30", "ends": "11:30"}).status_code == 303
    answer = mine.send(url_of(session, "/edit"), {**shown, "place": "听雨亭"})
    assert (answer.status_code, kept(session).place == "听雨亭", local(kept(session).starts_at).hour) == (
        422,
        False,
        10,
    )
    again = form_values(form_in(answer.text, url_of(session, "/edit"), url_of(session, "/edit")))
    assert again["place"] == "听雨亭"
    assert mine.send(url_of(session, "/edit"), again).status_code == 303


def test_a_night_ends_on_the_next_day(cast, sign_in):
    session, client = open_to_all(cast), sign_in(cast.secretary)
    assert client.submit(url_of(session, "/edit"), {"starts": "22:00", "ends": "00:30"}).status_code == 303
    assert kept(session).ends_at - kept(session).starts_at == timedelta(hours=2, minutes=30)
    assert client.submit(url_of(session, "/edit"), {"place": "江堤"}).status_code == 303  # saved again as it is
    assert client.submit(url_of(session, "/edit"), {"starts": "09:00", "ends": "08:00"}).status_code == 422


def test_what_has_begun_keeps_its_beginning(cast, sign_in):
    session, client = open_to_all(cast), sign_in(cast.secretary)
    with at(session.starts_at + timedelta(minutes=20)):
        client = sign_in(cast.secretary)
        assert client.submit(url_of(session, "/edit"), {"day": in_days(60).isoformat()}).status_code == 422
        assert client.submit(url_of(session, "/edit"), {"place": "听雨亭"}).status_code == 303
