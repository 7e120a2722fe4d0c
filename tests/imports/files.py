"""Spreadsheets as offices have them, made for the tests, and the way of one through the portal."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import xlsxwriter

from portal.core.database import db
from portal.core.identity import demo_identity
from portal.imports.models import RegisterImport

BASE = "/office/wangjiang/imports"
HEADINGS = ["姓名", "身份证号", "联系电话", "所在小组", "入会时间"]
BIRTH = date(1960, 3, 5)


def number(serial: int, birth: date = BIRTH, sex: str = "female") -> str:
    return demo_identity(serial + 1, birth, sex)  # type: ignore[arg-type]


def lines(count: int, start: int = 0) -> list[list[str]]:
    """Sound rows: people with numbers and phones of their own."""
    return [
        [
            f"林{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{'春夏秋冬'[n % 4]}",
            number(start + n),
            f"1370{start + n:07}",
            "第一小组",
            "2021-03-05",
        ]
        for n in range(count)
    ]


def as_csv(rows: list[list[str]], headings: list[str] = HEADINGS, codec: str = "utf-8") -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows([headings, *rows])
    return target.getvalue().encode(codec)


def as_xlsx(rows: list[list[Any]], headings: list[str] = HEADINGS, title: str = "") -> bytes:
    """A workbook as somebody made it by hand: a merged title, numbers as numbers, texts as texts."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("花名册")
        top = 0
        if title:
            sheet.merge_range(0, 0, 0, len(headings) - 1, title)
            sheet.write_row(1, 0, ["填报单位：望江社区", "填报日期：2026年3月"])
            top = 2
        sheet.write_row(top, 0, headings)
        for at, row in enumerate(rows, top + 1):
            for column, value in enumerate(row):
                if value not in ("", None):
                    sheet.write(at, column, value)
    return target.getvalue()


def upload(client: Any, content: bytes, name: str = "", base: str = BASE) -> str:
    """Upload a file; returns the public id of the import."""
    name = name or ("会员.xlsx" if content.startswith(b"PK") else "会员.csv")
    response = client.force(f"{base}/new", {"file": (io.BytesIO(content), name)})
    assert response.status_code == 303, response.text[:3000]
    return response.location.split("/")[-2]


def checked(client: Any, content: bytes, name: str = "", base: str = BASE, **said: Any) -> str:
    """Upload and check with the columns as guessed; `said` answers the form."""
    public_id = upload(client, content, name, base)
    response = client.submit(f"{base}/{public_id}/columns", said)
    assert response.status_code == 303, response.text[:3000]
    return public_id


def taken_in(client: Any, content: bytes, name: str = "", base: str = BASE, **said: Any) -> str:
    public_id = checked(client, content, name, base, **said)
    response = client.force(f"{base}/{public_id}/confirm", {"has_forms": "y"})
    assert response.status_code == 303, response.text[:3000]
    return public_id


def found(public_id: str) -> RegisterImport:
    return db.session.query(RegisterImport).filter_by(public_id=public_id).one()


def verdicts(public_id: str) -> dict[int, tuple[str, list[str]]]:
    """Row of the file → verdict and codes of the reasons."""
    from portal.imports.models import ImportRow

    rows = db.session.query(ImportRow).filter_by(import_id=found(public_id).id).order_by(ImportRow.number)
    return {row.number: (row.verdict, [reason[0] for reason in row.reasons]) for row in rows}


MESSY_HEADINGS = [
    "序号",
    "姓  名",
    "性别",
    "公民身份号码",
    "婚姻状况",
    "联系电话（手机）",
    "所在小组",
    "入会时间",
    "子女数",
    "备注",
]
MESSY = [
    ["1", "李 明", "女", number(1), "已婚", "138-0000-1001", "1组", "2021-3-5", "1", "热心"],
    [
        "2",
        "欧阳 淑云",
        "女",
        number(2).replace("99", "９９", 1),
        "未婚",
        "13800001002",
        "第二小组",
        "2021年3月5日",
        "",
        "",
    ],
    ["3", "赵国强", "男", number(3, sex="male"), "已婚", "+86 138 0000 1003", "", "20210305", "2", ""],
    ["4", "钱损坏", "男", "9.90000E+17", "离异", "13800001004", "第一小组", "2020.06", "", ""],
    ["5", "孙末位", "女", number(4)[:15] + "000", "", "13800001005", "第一小组", "2020", "", ""],
    ["6", "李明", "女", number(1), "已婚", "13800001001", "第一小组", "2021-3-5", "1", "重复"],
    ["7", "王秀英", "", "", "", "13955550001", "", "44260", "", ""],
    ["8", "周错组", "女", number(6), "", "", "第九小组", "2019/5/1 0:00", "", ""],
    ["合计", "8人", "", "", "", "", "", "", "", ""],
]


def messy(kind: str = "csv") -> bytes:
    """A register as it really comes: a title over all columns, who filled it in, GBK, and everything above."""
    if kind == "xlsx":
        damaged = [
            [int(number(4)) if cell.endswith("000") and len(cell) == 18 else cell for cell in row] for row in MESSY
        ]
        return as_xlsx(damaged, MESSY_HEADINGS, title="望江社区协会会员花名册")
    top = ["望江社区协会会员花名册,,,,,,,,,", "填报单位：望江社区,,,,,填报日期：2026年3月,,,,"]
    return "\r\n".join([*top, as_csv(MESSY, MESSY_HEADINGS).decode()]).encode("gbk")
