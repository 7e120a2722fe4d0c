"""What is owed by when, what fulfils it, and how it stands in the tree."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core.calendar import add_working_days, at, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.disclosure import duties, queries, services
from portal.disclosure.periods import asked, name_of
from portal.disclosure.standing import Tree
from portal.notices import services as notices
from tests.disclosure.rows import make_duty
from tests.harness.cases import each, either_engine
from tests.harness.counting import query_count
from tests.notices.rows import acting, draft, published

DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def old_tree(cast):
    """The associations are there since before the calendar, and the day is 2 March 2026."""
    for place in (cast.federation, cast.street, cast.community, cast.sibling_community, cast.town, cast.village):
        db.session.merge(place).created_at = datetime(2020, 1, 1, tzinfo=UTC)
    db.session.flush()
    with at(NOON):
        yield


@either_engine
@each(
    ("frequency", "names", "last_due"),
    [
        ("month", ["2025-01", "2025-02"], date(2025, 3, 14)),
        ("quarter", ["2025-01"], None),
        ("half_year", ["2025-01"], None),
        ("year", ["2025-01"], None),
    ],
)
def test_periods(cast, frequency, names, last_due):
    duty = make_duty(cast.federation, frequency=frequency)
    found = list(asked(duty, date(2025, 2, 10)))
    assert [one.period_on.isoformat()[:7] for one in found] == names
    assert found[-1].due_on == add_working_days(found[-1].ends_on, 10)
    assert last_due is None or found[-1].due_on == last_due
    assert name_of(frequency, found[-1].period_on)


@either_engine
def test_what_is_asked_for(cast):
    """Two years back and no further; from the association's own beginning; nothing later than the duty's end."""
    year = make_duty(cast.federation, starts_on=date(2015, 1, 1))
    assert [one.period_on.year for one in asked(year, DAY)] == [2024, 2025, 2026]
    assert [one.period_on.year for one in asked(year, DAY, since=date(2025, 6, 1))] == [2025, 2026]
    year.ended_on = date(2025, 7, 1)
    assert [one.period_on.year for one in asked(year, DAY)] == [2024]
    once = make_duty(cast.federation, "章程", frequency="once")
    assert [one.due_on for one in asked(once, DAY)] == [add_working_days(date(2025, 1, 1), 10)]
    assert [one.due_on for one in asked(once, DAY, since=date(2026, 2, 1))] == [
        add_working_days(date(2026, 2, 1), 10)
    ]
    once.ended_on = DAY
    assert list(asked(once, DAY)) == []


def test_states_and_what_fulfils(cast):
    """A draft fulfils nothing until it is published, a withdrawn notice nothing any more."""
    make_duty(cast.federation)
    place = db.session.merge(cast.community)
    late, coming = queries.owed(place, DAY)
    assert (late.state, coming.state) == ("late", "coming")
    assert queries.owed(place, date(2026, 1, 8))[0].state == "due"
    notice = services.begin_notice(acting(cast.secretary), place, late)
    assert services.begin_notice(acting(cast.secretary), place, queries.owed(place, DAY)[0]) is notice
    assert (notice.kind, notice.title) == ("accounts", "望江社区协会2025年度收支情况")
    assert queries.owed(place, DAY)[0].state == "late"
    version = notices.desk.get_draft(notice)
    version.body = "收支见附表。"
    notices.publish(acting(cast.secretary), notice, number=1)
    done = queries.owed(place, DAY)[0]
    assert (done.state, done.notice, done.was_late) == ("done", notice, True)
    notices.withdraw(acting(cast.secretary), notice, "数字有误")
    assert queries.owed(place, DAY)[0].state == "late"
    other = published(cast.secretary, place)
    services.record(acting(cast.secretary), place, done.duty, done.period_on, other)
    assert queries.owed(place, DAY)[0].notice is other


def test_a_discarded_draft_is_forgotten(cast):
    make_duty(cast.federation)
    place = db.session.merge(cast.community)
    notice = services.begin_notice(acting(cast.secretary), place, queries.owed(place, DAY)[0])
    notices.discard_draft(acting(cast.secretary), notice)
    assert queries.owed(place, DAY)[0].notice is None


def test_record_refuses(cast):
    duty, place = make_duty(cast.federation), db.session.merge(cast.community)
    mine, next_one = published(cast.secretary, place), published(cast.secretary, place, title="会费标准（二）")
    theirs = published(cast.sibling, db.session.merge(cast.sibling_community))
    period = date(2025, 1, 1)
    with pytest.raises(RuleError):
        services.record(acting(cast.secretary), place, duty, period, theirs)
    first = services.record(acting(cast.secretary), place, duty, period, mine)
    assert services.record(acting(cast.secretary), place, duty, period, mine) is first
    with pytest.raises(RuleError):
        services.record(acting(cast.secretary), place, duty, period, next_one)
    due = queries.get_due(place, duty.public_id, period, DAY)
    services.undo(acting(cast.secretary), place, due)
    with pytest.raises(RuleError):
        services.undo(acting(cast.secretary), place, due)


def test_once_only_while_in_force(cast):
    duty, place = make_duty(cast.federation, "章程", frequency="once"), db.session.merge(cast.community)
    notice = published(cast.secretary, place, expires_on=date(2026, 3, 10))
    services.record(acting(cast.secretary), place, duty, duty.starts_on, notice)
    assert queries.owed(place, DAY)[0].is_met
    assert not queries.owed(place, date(2026, 3, 11))[0].is_met
    assert [line.state for line in Tree(place, date(2026, 3, 11)).lines()] == ["late"]


@either_engine
@each("act", ["write", "link"])
def test_an_expired_one_makes_room_for_another(cast, sign_in, act):
    duty, place = make_duty(cast.federation, "章程", frequency="once"), db.session.merge(cast.community)
    secretary = acting(cast.secretary)
    first = published(cast.secretary, place, expires_on=today() - timedelta(days=1))
    services.record(secretary, place, duty, duty.starts_on, first)
    db.session.commit()
    page = sign_in(cast.secretary).page("/office/wangjiang/disclosure").main.text
    assert "公告已过期" in page
    assert "公告已撤回" not in page
    due = queries.get_due(place, duty.public_id, duty.starts_on, today())
    if act == "write":
        assert services.begin_notice(secretary, place, due) is not first
    else:
        services.record(secretary, place, duty, duty.starts_on, published(cast.secretary, place))
        assert queries.get_due(place, duty.public_id, duty.starts_on, today()).is_met


def test_the_tree(cast):
    """Late and done in the tree are what each association's own calendar says; the questions do not grow."""
    duty = make_duty(cast.federation)
    make_duty(cast.federation, "季度活动", frequency="quarter", level="grassroots")
    make_duty(cast.federation, "章程", frequency="once", starts_on=date(2026, 2, 27))
    young = db.session.merge(cast.village)
    young.created_at = datetime(2026, 2, 1, tzinfo=UTC)
    place, top = db.session.merge(cast.community), db.session.merge(cast.federation)
    services.record(acting(cast.secretary), place, duty, date(2025, 1, 1), published(cast.secretary, place))
    draft(cast.sibling, db.session.merge(cast.sibling_community))
    with query_count() as counted:
        tree = Tree(top, DAY)
        figures = tree.figures()
    assert len(counted) <= 3
    for one in (top, place, young, db.session.merge(cast.sibling_community)):
        own = queries.owed(one, DAY)
        lines = [
            (line.asked.duty.title, line.asked.due_on, line.state) for line in tree.lines() if line.code == one.code
        ]
        assert sorted(lines) == sorted((due.duty.title, due.due_on, due.state) for due in own), one.name
        assert figures[one.id].late == sum(due.state == "late" for due in own)
    assert figures[place.id].done == 1
    rows = {row[0].code: row for row in tree.children()}
    assert set(rows) == {"liuan", "shiqiao", "qinghe"}
    assert rows["liuan"][1].owed == sum(
        figures[one.id].owed for one in tree.places if one.path.startswith(cast.street.path)
    )
    with query_count() as counted:
        queries.owed(place, DAY)
    assert len(counted) == 1


