"""How figures, dates and masked numbers are written on a page; `register` makes Jinja filters of them.

Money comes in fen, time served in minutes, moments in UTC. The reader's language is asked unless it is given.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from markupsafe import Markup

from portal.core.calendar import DEFAULT_ZONE
from portal.core.i18n import _, locale
from portal.core.identity import mask_identity, mask_phone, show_phone

if TYPE_CHECKING:
    from flask import Flask

NOTHING = "—"
ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CHINESE_DAYS = "一二三四五六日"
CHINESE_DIGITS = "〇一二三四五六七八九"
CAPITAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
CAPITAL_UNITS = ("仟", "佰", "拾", "")
CAPITAL_GROUPS = ("", "万", "亿", "万亿")
FILE_UNITS = ("B", "kB", "MB", "GB")
MINUTES = 60


def money(fen: int | None) -> str:
    """Fen as yuan with two places: 123450 is 1,234.50; nothing known is a dash."""
    if fen is None:
        return NOTHING
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{rest:02d}"


def number(value: int | None) -> str:
    """A count with its thousands: 2,256."""
    return NOTHING if value is None else f"{value:,}"


def percent(part: float | None, whole: float | None = None, places: int = 1) -> str:
    """A share of a whole, or a ratio alone: 96.0%. Of nothing there is no share: a dash, never 0 or 100."""
    if part is None or whole == 0:
        return NOTHING
    return f"{per_cent(part / whole if whole is not None else part, places):.{places}f}%"


def per_cent(ratio: float, places: int = 1) -> float:
    """0.96 as 96.0, for a spreadsheet as for a page. A share short of the whole is never rounded up to 100, nor one
    above none down to 0.
    """
    exact, step = ratio * 100, float(10**-places)
    shown = round(exact, places)
    if shown == 100 > exact:
        return round(100 - step, places)
    return step if shown == 0 < exact else shown


def minutes(value: int | None) -> str:
    """Time in words: 2 小时 30 分, 2 小时, 45 分钟."""
    if value is None:
        return NOTHING
    whole, rest = divmod(value, MINUTES)
    if not whole:
        return str(_("%(minutes)d min", minutes=rest))
    if not rest:
        return str(_("%(hours)d h", hours=whole))
    return str(_("%(hours)d h %(minutes)d min", hours=whole, minutes=rest))


def hours(value: int | None) -> str:
    """Minutes as hours with one place, cut and never rounded up: nobody is shown time that was not served."""
    return NOTHING if value is None else f"{value * 10 // MINUTES / 10:,.1f}"


def date_long(day: date | None, language: str | None = None) -> str:
    """2026年11月19日, or 19 November 2026; of a moment the day that it was in Beijing."""
    if day is None:
        return NOTHING
    if isinstance(day, datetime):
        day = local(day).date()
    if _is_english(language):
        return f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def date_short(day: date | None, language: str | None = None) -> str:
    """11月19日, or 19 Nov: where the year is plain from the page."""
    if day is None:
        return NOTHING
    if _is_english(language):
        return f"{day.day} {ENGLISH_MONTHS[day.month - 1][:3]}"
    return f"{day.month}月{day.day}日"


def month_long(day: date, language: str | None = None) -> str:
    """2026年11月, or November 2026."""
    if _is_english(language):
        return f"{ENGLISH_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月"


def weekday(day: date, language: str | None = None) -> str:
    """星期四, or Thursday."""
    if _is_english(language):
        return ENGLISH_DAYS[day.weekday()]
    return f"星期{CHINESE_DAYS[day.weekday()]}"


def datetime_local(moment: datetime | None, zone: str = DEFAULT_ZONE, language: str | None = None) -> str:
    """Day and time in the association's zone: 2026年11月19日 14:30. A moment without a zone is UTC."""
    if moment is None:
        return NOTHING
    there = local(moment, zone)
    between = ", " if _is_english(language) else " "
    return f"{date_long(there.date(), language)}{between}{there:%H:%M}"


def time_local(moment: datetime | None, zone: str = DEFAULT_ZONE) -> str:
    """The time alone, in the association's zone: 14:30."""
    return NOTHING if moment is None else f"{local(moment, zone):%H:%M}"


