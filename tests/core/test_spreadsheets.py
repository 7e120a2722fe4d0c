"""Files as offices send them: nothing in them is changed, nothing in them harms, nothing of ours calculates."""

from __future__ import annotations

import csv
import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.identity import demo_identity, identity_fault
from portal.core.spreadsheets import (
    FORMULA_STARTS,
    MAX_FILE,
    SpreadsheetError,
    read,
    write_csv,
    write_xlsx,
)
from tests.harness.soaking import SOAKING

HEADINGS = ["姓名", "身份证号", "手机", "备注"]
RARE = "𬱖㛃䶮"
ROWS = 10_000 if SOAKING else 1_000


def people(count: int) -> list[list[str]]:
    """Rows whose identity numbers, leading zeros and words like NA a careless reader would change."""
    birth = date(1950, 1, 1)
    remarks = ("NA", "null", "001", "1.50", "TRUE", "3e5", "无")
    return [
        [
            f"王{RARE[n % 3]}{n}",
            demo_identity(n, birth + timedelta(days=n), "female" if n % 2 else "male"),
            f"138{n:08d}",
            remarks[n % len(remarks)],
        ]
        for n in range(count)
    ]


def as_csv(rows: list[list[str]], codec: str, delimiter: str = ",") -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter).writerows([HEADINGS, *rows])
    return target.getvalue().encode(codec)


def workbook(build: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], object]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        build(book, book.add_worksheet())
    return target.getvalue()


def refused(content: bytes, **options: int) -> str:
    with pytest.raises(SpreadsheetError) as caught:
        read(content, **options)
    assert str(caught.value)
    return caught.value.code


# --- nothing is changed ----------------------------------------------------------------------------------------


@pytest.mark.soak
@pytest.mark.parametrize(
    ("make", "kind", "encoding"),
    [
        (lambda rows: as_csv(rows, "utf-8"), "csv", "UTF-8"),
        (lambda rows: as_csv(rows, "utf-8-sig"), "csv", "UTF-8"),
        (lambda rows: as_csv(rows, "gb18030"), "csv", "GB18030"),
        (lambda rows: as_csv(rows, "gb18030", "\t"), "tsv", "GB18030"),
        (lambda rows: as_csv(rows, "utf-16", "\t"), "tsv", "UTF-16"),
        (lambda rows: b"".join(write_csv(HEADINGS, rows)), "csv", "UTF-8"),
        (lambda rows: write_xlsx(HEADINGS, rows), "xlsx", ""),
    ],
    ids=["utf-8", "bom", "gb18030", "gb18030-tabs", "utf-16", "own-csv", "own-xlsx"],
)
def test_identity_numbers_there_and_back(make: Callable[[list[list[str]]], bytes], kind: str, encoding: str) -> None:
    rows = people(ROWS)
    sheet = read(make(rows))
    assert (sheet.kind, sheet.encoding, sheet.headings) == (kind, encoding, HEADINGS)
    assert sheet.rows == rows
    assert not sheet.damaged
    assert sheet.numbers == list(range(2, ROWS + 2))
    assert not any(identity_fault(row[1]) for row in sheet.rows[:500])


def test_gbk_could_not_hold_these_names() -> None:
    with pytest.raises(UnicodeEncodeError):
        RARE.encode("gbk")
    assert read(as_csv(people(3), "gb18030")).sample[0][0].startswith("王𬱖")


@settings(deadline=None, max_examples=500 if SOAKING else 25)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc"))).map(str.strip), min_size=1, max_size=4))
def test_any_text_survives_our_own_csv(cells: list[str]) -> None:
    headings = [f"列{'甲乙丙丁'[n]}" for n in range(len(cells))]
    content = b"".join(write_csv(headings, [cells, ["x"] * len(cells)]))
    assert read(content).rows[0 if any(cells) else -1] == (cells if any(cells) else ["x"] * len(cells))


def test_a_file_saved_by_excel_with_forced_text() -> None:
    content = '姓名,卡号,电话\r\n张三,="00123",\t13812345678\r\n'.encode("gb18030")
    assert read(content).rows == [["张三", "00123", "13812345678"]]


def test_line_breaks_and_commas_inside_cells_keep_the_row_numbers() -> None:
    sheet = read('姓名,备注\n张三,"一,\n二"\n\n李四,三\n'.encode())
    assert sheet.rows == [["张三", "一,\n二"], ["李四", "三"]]
    assert sheet.numbers[-1] == 5


# --- what the spreadsheet has damaged is pointed out --------------------------------------------------------------


