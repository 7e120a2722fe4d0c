"""Figures, dates and amounts as they are printed; in the languages of the portal where it matters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from portal.core import formats

DAY = date(2026, 11, 19)


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (0, "0.00"),
        (5, "0.05"),
        (123450, "1,234.50"),
        (-5, "-0.05"),
        (-123456, "-1,234.56"),
        (100_000_000, "1,000,000.00"),
    ],
)
def test_money(fen: int, shown: str) -> None:
    assert formats.money(fen) == shown


@given(st.integers(-(10**14), 10**14))
def test_money_loses_no_fen(fen: int) -> None:
    yuan, rest = formats.money(fen).replace(",", "").lstrip("-").split(".")
    assert int(yuan) * 100 + int(rest) == abs(fen)


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (96, 100, "96.0%"),
        (0, 10, "0.0%"),
        (10, 10, "100.0%"),
        (9999, 10000, "99.9%"),
        (1, 100_000, "0.1%"),
        (0, 0, "—"),
        (None, 5, "—"),
        (11, 10, "110.0%"),
    ],
)
def test_percent_flatters_nobody(part: int | None, whole: int, shown: str) -> None:
    assert formats.percent(part, whole) == shown


def test_a_ratio_alone_and_whole_percents() -> None:
    assert formats.percent(0.5) == "50.0%"
    assert formats.percent(2, 3, places=0) == "67%"
    assert formats.percent(999, 1000, places=0) == "99%"


def test_hours_are_cut_and_not_rounded_up() -> None:
    assert [formats.hours(n) for n in (0, 5, 6, 59, 60, 90, 119, 60_000)] == [
        "0.0", "0.0", "0.1", "0.9", "1.0", "1.5", "1.9", "1,000.0",
    ]  # fmt: skip


def test_dates_in_each_language() -> None:
    for language in ("zh-Hans", "zh-Hant"):
        assert formats.date_long(DAY, language) == "2026年11月19日"
        assert formats.date_short(DAY, language) == "11月19日"
        assert formats.month_long(DAY, language) == "2026年11月"
        assert formats.weekday(DAY, language) == "星期四"
    assert formats.date_long(DAY, "en") == "19 November 2026"
    assert formats.date_short(DAY, "en") == "19 Nov"
    assert formats.month_long(DAY, "en") == "November 2026"
    assert formats.weekday(DAY, "en") == "Thursday"
    assert formats.weekday(date(2026, 11, 22), "zh-Hans") == "星期日"


def test_a_moment_is_shown_in_the_zone_of_the_association() -> None:
    late = datetime(2026, 12, 31, 16, 5, tzinfo=UTC)
    assert formats.datetime_local(late, language="zh-Hans") == "2027年1月1日 00:05"
    assert formats.datetime_local(late, "UTC", "en") == "31 December 2026, 16:05"
    assert formats.datetime_local(late.replace(tzinfo=None), language="zh-Hans") == "2027年1月1日 00:05"
    elsewhere = late.astimezone(timezone(timedelta(hours=-9, minutes=-30)))
    assert formats.time_local(elsewhere) == "00:05"
    assert formats.date_long(late, "zh-Hans") == "2027年1月1日", "the day of a moment is not the one in Greenwich"


def test_nothing_known_is_a_dash() -> None:
    for function in (formats.money, formats.number, formats.hours, formats.minutes, formats.percent):
        assert function(None) == "—"
    for shown in (
        formats.date_long(None),
        formats.date_short(None),
        formats.datetime_local(None),
        formats.time_local(None),
    ):
        assert shown == "—"


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_960, "1.0 MB"),
        (1_240_000, "1.2 MB"),
        (5 * 10**12, "5000.0 GB"),
    ],
)
def test_file_size(size: int, shown: str) -> None:
    assert formats.file_size(size) == shown


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (DAY, "二〇二六年十一月十九日"),
        (date(2020, 10, 10), "二〇二〇年十月十日"),
        (date(2031, 1, 20), "二〇三一年一月二十日"),
        (date(2026, 12, 31), "二〇二六年十二月三十一日"),
    ],
)
def test_chinese_date(day: date, shown: str) -> None:
    assert formats.chinese_date(day) == shown


def test_a_small_number_as_a_title_has_it() -> None:
    assert [formats.spoken_number(number, "zh-Hans") for number in (0, 3, 12)] == ["0", "三", "十二"]
    assert formats.spoken_number(3, "en") == "3"


@pytest.mark.parametrize(
    ("fen", "capitals"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (55, "伍角伍分"),
        (100, "壹元整"),
        (1000, "壹拾元整"),
        (140_950, "壹仟肆佰零玖元伍角整"),  # the four examples of the regulation
        (600_714, "陆仟零柒元壹角肆分"),
        (168_032, "壹仟陆佰捌拾元叁角贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (10_700_053, "壹拾万零柒仟元伍角叁分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (1_000_001, "壹万元零壹分"),
        (10_000_000_00, "壹仟万元整"),
        (100_000_000_00, "壹亿元整"),
        (100_000_001_00, "壹亿零壹元整"),
        (100_010_000_00, "壹亿零壹万元整"),
        (1_000_100_001_00, "壹拾亿零壹拾万零壹元整"),
        (1_234_567_890_123_45, "壹万贰仟叁佰肆拾伍亿陆仟柒佰捌拾玖万零壹佰贰拾叁元肆角伍分"),
        (1_000_000_000_000_00, "壹万亿元整"),
        (-12_000, "负壹佰贰拾元整"),
    ],
)
def test_amount_in_capitals(fen: int, capitals: str) -> None:
    assert formats.amount_in_capitals(fen) == capitals


def read_capitals(text: str) -> int:
    """The way back, written apart from the way there: fen out of capitals."""
    units = {"分": 1, "角": 10, "元": 100, "拾": 10, "佰": 100, "仟": 1000, "万": 10**4, "亿": 10**8}
    total = section = digit = fen = 0
    for sign in text.strip("负整"):
        if sign in formats.CAPITAL_DIGITS:
            digit = formats.CAPITAL_DIGITS.index(sign)
        elif sign in "分角":
            fen, digit = fen + digit * units[sign], 0
        elif sign in "拾佰仟":
            section, digit = section + digit * units[sign], 0
        elif sign == "元":
            total, section, digit = (total + section + digit) * 100, 0, 0
        elif sign == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        else:
            total, section, digit = total + (section + digit) * 10**4, 0, 0
    return total + fen


@given(st.one_of(st.integers(0, 10**7), st.integers(0, 10**14 - 1)))
def test_capitals_can_be_read_back_to_the_fen(fen: int) -> None:
    capitals = formats.amount_in_capitals(fen)
    assert read_capitals(capitals) == fen
    assert "零零" not in capitals
    assert ("分" in capitals) != capitals.endswith("整")


def test_every_function_is_a_filter() -> None:
    app = Flask(__name__)
    Babel(app, default_locale="en", locale_selector=lambda: "en")
    formats.register(app)
    page = (
        "{{ 123450|money }} {{ 150|minutes }} {{ 120|minutes }} {{ 5|minutes }} "
        "{{ '13812345678'|mask_phone }} {{ d|date_long }}"
    )
    with app.test_request_context():
        from flask import render_template_string

        shown = render_template_string(page, d=DAY)
    assert Markup(shown).striptags() == "1,234.50 2 h 30 min 2 h 5 min 138****5678 19 November 2026"
    assert '<span class="nowrap">2 h 30 min</span>' in shown  # no line ends within it
