"""Files as banks and mobile payment export them, made for the tests, and the way of one through the portal."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from typing import Any

import openpyxl
from sqlalchemy import select

from portal.associations.models import Association
from portal.bank import contents, fields, reading, services, tasks
from portal.bank.models import BankFile, BankLine, FileState
from portal.core.calendar import today
from portal.core.database import db
from portal.core.files import store

PAGE = "/office/wangjiang/dues/bank"
HEADINGS = ["交易日期", "借贷标志", "交易金额", "对方户名", "摘要", "交易流水号"]
YEAR = today().year
DAY = f"{YEAR}0107"

# What a bank's counter hands out: who and when above, two columns of amounts, a total, a foot.
COUNTER = [
    ["某某银行对公账户交易明细"],
    ["账号：", "6222000011112222", "户名：", "望江社区协会"],
    ["起止日期：", f"{YEAR}0101-{YEAR}0131"],
    [],
    ["记账日期", "凭证号", "摘要", "借方发生额", "贷方发生额", "余额", "对方户名", "对方账号", "附言"],
    [f"{YEAR}0107", "0", "转账", "", "1,200.00", "9,200.00", "王 秀英", "6217001", "会费"],
    [f"{YEAR}0108", "0", "手续费", "5.00", "", "9,195.00", "", "", ""],
    [f"{YEAR}0109", "0", "转账", "", "￥12.00", "9,207.00", "李铁柱", "6217002", "WANGJIANG-00001会费"],
    [f"{YEAR}0110", "0", "结息", "", "abc", "9,207.00", "银行", "", ""],
    [f"{YEAR}0111", "0", "冲正", "", "-3.00", "9,204.00", "银行", "", ""],
    ["合计", "", "", "5.00", "1,209.00", "", "", "", ""],
    ["打印时间：", "柜员：", "第1页"],
]
WECHAT = [
    ["微信支付账单明细"],
    ["微信昵称：[望江社区协会]"],
    [f"起始时间：[{YEAR}-01-01 00:00:00] 终止时间：[{YEAR}-01-31 23:59:59]"],
    ["----------------------微信支付账单明细列表--------------------"],
    ["交易时间", "交易类型", "交易对方", "商品", "收/支", "金额(元)", "支付方式",
     "当前状态", "交易单号", "商户单号", "备注"],
    [f"{YEAR}-01-07 10:22:33", "转账", "王秀英", "转账备注:会费", "收入", "¥12.00", "/",
     "已存入零钱", "1000050001\t", "/", "/"],
    [f"{YEAR}-01-07 10:23:33", "商户消费", "打印店", "复印", "支出", "¥8.00", "零钱",
     "支付成功", "1000050002\t", "7\t", "/"],
    [f"{YEAR}-01-08 09:00:00", "转账", "张三", "会费", "收入", "¥12.00", "/",
     "已全额退款", "1000050003\t", "/", "/"],
    [f"{YEAR}-01-08 09:01:00", "零钱提现", "银行", "/", "/",
     "¥99.00", "银行", "提现已到账", "1000050004\t", "/", "/"],
]  # fmt: skip


def as_csv(rows: Sequence[Sequence[Any]], codec: str = "gb18030") -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue().encode(codec)


def as_xlsx(rows: Sequence[Sequence[Any]], merged: Sequence[str] = ()) -> bytes:
    """A workbook; `merged` are ranges such as A1:F1."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for one in merged:
        book.active.merge_cells(one)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def came(name: str, amount: str = "12.00", memo: str = "会费", number: str = "", day: str = DAY) -> list[str]:
    """A row of the plain file: money that came in."""
    return [day, "贷", amount, name, memo, number]


def plain(*rows: Sequence[str]) -> bytes:
    """The plain file with these rows."""
    return as_csv([HEADINGS, *rows])


def lines_in(content: bytes) -> tuple[list[reading.Line], reading.Count]:
    """What is read of a file by the columns as guessed."""
    table = reading.read_file(content, 1_000)
    reader = reading.Reader(table.headings, fields.guess(table.columns, {}), today())
    return list(reader.read(table.rows)), reader.count


def brought(actor: Any, association: Association, content: bytes, name: str = "明细.csv") -> BankFile:
    """A file with its columns as guessed, ready to be taken in."""
    table = reading.read_file(content, 1_000)
    key = contents.keep(table.headings, table.rows)
    digest = hashlib.sha256(content).hexdigest()
    way = "mobile" if fields.is_mobile(table.headings) else "transfer"
    file = services.begin(actor, association, name, digest, table, key, way)
    services.name_columns(file, fields.guess(table.columns, {}), way)
    file.association = association
    file.state = FileState.CHECKED
    return file


def take(actor: Any, association: Association, *rows: Sequence[str], content: bytes = b"") -> BankFile:
    """A file is brought and taken in by the work that does it in the background."""
    file = brought(actor, association, content or plain(*rows))
    job = services.start(actor, file, FileState.RUNNING, "bank.take_in")
    db.session.commit()
    tasks.take_in(job.public_id, file.id, actor.id)
    db.session.refresh(file)
    db.session.refresh(job)
    assert (job.state, file.state) == ("done", FileState.DONE), job.message
    return file


def found(name: str = "") -> list[BankLine]:
    """The lines as they are now, in the order of the days; of one payer's name, or all."""
    statement = select(BankLine).order_by(BankLine.booked_on, BankLine.position)
    statement = statement.execution_options(populate_existing=True)
    return list(db.session.scalars(statement.where(BankLine.payer_name == name) if name else statement))


def in_english(client: Any) -> Any:
    """The reader's language does not change with the translations."""
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def upload(client: Any, content: bytes, name: str = "明细.csv", base: str = PAGE) -> str:
    """The public id of the file."""
    response = client.submit(f"{base}/files/new", {"file": (io.BytesIO(content), name)})
    assert response.status_code == 303, response.text[:2000]
    return str(response.location.split("/")[-2])


def kept_files() -> int:
    """How much lies in the store."""
    return len(list(store.root.glob("??/*")))
