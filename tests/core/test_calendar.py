"""Working days, deadlines and the clock, against the published holiday notices."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import calendar

KNOWN_DAYS = st.dates(date(2010, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 10, 1), False),  # National Day, a Wednesday
        (date(2025, 9, 28), True),  # a Sunday worked for it
        (date(2026, 2, 14), True),  # a Saturday worked for the Spring Festival
        (date(2026, 2, 23), False),  # the last Monday of that holiday
        (date(2026, 3, 7), False),  # a Saturday like any other
        (date(2026, 3, 9), True),
    ],
)
def test_working_days_follow_the_holiday_notice(day: date, works: bool) -> None:
    assert calendar.is_working_day(day) is works


def test_a_year_without_a_notice_falls_back_to_monday_to_friday_and_says_so() -> None:
    assert calendar.calendar_known(2026)
    assert not calendar.calendar_known(2199)
    assert not calendar.calendar_known(1999)
    monday = date(2199, 9, 30)
    assert [calendar.is_working_day(monday + timedelta(days=n)) for n in range(7)] == [True] * 5 + [False] * 2


def test_ten_working_days_skip_the_golden_week() -> None:
    assert calendar.add_working_days(date(2025, 9, 26), 10) == date(2025, 10, 16)
    assert calendar.record_deadline(date(2025, 9, 26)) == date(2025, 10, 16)


def test_adding_no_working_day_stays_on_the_day() -> None:
    assert calendar.add_working_days(date(2025, 10, 1), 0) == date(2025, 10, 1)


def test_counting_back_lands_before_the_holiday() -> None:
    assert calendar.add_working_days(date(2025, 10, 9), -1) == date(2025, 9, 30)


@given(KNOWN_DAYS, st.integers(1, 60))
def test_between_undoes_add(day: date, count: int) -> None:
    end = calendar.add_working_days(day, count)
    assert calendar.is_working_day(end)
    assert calendar.working_days_between(day, end) == count
    assert calendar.working_days_between(end, day) == -count


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 3, 2), date(2026, 3, 9)),  # Monday: seven days, five of them worked
        (date(2026, 3, 6), date(2026, 3, 13)),  # Friday
        (date(2026, 3, 7), date(2026, 3, 16)),  # Saturday + 7 is a Saturday: Monday
        (date(2025, 9, 29), date(2025, 10, 13)),  # the golden week does not count
    ],
)
def test_notice_period_end(start: date, end: date) -> None:
    assert calendar.notice_period_end(start) == end


@given(KNOWN_DAYS)
def test_a_notice_period_is_never_short_and_never_ends_on_a_day_of_rest(start: date) -> None:
    end = calendar.notice_period_end(start)
    assert (end - start).days >= 7
    assert calendar.working_days_between(start, end) >= 5
    assert calendar.is_working_day(end)


def test_beijing_is_in_tomorrow_while_utc_is_not() -> None:
    with calendar.at(datetime(2026, 2, 28, 16, 0, tzinfo=UTC)):
        assert calendar.today() == date(2026, 3, 1)
        assert calendar.today("UTC") == date(2026, 2, 28)
    with calendar.at(datetime(2028, 2, 28, 15, 59, tzinfo=UTC)):
        assert calendar.today() == date(2028, 2, 28)
    with calendar.at(datetime(2028, 2, 28, 16, 0, tzinfo=UTC)):
        assert calendar.today() == date(2028, 2, 29)


def test_the_clock_moves_only_inside_the_block_and_only_here() -> None:
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    elsewhere: list[datetime] = []
    with calendar.at(moment):
        with calendar.at(moment + timedelta(days=1)):
            assert calendar.now().day == 2
        assert calendar.now() == moment
        thread = Thread(target=lambda: elsewhere.append(calendar.now()))
        thread.start()
        thread.join()
    assert elsewhere[0].year > 2020
    assert calendar.now().tzinfo is UTC
    assert abs(calendar.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_clock_refuses_a_naive_moment() -> None:
    with pytest.raises(ValueError, match="aware"), calendar.at(datetime(2020, 1, 1)):
        pass


def test_festival_days_are_found_by_date_and_ahead() -> None:
    assert calendar.festivals_on(date(2026, 5, 29)) == ["association_members_day"]
    assert calendar.festivals_on(date(2026, 5, 30)) == []
    assert calendar.upcoming_festivals(date(2026, 5, 28), 5) == [
        (date(2026, 5, 29), "association_members_day"),
        (date(2026, 6, 1), "childrens_day"),
    ]
    assert {(f.month, f.day) for f in calendar.FESTIVALS} >= {(5, 29), (6, 1), (7, 11), (9, 25)}


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("2026-01-05", "2026-01-05"),
        ("2026/1/5", "2026-01-05"),
        ("2026.1.5", "2026-01-05"),
        ("2026年1月5日", "2026-01-05"),
        ("２０２６年１月５日", "2026-01-05"),
        ("20260105", "2026-01-05"),
        ("2026-01-05 00:00:00", "2026-01-05"),
        ("2026-02-30", None),
        ("2026/1.5", None),
        ("5/1/2026", None),
        ("2026", None),
        ("", None),
        ("٢٠٢٦-01-05", None),
    ],
)
def test_dates_as_people_write_them(typed: str, iso: str | None) -> None:
    read = calendar.read_date(typed)
    assert (read and read.isoformat()) == iso
