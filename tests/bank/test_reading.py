"""Files as they really come: lines above the table, two columns of amounts, GBK, merged cells, totals, debits."""

from __future__ import annotations

from datetime import date

import pytest

from portal.bank import fields
from portal.bank.reading import read_file
from portal.core.spreadsheets import SpreadsheetError
from tests.bank.files import COUNTER, DAY, HEADINGS, WECHAT, YEAR, as_csv, as_xlsx, came, lines_in, plain


def test_a_bank_s_csv_in_gbk_with_lines_above_and_a_total_below():
    lines, count = lines_in(as_csv(COUNTER, "gbk"))
    assert [(line.booked_on, line.amount_fen, line.name, line.memo) for line in lines] == [
        (date(YEAR, 1, 7), 120_000, "王秀英", "转账 · 会费"),
        (date(YEAR, 1, 9), 1_200, "李铁柱", "转账 · WANGJIANG-00001会费"),
    ]
    assert [line.number for line in lines] == [6, 8]
    assert (count.left_out, count.passed) == (1, 2)
    assert [(fault.number, fault.code, fault.column) for fault in count.faults] == [
        (9, "amount", 4),
        (10, "negative", 4),
    ]


def test_the_same_as_a_workbook_with_a_merged_title_and_numbers_as_numbers():
    rows = [list(row) for row in COUNTER]
    rows[5][0], rows[5][4] = int(DAY), 1200
    lines, count = lines_in(as_xlsx(rows, ["A1:I1"]))
    assert [(line.booked_on.day, line.amount_fen) for line in lines] == [(7, 120_000), (9, 1_200)]
    assert count.left_out == 1


def test_wechat_with_its_long_preamble_and_states():
    content = as_csv([*WECHAT[:3], *([["注："]] * 12), *WECHAT[3:]], "utf-8-sig")
    table = read_file(content, 1_000)
    assert fields.is_mobile(table.headings)
    (line,), count = lines_in(content)
    assert (line.name, line.amount_fen, line.reference) == ("王秀英", 1_200, "1000050001")
    assert line.memo == "转账备注:会费"
    assert (count.left_out, count.faults) == (3, [])


def test_alipay_further_down_and_headings_in_two_rows():
    head = ["交易时间", "交易分类", "交易对方", "对方账号", "商品说明", "收/支", "金额", "收/付款方式", "交易状态",
            "交易订单号", "商家订单号", "备注"]  # fmt: skip
    row = [
        f"{YEAR}/1/7 10:22",
        "转账红包",
        "王秀英",
        "138***",
        "会费",
        "收入",
        "12",
        "余额宝",
        "交易成功",
        "2026A",
        "",
        "",
    ]
    (line,), _count = lines_in(as_csv([["支付宝交易明细"], *([["说明"]] * 24), head, row]))
    assert (line.reference, line.amount_fen, line.booked_on) == ("2026A", 1_200, date(YEAR, 1, 7))
    two = [
        ["交易日期", "发生额", "", "对方信息", ""],
        ["", "借方", "贷方", "户名", "对方户名"],
        [DAY, "", "24.00", "", "李铁柱"],
        [DAY, "9.00", "", "", "商店"],
    ]
    (line,), count = lines_in(as_xlsx(two, ["A1:A2", "B1:C1", "D1:E1"]))
    assert (line.amount_fen, line.name, count.left_out) == (2_400, "李铁柱", 1)


def test_cells_merged_over_rows_say_their_day_in_each():
    rows = [HEADINGS, came("王秀英"), ["", *came("李铁柱")[1:]], ["", *came("赵一")[1:]]]
    lines, count = lines_in(as_xlsx(rows, ["A2:A3"]))
    assert [line.name for line in lines] == ["王秀英", "李铁柱"]
    assert [fault.code for fault in count.faults] == ["date"]


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("1,200.00", 120_000),
        ("￥12.00", 1_200),
        ("+12", 1_200),
        ("１２．５", 1_250),
        ("12.500", 1_250),
        ("12元", 1_200),
    ],
)
def test_amounts_as_they_are_written(cell, fen):
    (line,), _count = lines_in(plain(came("王秀英", cell)))
    assert line.amount_fen == fen


