"""Identity numbers and phones: what is accepted, what is refused with which code, what a mask hides."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import calendar
from portal.core.identity import (
    IdentityError,
    IdentityNumber,
    PhoneError,
    Sex,
    demo_identity,
    identity_fault,
    mask_identity,
    mask_phone,
    normalise_identity,
    normalise_phone,
    phone_fault,
    phone_kind,
    show_phone,
)

# The example printed in the standard itself, GB 11643-1999.
STANDARD = "11010519491231002X"
SEXES: st.SearchStrategy[Sex] = st.sampled_from(("male", "female"))
BIRTHS = st.dates(date(1900, 1, 1), date(2020, 12, 31))


def test_the_number_of_the_standard() -> None:
    number = IdentityNumber.parse(STANDARD)
    assert (number.value, number.birth, number.sex) == (STANDARD, date(1949, 12, 31), "female")
    assert not number.is_demo


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        " 110105 19491231 002X ",
        "110105-19491231-002x",
        "\ufeff11010519491231002X\u200b",
        "11010519491231002×",
        "'11010519491231002X",
    ],
)
def test_what_people_type_is_read(typed: str) -> None:
    assert normalise_identity(typed) == STANDARD
    assert identity_fault(typed) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "missing"),
        ("  ", "missing"),
        ("1101051949123100", "length"),
        ("110105491231002", "length"),  # the fifteen digits before 1999
        ("110105194912310021", "checksum"),
        ("11010519491231003X", "checksum"),
        ("X1010519491231002X", "characters"),
        ("1101051949123100ⅡX", "length"),
        ("11010519490229002X", "date"),
        ("11010519491331002X", "date"),
        ("11010518491231002X", "date"),
        ("11010520991231002X", "date"),
    ],
)
def test_faults_have_codes(typed: str, code: str) -> None:
    with pytest.raises(IdentityError) as caught:
        IdentityNumber.parse(typed)
    assert caught.value.code == code
    assert identity_fault(typed) == code


def test_other_scripts_digits_are_not_digits() -> None:
    assert identity_fault("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X") == "characters"


def test_born_today_in_beijing_is_accepted_born_tomorrow_is_not() -> None:
    with calendar.at(datetime(2026, 2, 28, 16, 0, tzinfo=UTC)):
        assert identity_fault(demo_identity(1, date(2026, 3, 1), "male")) is None
        assert identity_fault(demo_identity(1, date(2026, 3, 2), "male")) == "date"


@given(BIRTHS, SEXES, st.integers(0, 4_999_999))
def test_demo_numbers_are_valid_and_belong_to_nobody(birth: date, sex: Sex, serial: int) -> None:
    number = IdentityNumber.parse(demo_identity(serial, birth, sex))
    assert (number.birth, number.sex, number.is_demo) == (birth, sex, True)
    assert number.value[:2] == "99"


def test_demo_numbers_are_distinct_and_end() -> None:
    birth = date(1990, 3, 7)
    assert len({demo_identity(n, birth, sex) for n in range(3000) for sex in ("male", "female")}) == 6000
    with pytest.raises(ValueError, match="exhausted"):
        demo_identity(5_000_000, birth, "male")


@given(BIRTHS, SEXES, st.integers(0, 4_999_999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(birth: date, sex: Sex, serial: int, place: int, shift: int) -> None:
    right = demo_identity(serial, birth, sex)
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    assert identity_fault(wrong) in {"checksum", "date"}


@given(BIRTHS, SEXES, st.integers(0, 4_999_999), st.integers(0, 15))
def test_two_digits_changed_over_are_always_found(birth: date, sex: Sex, serial: int, place: int) -> None:
    right = demo_identity(serial, birth, sex)
    wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    assert wrong == right or identity_fault(wrong) in {"checksum", "date"}


def test_a_mask_hides_the_birthday_everywhere_it_could_be_printed() -> None:
    number = IdentityNumber.parse(STANDARD)
    assert mask_identity(STANDARD) == "110105********002X"
    for printed in (str(number), repr(number), f"{number}"):
        assert "19491231" not in printed
    assert mask_identity("002X") == "**************002X"
    assert mask_identity("110105194912310") == "*" * 15
    assert mask_identity("") == ""


@pytest.mark.parametrize(
    ("typed", "stored", "kind", "shown", "masked"),
    [
        ("13812345678", "13812345678", "mobile", "138 1234 5678", "138****5678"),
        ("+86 138-1234-5678", "13812345678", "mobile", "138 1234 5678", "138****5678"),
        ("008613812345678", "13812345678", "mobile", "138 1234 5678", "138****5678"),
        ("１９９１２３４５６７８", "19912345678", "mobile", "199 1234 5678", "199****5678"),
        ("010-12345678", "01012345678", "landline", "010-12345678", "010-****5678"),
        ("（0512）6234567", "05126234567", "landline", "0512-6234567", "0512-***4567"),
        ("0755 87654321", "075587654321", "landline", "0755-87654321", "0755-****4321"),
    ],
)
def test_phones_have_one_stored_form(typed: str, stored: str, kind: str, shown: str, masked: str) -> None:
    assert normalise_phone(typed) == stored
    assert phone_kind(stored) == kind
    assert show_phone(stored) == show_phone(typed) == shown
    assert mask_phone(typed) == mask_phone(stored) == masked


def test_what_is_no_phone_is_shown_as_it_stands():
    """A short number, or one typed with an extension, stands in a session's contact as somebody wrote it."""
    assert [show_phone(text) for text in ("12345", "4008-123-123", "0571-55500100 转 3", "")] == [
        "12345", "4008-123-123", "0571-55500100 转 3", ""
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "missing"),
        ("12345678901", "number"),
        ("1381234567", "length"),
        ("138123456789", "length"),
        ("62345678", "area"),
        ("138x2345678", "characters"),
        ("١٣٨١٢٣٤٥٦٧٨", "characters"),
    ],
)
def test_phone_faults_have_codes(typed: str, code: str) -> None:
    with pytest.raises(PhoneError) as caught:
        normalise_phone(typed)
    assert caught.value.code == code == phone_fault(typed)


def test_a_phone_kept_by_its_last_four_shows_nothing_else() -> None:
    assert mask_phone("5678") == "*******5678"
    assert mask_phone("nonsense") == "********"