def test_an_identity_number_in_a_number_cell_is_flagged_as_damaged() -> None:
    def build(_: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, ["张三", 110105194912310021, 13812345678, "数字"])
        sheet.write_row(2, 0, ["李四", "110105194912310021", "13812345678", "文本"])
        sheet.write_row(3, 0, ["王五", 110105491231002, 13812345678, "十五位"])

    sheet = read(workbook(build))
    assert sheet.damaged == {(2, 1)}
    assert [row[2] for row in sheet.rows] == ["13812345678"] * 3
    assert sheet.rows[1][1] == "110105194912310021"
    assert sheet.rows[2][1] == "110105491231002"


def test_an_identity_number_that_excel_saved_with_an_exponent_is_flagged() -> None:
    sheet = read("姓名,身份证号\n张三,1.10105E+17\n李四,3e5\n".encode())
    assert sheet.damaged == {(2, 1)}


def test_cells_become_the_text_that_was_typed() -> None:
    def build(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, ["整数", "小数", "日期", "时刻", "时间", "真假"])
        sheet.write_row(1, 0, [3, 0.1 + 0.2])
        sheet.write_datetime(1, 2, datetime(2026, 11, 19), book.add_format({"num_format": "yyyy/m/d"}))
        sheet.write_datetime(1, 3, datetime(2026, 11, 19, 8, 5), book.add_format({"num_format": "yyyy/m/d h:mm"}))
        sheet.write_number(1, 4, 0.5625, book.add_format({"num_format": "h:mm"}))
        sheet.write_boolean(1, 5, True)

    assert read(workbook(build)).rows == [["3", "0.3", "2026-11-19", "2026-11-19 08:05", "13:30", "TRUE"]]


# --- tables as offices draw them -------------------------------------------------------------------------------


def test_merged_titles_above_the_headings_are_skipped() -> None:
    def build(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.merge_range(0, 0, 0, 3, "2026年度会员花名册", book.add_format({"align": "center"}))
        sheet.write_row(1, 0, ["填报单位：", "", "", "日期：2026年1月"])
        sheet.write_row(3, 0, HEADINGS)
        sheet.write_row(4, 0, ["张三", "", "13812345678", ""])
        sheet.write_row(6, 0, ["李四", "", "", "x"])

    sheet = read(workbook(build))
    assert sheet.headings == HEADINGS
    assert (sheet.title, sheet.skipped_rows, sheet.numbers) == ("2026年度会员花名册", 2, [5, 7])
    assert sheet.rows == [["张三", "", "13812345678", ""], ["李四", "", "", "x"]]


def test_a_table_that_starts_in_the_middle_of_the_sheet_and_a_hidden_sheet() -> None:
    def build(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.hide()
        sheet.write(0, 0, "字典")
        shown = book.add_worksheet("名册")
        shown.activate()
        shown.write_row(2, 2, ["姓名", "年份"])
        shown.write_row(3, 2, ["张三", 2026])

    sheet = read(workbook(build))
    assert (sheet.sheet_names, sheet.headings, sheet.rows, sheet.numbers) == (
        ["名册"], ["姓名", "年份"], [["张三", "2026"]], [4],
    )  # fmt: skip


def test_one_column_is_a_table_too() -> None:
    assert read("姓名\n张三\n李四\n".encode()).rows == [["张三"], ["李四"]]


def test_ods_is_read() -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        f"<table:table-row>{''.join(cell.format(text) for text in row)}</table:table-row>"
        for row in (["姓名", "卡号"], ["张三", "007"])
    )
    assert read(ods(rows)).rows == [["张三", "007"]]


def ods(rows: str) -> bytes:
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)
    body = f'<office:spreadsheet><table:table table:name="s">{rows}</table:table></office:spreadsheet>'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", "<x/>")
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body>{body}</office:body></office:document-content>",
        )
    return target.getvalue()


# --- nothing in a file harms -----------------------------------------------------------------------------------


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _ in range(262):
                member.write(b" " * 1_000_000)
    return target.getvalue()


def test_a_zip_bomb_is_refused_at_once_and_without_unpacking() -> None:
    content = bomb()
    assert len(content) < 3_000_000
    tracemalloc.start()
    started = time.perf_counter()
    assert refused(content) == "unpacked"
    assert time.perf_counter() - started < 0.2
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_one_cell_in_the_far_corner_ends_the_child_and_not_us() -> None:
    """Read in our own process, this file of 5 kB aborts it: that is the control, seen with calamine 0.9."""
    corner = workbook(lambda _, sheet: (sheet.write(0, 0, "姓名"), sheet.write(1_048_575, 16_383, "x")))
    assert len(corner) < 10_000
    assert refused(corner) == "extent"


