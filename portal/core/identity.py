"""Resident identity numbers (GB 11643-1999) and phone numbers: read, check, mask.

An identity number is six digits of region (GB/T 2260), eight of date of birth, three of serial (odd for men,
even for women) and a check character (ISO 7064:1983, MOD 11-2). The region is not checked against a list:
numbers keep the region of their first issue, and many of those regions have been dissolved since.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from portal.core import calendar

Sex = Literal["male", "female"]
PhoneKind = Literal["mobile", "landline"]

LENGTH = 18
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
OLDEST_BIRTH = date(1880, 1, 1)
# GB/T 2260 has never given out a region that begins with 99: nobody can hold a number that does.
DEMO_REGION = 990000
DEMO_SERIALS_PER_REGION = 500
DEMO_REGIONS = 10_000

_IGNORED = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\-‐‑–—_']+")
_SHAPE = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_PHONE_NOISE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\-‐‑–—_()./']+")
_COUNTRY = re.compile(r"^(?:\+|00)86")
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_SHORT_AREA = re.compile(r"0(?:10|2\d)\d{7,8}", re.ASCII)
_LONG_AREA = re.compile(r"0[3-9]\d{2}\d{7,8}", re.ASCII)


class IdentityError(ValueError):
    """Why a text is no identity number: `code` is missing, length, characters, date or checksum."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PhoneError(ValueError):
    """Why a text is no phone number: `code` is missing, characters, length, area (left out) or number."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A number that passed every check; only `parse` makes one. `repr` shows the mask, so logs do as well."""

    value: str
    birth: date
    sex: Sex

    @classmethod
    def parse(cls, text: str, on: date | None = None) -> Self:
        """The number in what was typed or pasted; raises IdentityError with the first fault found.

        A birth after `on` (today) or before 1880 is a fault of the date.
        """
        value = normalise_identity(text)
        if not value:
            raise IdentityError("missing")
        if len(value) != LENGTH:
            raise IdentityError("length")
        if not _SHAPE.fullmatch(value):
            raise IdentityError("characters")
        birth = _birth(value)
        if birth is None or not OLDEST_BIRTH <= birth <= (on or calendar.today()):
            raise IdentityError("date")
        if check_character(value[:17]) != value[17]:
            raise IdentityError("checksum")
        return cls(value, birth, "male" if int(value[16]) % 2 else "female")

    @property
    def is_demo(self) -> bool:
        """A number from the range that cannot exist."""
        return self.value.startswith("99")

    def __str__(self) -> str:
        return mask_identity(self.value)

    def __repr__(self) -> str:
        return f"IdentityNumber({mask_identity(self.value)})"


def normalise_identity(text: str) -> str:
    """What was meant: full-width digits made plain, spaces and dashes dropped, x and × as X."""
    plain = unicodedata.normalize("NFKC", text).replace("×", "X").replace("Ⅹ", "X")
    return _IGNORED.sub("", plain).upper()


def identity_fault(text: str, on: date | None = None) -> str | None:
    """The code of what is wrong with an identity number, or nothing."""
    try:
        IdentityNumber.parse(text, on)
    except IdentityError as error:
        return error.code
    return None


def check_character(first17: str) -> str:
    """The eighteenth character for the seventeen before it."""
    return CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def mask_identity(text: str) -> str:
    """Region and last four stay, the date of birth goes: 110101********1234.

    Of a number that is only kept by its last four, or is not of full length, at most the last four show.
    """
    value = normalise_identity(text)
    if len(value) == LENGTH:
        return f"{value[:6]}{'*' * 8}{value[-4:]}"
    return f"{'*' * 14}{value}" if len(value) == 4 else "*" * len(value)


def demo_identity(serial: int, birth: date, sex: Sex) -> str:
    """A number that passes every check and belongs to nobody: distinct for each serial of a birthday and sex.

    Serials run from 0 to 4,999,999.
    """
    region, order = divmod(serial, DEMO_SERIALS_PER_REGION)
    if not 0 <= region < DEMO_REGIONS:
        raise ValueError("the range of demonstration numbers is exhausted")
    first17 = f"{DEMO_REGION + region}{birth:%Y%m%d}{2 * order + (sex == 'male'):03d}"
    return first17 + check_character(first17)


def _birth(value: str) -> date | None:
    """The date in digits 7 to 14, if the calendar has it."""
    try:
        return date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None


def normalise_phone(text: str) -> str:
    """A phone number in its one stored form: 13812345678, or 01012345678 with its area code.

    Accepts +86, spaces, dashes, brackets and full-width digits; raises PhoneError.
    """
    plain = _digits(text)
    if not plain:
        raise PhoneError("missing")
    if not (plain.isascii() and plain.isdigit()):
        raise PhoneError("characters")
    if _MOBILE.fullmatch(plain) or _SHORT_AREA.fullmatch(plain) or _LONG_AREA.fullmatch(plain):
        return plain
    if plain[0] not in "01" and len(plain) in (7, 8):
        raise PhoneError("area")
    raise PhoneError("number" if len(plain) == 11 else "length")


def _digits(text: str) -> str:
    """Without what people put between the digits, and without China's own prefix."""
    return _COUNTRY.sub("", _PHONE_NOISE.sub("", unicodedata.normalize("NFKC", text)))


def phone_fault(text: str) -> str | None:
    """The code of what is wrong with a phone number, or nothing."""
    try:
        normalise_phone(text)
    except PhoneError as error:
        return error.code
    return None


def phone_kind(normalised: str) -> PhoneKind:
    """Only a mobile can receive a message or sign in."""
    return "mobile" if _MOBILE.fullmatch(normalised) else "landline"


def show_phone(text: str) -> str:
    """As it is read aloud: 138 1234 5678, 010-12345678, 0512-12345678; what is no such number as it stands."""
    plain = _digits(text)
    if _MOBILE.fullmatch(plain):
        return f"{plain[:3]} {plain[3:7]} {plain[7:]}"
    if phone_fault(plain):
        return text
    area = _area_length(plain)
    return f"{plain[:area]}-{plain[area:]}"


def mask_phone(text: str) -> str:
    """138****1234 for a mobile, 010-****5678 for a landline, *******1234 when only the last four are kept."""
    plain = _digits(text)
    if len(plain) == 4:
        return f"{'*' * 7}{plain}"
    if _MOBILE.fullmatch(plain):
        return f"{plain[:3]}****{plain[-4:]}"
    if phone_fault(plain):
        return "*" * len(plain)
    area = _area_length(plain)
    return f"{plain[:area]}-{'*' * (len(plain) - area - 4)}{plain[-4:]}"


def _area_length(normalised: str) -> int:
    """010 and 02x have three digits, every other area code four."""
    return 3 if normalised[1] in "12" else 4
