"""What is due by when: of every room, for whom it is, by week, and as a calendar that names nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from portal.associations.models import Association
from portal.associations.queries import get_association
from portal.charters.models import Charter, CharterDraft, ConsultationRound
from portal.core.calendar import at, record_deadline
from portal.core.database import db
from portal.core.web import own_path
from portal.ledger.models import PeriodBook
from portal.letters.models import Letter
from portal.members.models import Transfer
from portal.objections.models import NoticePeriod
from portal.offices.models import Term
from portal.reports.deadlines import by_week, list_deadlines
from portal.surveys.models import Survey
from portal.volunteers.models import Volunteer
from tests.activities.rows import make_log, who
from tests.applications.filling import applied
from tests.disclosure.rows import make_duty
from tests.dossiers.rows import served
from tests.harness.cases import either_engine
from tests.harness.counting import query_count
from tests.harness.factory import make_membership, make_person
from tests.harness.money import make_charge, make_period
from tests.harness.praise import make_call

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
DAY = date(2026, 11, 22)
URL = "/office/wangjiang/deadlines"


@pytest.fixture
def still(cast):
    """The day stands still; the association was founded this month, so that no earlier month lacks anything."""
    with at(NOON):
        place = db.session.get_one(Association, cast.community.id)
        place.founded_on, place.created_at = date(2026, 11, 1), datetime(2026, 11, 1, tzinfo=UTC)
        db.session.commit()
        yield cast


@pytest.fixture
def filled(still):
    """Something with a day in every room."""
    cast, place = still, {"association_id": still.community.id}
    make_log(cast.community, title="没写完", held_on=date(2026, 11, 20), summary="", is_complete=False)
    served(who(cast.volunteer), cast.community, 30, date(2026, 11, 18), state="pending")
    applied(cast, notice_version=1)
    leaving = make_membership(make_person("路远"), cast.community)
    places = {"from_association_id": cast.community.id, "to_association_id": cast.sibling_community.id}
    transfer = {"reason": "搬家", "effective_on": date(2026, 12, 1), "membership_id": leaving.id}
    known = {
        "kind": "question",
        "subject": "开放时间",
        "body": "几点",
        "received_by_association_id": cast.community.id,
    }
    call = make_call(cast.street, closes_on=date(2026, 12, 20))
    asked = {"audience": "members", "opens_on": DAY, "closes_on": date(2026, 12, 5)}
    charter = Charter(title="居民公约", kind="compact", **place)
    db.session.add_all([
        Transfer(proposed_by_association_id=cast.sibling_community.id, **places, **transfer),
        Letter(reference="L1", due_on=date(2026, 11, 20), **known, **place),
        Letter(reference="L2", due_on=date(2026, 11, 27), **known, **place),
        NoticePeriod(matter="other", title="公示一件事", body="x", html="x", contact="x", start_on=DAY,
                     end_on=date(2026, 11, 30), **place),
        Survey(title="年度评议", state="open", **asked, **place),
        Survey(title="还是草稿", **asked, **place),
        Term(name="第一届", start_on=date(2021, 1, 1), end_on=date(2026, 12, 31), **place),
        charter,
    ])  # fmt: skip
    db.session.flush()
    draft = CharterDraft(charter_id=charter.id, number=1)
    db.session.add(draft)
    db.session.flush()
    days = {"opens_on": DAY, "closes_on": date(2026, 12, 10)}
    db.session.add(ConsultationRound(charter_id=charter.id, draft_id=draft.id, number=1, **days))
    db.session.query(Volunteer).update({"term_end_on": date(2026, 12, 15)})
    make_duty(db.session.get_one(Association, cast.community.path_ids[0]), frequency="once", within_days=20)
    charge = make_charge(leaving, make_period(cast.community, 2025))
    assert charge.period_id
    db.session.commit()
    return cast, call


def of(account, association, day=DAY):
    return list_deadlines(account, get_association(association.code), day)


def test_everything_with_a_day(filled):
    cast, call = filled
    found = {(one.kind, one.day, one.name) for one in of(cast.secretary, cast.community)}
    assert found >= {
        ("log", record_deadline(date(2026, 11, 20)), "没写完"),
        ("hours", record_deadline(date(2026, 11, 18)), "1"),
        ("transfer", date(2026, 12, 1), "1"),
        ("letter", date(2026, 11, 20), "1"),
        ("letter", date(2026, 11, 27), "1"),
        ("survey", date(2026, 12, 5), "年度评议"),
        ("period", date(2026, 11, 30), "公示一件事"),
        ("round", date(2026, 12, 10), "居民公约"),
        ("call", date(2026, 12, 20), call.title),
        ("term", date(2026, 12, 31), "第一届"),
        ("volunteer", date(2026, 12, 15), "1"),
    }
    kinds = [one.kind for one in of(cast.secretary, cast.community)]
    assert {"application", "disclosure"} <= set(kinds)
    assert "还是草稿" not in {name for _kind, _day, name in found}
    assert [one.day for one in of(cast.secretary, cast.community)] == sorted(day for _kind, day, _name in found)
    assert {one.kind for one in of(cast.treasurer, cast.community)} <= {"book"}
    assert {one.kind for one in of(cast.sibling, cast.sibling_community)} >= {"month", "gap", "call"}
    late = by_week(of(cast.secretary, cast.community), DAY)[0]
    assert (late[0], [one.kind for one in late[1]]) == (None, ["letter"])


def test_books_of_dues_for_the_treasurer(still):
    membership = make_membership(make_person("苏晓"), still.community)
    make_charge(membership, make_period(still.community, 2025))
    period = make_period(still.community, 2025)
    if not db.session.query(PeriodBook).filter_by(period_id=period.id).count():
        db.session.add(PeriodBook(association_id=still.community.id, period_id=period.id))
    db.session.commit()
    assert [(one.kind, one.day) for one in of(still.treasurer, still.community)] == [("book", date(2026, 3, 31))]
    assert of(still.treasurer, still.community, date(2026, 1, 15)) == []  # more than sixty days ahead


@either_engine
def test_page_and_calendar(filled, sign_in):
    cast, _call = filled
    secretary = sign_in(cast.secretary)
    page = secretary.page(URL)
    assert len(page.select("h2")) >= 4
    assert page.select_one(".work .due.late")
    assert all(own_path(a["href"]) for a in page.select(".work a"))
    file = secretary.get(f"{URL}.ics")
    events = Calendar.from_ical(file.data).walk("VEVENT")
    assert len(events) == len(page.select(".work li")) == len({str(one["UID"]) for one in events})
    first = min(events, key=lambda one: one.decoded("DTSTART"))
    assert first.decoded("DTSTART") == date(2026, 11, 20)
    assert first.decoded("DTEND") == date(2026, 11, 21)
    assert not any(name in file.get_data(as_text=True) for name in ("路远", "陈晓明", "黄淑兰"))


@either_engine
def test_nothing_due_and_who_may_open_it(still, sign_in):
    make_log(still.community, held_on=DAY)
    assert sign_in(still.treasurer).page(URL).select_one(".empty")
    for account, status in ((still.leader, 200), (still.sibling, 404), (still.member, 404)):
        client = sign_in(account)
        assert [client.get(f"{URL}{form}").status_code for form in ("", ".ics")] == [status] * 2


def test_not_signed_in(client):
    assert client.get(URL).location.startswith("/sign-in")


def test_questions(filled):
    cast, _call = filled
    with query_count() as asked:
        of(cast.secretary, cast.community)
    assert len(asked) <= 12


def test_a_gap_since_it_was_founded(still):
    db.session.get_one(Association, still.community.id).founded_on = date(2026, 9, 20)
    db.session.commit()
    found = [(one.kind, one.name) for one in of(still.secretary, still.community) if one.kind in ("gap", "month")]
    assert found == [("gap", "2026-09"), ("gap", "2026-10"), ("month", "2026-11")]
    assert all(one.day <= DAY + timedelta(days=60) for one in of(still.secretary, still.community))