def test_an_ods_cell_repeated_without_end_is_refused() -> None:
    wide = 'table:number-columns-repeated="16384" office:value-type="string"'
    cell = f"<table:table-cell {wide}><text:p>x</text:p></table:table-cell>"
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    assert refused(ods(row)) in {"extent", "columns", "broken"}


def test_a_zip_that_lies_about_its_sizes_costs_the_child_its_memory_and_not_ours() -> None:
    source, target = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(source) as book:  # whose texts stand in a file of their own
        sheet = book.add_worksheet()
        for number, row in enumerate((HEADINGS, *people(5))):
            sheet.write_row(number, 0, [str(value) for value in row])
    with (
        zipfile.ZipFile(source) as honest,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        for entry in honest.infolist():
            filler = b"\n" + b"<!-- x -->" * 20_000_000 if entry.filename == "xl/sharedStrings.xml" else b""
            archive.writestr(entry.filename, honest.read(entry) + filler)
        sizes = {entry.file_size for entry in archive.infolist() if entry.file_size > 10**8}
    lying = target.getvalue()
    for size in sizes:
        lying = lying.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    tracemalloc.start()
    assert refused(lying) in {"broken", "extent"}
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n , \n", "empty"),
        (b"PK\x03\x04 not a zip", "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "broken"),
        (b"%PDF-1.7\0\0", "format"),
        (b"\x89PNG\r\n\x1a\n\0\0", "format"),
        (b"\xff" * 100, "encoding"),
        (b"x" * (MAX_FILE + 1), "size"),
        (b"a,b\n" + b'"' + b"x" * 200_000 + b'",1\n', "broken"),
        ((",".join("abc"[n % 3] + "x" * n for n in range(201)) + "\n").encode(), "columns"),
    ],
)
def test_files_that_are_no_table_have_codes(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("../../etc/passwd", "x")
    assert refused(target.getvalue()) == "format"


def test_rows_are_bounded_in_every_format() -> None:
    rows = people(120)
    for content in (as_csv(rows, "utf-8"), write_xlsx(HEADINGS, rows)):
        assert refused(content, max_rows=119) == "rows"
        assert refused(content, max_rows=50) == "rows"
        assert len(read(content, max_rows=120).rows) == 120


def test_an_empty_sheet_is_said_to_be_empty() -> None:
    assert refused(workbook(lambda _, __: None)) == "empty"
    assert refused(write_xlsx(HEADINGS, people(1)), position=1) == "empty"


# --- nothing of ours calculates --------------------------------------------------------------------------------

HOSTILE = [f'{start}HYPERLINK("http://example.com","x")' for start in FORMULA_STARTS] + [
    "http://example.com",
    "{=1+1}",
]


def test_no_cell_of_ours_is_a_formula_or_a_link_after_reloading() -> None:
    content = write_xlsx(["a", "=b"], [[text, "x"] for text in HOSTILE])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    assert [row[0].value for row in sheet.iter_rows(min_row=2)][:1] == HOSTILE[:1]


def test_control_a_plain_workbook_would_have_calculated() -> None:
    content = workbook(lambda _, sheet: sheet.write(0, 0, HOSTILE[0]))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert sheet["A1"].data_type == "f"


def test_csv_disarms_text_and_leaves_numbers_and_quotes_alone() -> None:
    content = b"".join(write_csv(["a"], [[text] for text in HOSTILE] + [[-5], [None], ['say "x"']]))
    assert content.startswith(b"\xef\xbb\xbf")
    cells = [row[0] if row else "" for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))][1:]
    assert all(cell.startswith("'") for cell in cells[: len(FORMULA_STARTS)])
    assert cells[-3:] == ["-5", "", 'say "x"']


def test_csv_streams() -> None:
    rows = (["x"] for _ in iter(int, 1))  # never ends
    stream = write_csv(["a"], rows)
    assert [next(stream) for _ in range(3)] == [b"\xef\xbb\xbf", b"a\r\n", b"x\r\n"]


def test_the_workbook_is_fit_to_read() -> None:
    moment = datetime(2026, 11, 19, 8, 5, tzinfo=UTC)
    rows = [["欧阳" * 5, 1234, date(2026, 11, 19), moment, None, 10**17]]
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(["姓名", "数", "日", "时", "空", "号"], rows, "名册/2026:*")))
    sheet = book.active
    assert sheet is not None
    assert sheet.title == "名册 2026"
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.b
    assert 20 <= sheet.column_dimensions["A"].width <= 24
    assert [cell.value for cell in sheet[2]] == [
        "欧阳" * 5, 1234, datetime(2026, 11, 19), datetime(2026, 11, 19, 8, 5), None, str(10**17),
    ]  # fmt: skip
