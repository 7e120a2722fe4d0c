"""Amounts of money as people write them: yuan with two places, kept as whole fen."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import overload

from portal.core.i18n import _

MOST_FEN = 10_000_000 * 100  # what nobody pays at once is a slip of the finger
_AMOUNT = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?", re.ASCII)
_DIGITS = 15


def read_money(text: str, least: int = 1) -> int:
    """Yuan in fen: 1200, 1,200.50, ￥1200.5, full-width digits. Raises ValueError with words for what is no amount.

    A Chinese keyboard writes 。 for the point and ， between thousands. Less than `least` fen is refused.
    """
    plain = unicodedata.normalize("NFKC", text).replace("¥", "").replace("元", "")
    plain = plain.replace("−", "-").replace("。", ".").strip()
    if plain.startswith("-"):
        raise ValueError(_("An amount is not negative: money that goes back is a reversal or a refund."))
    written = _AMOUNT.fullmatch(plain)
    if written is None:
        raise ValueError(_("Write the amount in yuan, for example 120 or 1,200.50."))
    digits, places = written[1].replace(",", "").lstrip("0") or "0", written[2] or ""
    if len(places) > 2:
        raise ValueError(_("An amount has at most two places: the smallest is 0.01 yuan."))
    fen = int(digits[:_DIGITS]) * 100 + int(places.ljust(2, "0"))
    if fen > MOST_FEN:
        raise ValueError(_("At most 10,000,000 yuan at once: count the digits again."))
    if fen < least:
        raise ValueError(_("The amount is more than nothing."))
    return fen


@overload
def yuan(fen: int) -> Decimal: ...
@overload
def yuan(fen: int | None) -> Decimal | None: ...
def yuan(fen: int | None) -> Decimal | None:
    """Fen as yuan for a cell that is summed up: exactly, with its two places."""
    return None if fen is None else Decimal(fen).scaleb(-2)


def typed_money(fen: int | None) -> str:
    """An amount as one types it into a box, so that it reads back as itself: 1200, 1200.50."""
    if fen is None:
        return ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan}{f'.{rest:02d}' if rest else ''}"