def local(moment: datetime, zone: str = DEFAULT_ZONE) -> datetime:
    """A stored moment in the association's zone."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(zone))


def file_size(size: int) -> str:
    """Bytes in steps of a thousand: 812 B, 1.2 MB."""
    value, unit = float(size), 0
    while round(value, 1) >= 1000 and unit < len(FILE_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {FILE_UNITS[unit]}" if unit else f"{size} B"


def chinese_date(day: date) -> str:
    """二〇二六年十一月十九日, as documents are signed (GB/T 15835-2011: 〇 in a year, not 零)."""
    year = "".join(CHINESE_DIGITS[int(digit)] for digit in f"{day.year:04d}")
    return f"{year}年{_below_hundred(day.month)}月{_below_hundred(day.day)}日"


def amount_in_capitals(fen: int) -> str:
    """The amount as receipts must show it, the words 人民币 before it left to the form: 壹仟肆佰零玖元伍角整.

    Source: 支付结算办法附件一「正确填写票据和结算凭证的基本规定」: 整 closes yuan and jiao and never follows
    fen; zeros in the middle are read once; a fen without jiao is led by 零.
    """
    sign = "负" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    jiao, cents = divmod(rest, 10)
    text = f"{_capital_integer(yuan)}元" if yuan or not rest else ""
    if not rest:
        return f"{sign}{text}整"
    if jiao:
        text += f"{CAPITAL_DIGITS[jiao]}角"
    elif text:
        text += "零"
    return f"{sign}{text}{CAPITAL_DIGITS[cents]}分" if cents else f"{sign}{text}整"


def _capital_integer(value: int) -> str:
    """A whole number in capitals, group of four by group of four."""
    if value >= 10**16:
        raise ValueError("no amount is that large")
    text, pending = "", False
    for power in range(3, -1, -1):
        group = value // 10 ** (4 * power) % 10_000
        if not group:
            pending = pending or bool(text)
            continue
        if text and (pending or group < 1000 or value // 10 ** (4 * power + 4) % 10 == 0):
            text += "零"
        text, pending = text + _capital_group(group) + _group_name(value, power), False
    return text or "零"


def _group_name(value: int, power: int) -> str:
    """万, 亿 or nothing; 万亿 says its 亿 only where no group of 亿 follows."""
    return "万" if power == 3 and value // 10**8 % 10_000 else CAPITAL_GROUPS[power]


def _capital_group(group: int) -> str:
    """One to four digits in capitals, zeros between them read once and zeros at the end not at all."""
    text, pending = "", False
    for place, digit in enumerate(f"{group:04d}"):
        if digit == "0":
            pending = bool(text)
            continue
        text += ("零" if pending else "") + CAPITAL_DIGITS[int(digit)] + CAPITAL_UNITS[place]
        pending = False
    return text


def _below_hundred(value: int) -> str:
    """1 to 99 as they are read: 十, 十一, 二十, 三十一."""
    tens, ones = divmod(value, 10)
    head = ("" if tens == 1 else CHINESE_DIGITS[tens]) + "十" if tens else ""
    return head + (CHINESE_DIGITS[ones] if ones else "")


def spoken_number(value: int, language: str | None = None) -> str:
    """A small number as a title has it: 三 where Chinese is read, 3 otherwise."""
    return str(value) if _is_english(language) or not 0 < value < 100 else _below_hundred(value)


def mask_name(name: str) -> str:
    """The first character and no more, not even how long the name is: 王**, 买**, A**."""
    plain = name.strip()
    return f"{plain[0]}**" if plain else ""


def _is_english(language: str | None) -> bool:
    return (language or locale()) == "en"


FILTERS = (
    money, number, percent, minutes, hours, date_long, date_short, month_long, weekday, datetime_local,
    time_local, file_size, chinese_date, amount_in_capitals, mask_identity, mask_name, mask_phone, show_phone,
)  # fmt: skip


def unbroken(value: int | None) -> Markup:
    """Time in words as a page shows it: no line ends within 2 小时 30 分."""
    return Markup('<span class="nowrap">{}</span>').format(minutes(value))


def register(app: Flask) -> None:
    """Every function above is a Jinja filter of its own name; time in words does not break on a page."""
    app.jinja_env.filters.update({function.__name__: function for function in FILTERS} | {"minutes": unbroken})