def test_what_is_no_line_and_what_cannot_be_read():
    lines, count = lines_in(
        plain(
            [DAY, "借", "5.00", "商店", "", ""], [DAY, "收", "1", "甲", "", ""], [DAY, "?", "2", "乙", "", ""],
            came("丙", "0.001"), came("丁", "99999999999"), came("戊", day="2999-01-01"), came("己", day="正月初一"),
            came("庚", "0.00"), HEADINGS, ["本页合计", "", "9.00", "", "", ""],
            [f"{DAY}102233", "C", "3", "辛", "", ""], [f"{YEAR}年1月7日", "+", "4", "/", "", "000"],
        )
    )  # fmt: skip
    assert [(line.name, line.amount_fen) for line in lines] == [("甲", 100), ("辛", 300), ("", 400)]
    assert [fault.code for fault in count.faults] == ["direction", "amount", "amount_many", "date_future", "date"]
    assert (count.left_out, count.passed) == (2, 2)


def test_a_line_is_known_again_by_the_bank_s_number_or_its_contents():
    """Twice the same amount from one person on one day are two lines, in whichever file they stand."""
    twice = plain(came("王秀英"), came("王秀英"), came("李铁柱", number="9001"), came("李铁柱", number="9001"))
    first, _count = lines_in(twice)
    again, _count = lines_in(as_xlsx([["标题"], HEADINGS, *[came("王 秀英")] * 2, came("李铁柱", number="9001")]))
    assert len({line.fingerprint for line in first}) == 4
    assert [line.fingerprint for line in again] == [line.fingerprint for line in first[:3]]
    assert [line.reference for line in first] == ["", "", "9001", "9001#2"]
    renamed, _count = lines_in(plain(came("李铁柱（换了名）", memo="又", number="9001")))
    assert renamed[0].fingerprint == first[2].fingerprint


def test_a_number_that_excel_has_damaged_is_none():
    damaged = plain(came("王秀英", number="1.23457E+17"), came("李铁柱", number="123456789012345678"))
    first, second = lines_in(damaged)[0]
    assert (first.reference, second.reference) == ("", "123456789012345678")


def test_hostile_contents_stay_text_and_no_file_breaks_the_reader():
    hostile = ["=HYPERLINK(1)", "<script>x</script>", "王\x07秀英", "'; DROP TABLE", "𬱖㛃䶮", "名" * 5_000]
    lines, _count = lines_in(as_csv([HEADINGS, *[came(one, memo=one) for one in hostile]]))
    assert [line.name for line in lines][:2] == hostile[:2]
    assert all(len(line.name) <= 300 and "\x07" not in line.name for line in lines)
    for content in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0broken", b"\xff\xfe\x00\xd8"):
        with pytest.raises(SpreadsheetError):
            read_file(content, 100)
    table = read_file(as_csv([["a", "b"], ["1", "2"]]), 100)
    assert fields.guess(table.columns, {}) == {}


def test_what_was_said_before_comes_before_what_is_guessed():
    columns = list(enumerate(["交易日期", "金额", "余额", "对方户名"]))
    assert fields.guess(columns, {}) == {0: "date", 1: "amount", 3: "name"}
    assert fields.guess(columns, {"余额": "memo", "对方户名": ""}) == {0: "date", 1: "amount", 2: "memo"}
    both = [(0, "记账日期"), (1, "交易时间"), (2, "收入金额"), (3, "支出金额"), (4, "金额"), (5, "摘要"), (6, "附言")]
    assert fields.guess(both, {}) == {0: "date", 2: "credit", 3: "debit", 5: "memo", 6: "memo"}
