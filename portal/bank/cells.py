"""Cells of a bank's file as values: days, amounts, who paid. What cannot be read is said, never guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from portal.core.money import MOST_FEN
from portal.core.text import printable
from portal.imports.parsing import whole_date

TEXT = 300
EARLIEST = date(2000, 1, 1)
IN, OUT = "in", "out"
_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_GAP = re.compile(rf"(?<=[{_HAN}·])\s+(?=[{_HAN}·])")
_STAMP = re.compile(r"(\d{8})[\sT]*\d{2}:?\d{2}:?\d{2}(?:\.\d+)?", re.ASCII)
_AMOUNT = re.compile(r"([+-]?)(\d{1,15}|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2})0*)?", re.ASCII)
_ACCOUNT = re.compile(r"^[\d*\s/|_-]{6,}", re.ASCII)
_NOTHING = {"", "/", "-", "--", "—", "无", "无备注", "null", "0"}
_DIRECTIONS = {
    IN: "贷 贷方 收入 收 转入 入 入账 来账 进 存入 c cr credit in + 貸",
    OUT: "借 借方 支出 支 付 转出 出 出账 往账 支取 d dr debit out - 不计收支 其他 中性交易 /",
}
_DIRECTION = {word: way for way, words in _DIRECTIONS.items() for word in words.split()}
_NEVER_CAME = ("关闭", "失败", "撤销", "作废", "冲正", "退汇", "全额退款", "關閉", "失敗", "撤銷")


class CellError(ValueError):
    """Why a cell cannot be read: `code` is a key of reasons.FAULTS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def text(cell: str) -> str:
    """What stands there, without marks that only keep a spreadsheet from counting; nothing for a dash."""
    plain = " ".join(printable(unicodedata.normalize("NFKC", cell)).replace("\u200b", "").split()).strip("`'\"")
    return "" if plain.casefold() in _NOTHING else plain[:TEXT]


def name(cell: str) -> str:
    """王 秀英 is 王秀英; an account's number before it is none of it."""
    found = _GAP.sub("", _ACCOUNT.sub("", text(cell)))
    return found.strip(" /|")


def reference(cell: str) -> str:
    """The bank's number without spaces; zeros are none."""
    found = text(cell).replace(" ", "")
    return found if found.strip("0-") else ""


def day(cell: str, latest: date) -> date:
    """The day of 20260107, 2026-01-07 10:22:33, 20260107102233. Raises CellError for none, or one to come."""
    plain = unicodedata.normalize("NFKC", cell).strip().strip("`'\"")
    stamp = _STAMP.fullmatch(plain)
    found = whole_date(stamp[1] if stamp else plain)
    if found is None or found < EARLIEST:
        raise CellError("date")
    if found > latest:
        raise CellError("date_future")
    return found


def fen(cell: str) -> int:
    """1,200.00, ￥12.00, +12, (3.50) in fen, with its sign; nothing is 0. Raises CellError."""
    plain = unicodedata.normalize("NFKC", cell).replace("¥", "").replace("元", "").replace("−", "-")
    plain = re.sub(r"\s+|^(?:RMB|CNY)", "", plain.strip("`'\" "))
    if plain in ("", "-", "--", "/", "—"):
        return 0
    is_negative = plain.startswith("(") and plain.endswith(")")
    written = _AMOUNT.fullmatch(plain.strip("()") if is_negative else plain)
    if written is None:
        raise CellError("amount")
    amount = int(written[2].replace(",", "")) * 100 + int((written[3] or "").ljust(2, "0"))
    if amount > MOST_FEN:
        raise CellError("amount_many")
    return -amount if is_negative or written[1] == "-" else amount


def direction(cell: str) -> str:
    """IN or OUT; what is neither income nor expense counts as out. Raises CellError for a word not known."""
    plain = unicodedata.normalize("NFKC", cell).strip().strip("`'\"").casefold()
    if plain not in _DIRECTION:
        raise CellError("direction")
    return _DIRECTION[plain]


def never_came(cell: str) -> bool:
    """Whether the state of a line says that its money did not come, or went back at once."""
    return any(word in cell for word in _NEVER_CAME)
