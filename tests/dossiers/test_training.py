"""Training: courses of a year, who attended how many sessions, study hours; totals beside four a year."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta

import pytest

from portal.core.calendar import now, today
from portal.core.database import db
from portal.dossiers.course import attendees, get_course
from portal.dossiers.training import Reach, by_association, by_person, counts_of, courses, totals
from tests.activities.rows import make_log, who
from tests.dossiers.rows import served
from tests.harness.cases import each, either_engine
from tests.harness.service import make_activity, make_session, make_sign_up

URL = "/office/wangjiang/training"
YEAR = today().year
DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("january_over")


def rows(statement):
    return db.session.execute(statement).all()


@pytest.fixture
def course(cast):
    """Two sessions: the first is in the log book with two people, at the second one of them was checked in."""
    begin = now() - 3 * DAY
    activity = make_activity(cast.community, "急救课", kind="training", opened_at=begin)
    first, second = (make_session(activity, begin + n * DAY) for n in (0, 1))
    volunteer, member = who(cast.volunteer), who(cast.member)
    make_sign_up(first, volunteer, "completed", in_at=first.starts_at, out_at=first.ends_at)
    make_sign_up(second, volunteer, "completed", in_at=second.starts_at, out_at=second.ends_at)
    make_sign_up(second, member, "no_show")
    log = make_log(cast.community, (volunteer, member), kind="training", title="急救课", activity_id=activity.id,
                   session_id=first.id, held_on=begin.date())  # fmt: skip
    served(member, cast.community, 90, begin.date(), category="study", log=log, session_id=second.id, log_id=None)
    db.session.commit()
    return activity


@pytest.fixture
def alone(cast):
    """A course that nobody planned: one entry of the log book."""
    log = make_log(cast.community, kind="training", title="养花讲座", held_on=today() - DAY)
    served(who(cast.member), cast.community, 60, log.held_on, category="study", log=log)
    db.session.commit()
    return log


def reach(cast, account=None, association=None, year=YEAR):
    return Reach(account or cast.secretary, association or cast.community, year)


def test_a_course_counts_once(cast, course, alone):
    asked = reach(cast)
    found = rows(courses(asked))
    assert {(row.title, row.course, row.logged) for row in found} == {
        ("急救课", course.id, 1),
        ("养花讲座", -alone.id, 1),
    }
    assert counts_of(asked, [row.course for row in found]) == {course.id: (2, 90), -alone.id: (0, 60)}
    assert totals(asked) == (2, 2, 150)
    assert totals(reach(cast, year=YEAR - 5)) == (0, 0, 0)


def test_cancelled_struck_out_and_other_kinds_do_not_count(cast):
    make_activity(
        cast.community, "取消的课", kind="training", cancelled_at=now(), cancel_reason="下雨", planned_on=today()
    )
    make_activity(cast.community, "服务日", planned_on=today())
    make_log(cast.community, kind="training", removed_at=now())
    make_log(cast.community)
    assert rows(courses(reach(cast))) == []
    assert totals(reach(cast)) == (0, 0, 0)


def test_who_attended_how_many_sessions(cast, course):
    found = get_course(cast.secretary, cast.community, course.public_id)
    assert len(found.sessions) == 2
    assert [one.log is not None for one in found.sessions] == [True, False]
    assert {tuple(row) for row in rows(attendees(cast.secretary, found))} == {("陈晓明", 2, 0), ("王秀英", 1, 90)}


def test_each_person_s_year(cast, course, alone):
    found = {row.name: (row.courses, row.sessions, row.minutes) for row in rows(by_person(reach(cast)))}
    assert found == {"陈晓明": (1, 2, 0), "王秀英": (1, 1, 150)}


def test_each_association_beside_four(cast, course, alone):
    found = {
        row.code: (row.held, row.people, row.minutes)
        for row in rows(by_association(reach(cast, cast.chair, cast.street)))
    }
    assert found == {"wangjiang": (2, 2, 150), "tingyu": (0, 0, 0)}


def test_a_leader_sees_the_group_s_courses(cast, course, alone):
    assert rows(courses(reach(cast, cast.leader))) == []
    alone.group_id = cast.group.id
    db.session.commit()
    assert [row.title for row in rows(courses(reach(cast, cast.leader)))] == ["养花讲座"]
    assert get_course(cast.leader, cast.community, course.public_id) is None


@either_engine
def test_the_pages(cast, sign_in, course, alone):
    secretary = sign_in(cast.secretary)
    assert "急救课" in secretary.page(URL).get_text()
    assert "王秀英" in secretary.page(f"{URL}/people").get_text()
    page = secretary.page(f"{URL}/{course.public_id}")
    assert "陈晓明" in page.get_text()
    assert page.select_one("a[href*='/activities/']")
    assert secretary.page(f"{URL}/{alone.public_id}").find("h1").get_text(strip=True) == "养花讲座"
    assert "望江" in sign_in(cast.chair).page("/office/liuan/training/associations").get_text()
    assert secretary.page(f"{URL}?year=2020").select_one(".empty")


@either_engine
@each("what", ["courses", "people", "associations"])
def test_the_files(cast, sign_in, course, alone, what):
    answer = sign_in(cast.secretary).get(f"{URL}/{what}.csv")
    lines = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert len(lines) == {"courses": 3, "people": 3, "associations": 2}[what]
    assert sign_in(cast.secretary).get(f"{URL}/{what}.xlsx").data[:2] == b"PK"


@either_engine
def test_the_file_of_a_course(cast, sign_in, course):
    text = sign_in(cast.secretary).get(f"{URL}/{course.public_id}.csv").get_data(as_text=True)
    assert "陈晓明,2,2,0.0" in text


@either_engine
def test_who_may_open_it(cast, sign_in, client, course):
    for path in (URL, f"{URL}/people", f"{URL}/people.csv", f"{URL}/associations"):
        open_to = {"secretary": 200, "treasurer": 200, "publisher": 200, "leader": 200, "sibling": 404, "ended": 404}
        assert {role: sign_in(getattr(cast, role)).get(path).status_code for role in open_to} == open_to
    for role, path in (("leader", URL), ("sibling", "/office/tingyu/training"), ("chair", "/office/tingyu/training")):
        assert sign_in(getattr(cast, role)).get(f"{path}/{course.public_id}").status_code == 404
        assert sign_in(getattr(cast, role)).get(f"{path}/{course.public_id}.csv").status_code == 404
    assert sign_in(cast.chair).get(f"/office/liuan/training/{course.public_id}").status_code == 200
    assert client.get(URL).location.startswith("/sign-in")


def test_a_year_begins_at_midnight_in_the_association_s_zone(cast):
    activity = make_activity(cast.community, "新年课", kind="training")
    session = make_session(activity, datetime.fromisoformat("2025-12-31T16:30:00+00:00"))
    make_sign_up(session, who(cast.member), "completed", in_at=session.starts_at, out_at=session.ends_at)
    db.session.commit()
    assert activity.planned_on == date(2026, 1, 1)
    assert [totals(reach(cast, year=year))[1] for year in (2025, 2026)] == [0, 1]


@either_engine
def test_few_questions(cast, sign_in, query_count, course, alone):
    secretary = sign_in(cast.secretary)
    for path in (URL, f"{URL}/people", f"{URL}/{course.public_id}"):
        secretary.get(path)
        with query_count() as asked:
            secretary.get(path)
        assert len(asked) <= 12, asked