def test_the_work_list_is_told_the_same(cast):
    """In one text, whose duties and notices are enough to say what is late."""
    place = db.session.merge(cast.community)
    duty = make_duty(cast.federation)
    ended = make_duty(cast.federation, "旧事项", frequency="half_year", ended_on=date(2025, 12, 31))
    make_duty(cast.federation, "章程", frequency="once")
    make_duty(cast.federation, "别级", level="town")
    services.record(acting(cast.secretary), place, duty, date(2025, 1, 1), published(cast.secretary, place))
    services.record(acting(cast.secretary), place, ended, date(2025, 1, 1), draft(cast.secretary, place))
    told = queries.read_asked(db.session.scalar(queries.asking(place)), place, DAY)
    own = queries.owed(place, DAY)
    assert sorted((due.duty.title, due.due_on, due.state) for due in told) == sorted(
        (due.duty.title, due.due_on, due.state) for due in own
    )
    assert len({due.state for due in own}) == 3
    assert queries.read_asked(None, place, DAY) == []


@either_engine
def test_begun_with_a_short_list(cast):
    root = db.session.merge(cast.federation)
    duties.begin_duties(root, date(2026, 1, 1))
    assert [duty.title for duty in queries.list_duties(root.id)][:2] == ["年度收支情况", "会费收支情况"]
    assert queries.owed(root, DAY)
