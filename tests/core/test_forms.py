"""Forms: messages by their field, in the reader's language, and fields that read what people write."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask_babel import force_locale
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField

from portal.core.errors import RuleError
from portal.core.forms import (
    BaseForm,
    DateField,
    IdentityNumberField,
    Length,
    Optional,
    PhoneField,
    Required,
    WholeNumberField,
    choices,
)

pytestmark = pytest.mark.engines("sqlite")  # no database has a part in it

DATES = (
    "2026-11-07", "2026-11-7", "2026.11.7", "2026/11/07", "2026年11月7日", "20261107", " 2026-11-07 ",
    "２０２６－１１－０７", "２０２６年１１月７日",
)  # fmt: skip
NO_DATES = (
    "2026-02-29", "2026-13-01", "7/11/2026", "26-11-07", "2026-11", "tomorrow", "2026-11-07x", "0226-11-07",
    "9026-11-07", "2_026-1-1", "+2026-11-07", "2026-11-07 08:00", "²⁰26-11-07-1", "2026--07",
)  # fmt: skip
NUMBERS = {"25": 25, "０２５": 25, "1,200": 1200, "1，200": 1200, " 7 ": 7, "0": 0, "": None}
IDENTITIES = (
    "110101199003078515", "110101 19900307 8515", "11010119900307-8515", "１１０１０１１９９００３０７８５１５",
)  # fmt: skip
SLIPS = (
    "11010119900307851", "11010119900307851A", "110101199013078511", "110101199003078516", "11O101199003078515",
)  # fmt: skip


class Entry(BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False

    name = StringField("Name", [Required("Enter the name."), Length(max=8)])
    place = StringField("Place", [Required()], filters=[lambda text: text and text.upper()])
    note = TextAreaField("Note", [Optional()])
    day = DateField("Day", [Optional()])
    count = WholeNumberField("Count", [Optional()])
    phone = PhoneField("Phone", [Optional()])
    number = IdentityNumberField("Number", [Optional()])
    kind = SelectField("Kind", choices=choices({"a": "A", "b": "B"}), default="a")


@pytest.fixture
def fill(app):
    """fill(name="…") is the form as it was sent."""

    def fill(**typed: Any) -> Entry:
        with app.test_request_context(
            "/", method="POST", data={"name": "王秀英", "place": "x", "kind": "a", **typed}
        ):
            form = Entry()
            form.was_valid = form.validate_on_submit()
        return form

    return fill


def test_what_is_right_is_kept_without_its_margins(fill):
    form = fill(name="  王秀英 ", note="\n 第一行\n第二行 \n", place=" lane ")
    assert form.was_valid, form.errors
    assert form.values("name", "note", "place") == {"name": "王秀英", "note": "第一行\n第二行", "place": "LANE"}
    assert "csrf_token" not in form.values()


def test_what_is_no_text_is_left_out(fill):
    """Controls, and marks that are not seen and turn a line round."""
    form = fill(name="\u202e王\u200b秀\u2066英\ufeff\x07 ", note="第一行\n第二\u200f行\u0085")
    assert form.values("name", "note") == {"name": "王秀英", "note": "第一行\n第二行"}


def test_each_message_stands_by_its_field(fill):
    form = fill(name="   ", day="31.2.2026", count="-1", phone="12", number="1", kind="z")
    assert not form.was_valid
    assert set(form.errors) == {"name", "day", "count", "phone", "number", "kind"}
    assert form.errors["name"] == ["Enter the name."]
    assert all(isinstance(message, str) for messages in form.errors.values() for message in messages)


def test_what_was_typed_is_shown_again(fill):
    """Also where it could not be read."""
    wrong = {"day": "31.2.2026", "count": "zwölf", "phone": "12 34", "number": "11010119900307851X"}
    form = fill(**wrong)
    for name, typed in wrong.items():
        assert f'value="{typed}"' in str(form[name]()), name


def test_a_choice_that_is_none_is_told_in_the_readers_language(app):
    class Chosen(BaseForm):
        several = SelectMultipleField(choices=choices({"a": "A"}))

    said = {}
    for language in ("zh_Hans", "zh_Hant", "en"):
        with app.test_request_context("/", method="POST", data={"several": "x"}), force_locale(language):
            form = Chosen(meta={"csrf": False})
            assert not form.validate()
            said[language] = form.several.errors[0]
    assert said == {
        "zh_Hans": "不是有效的选择。",
        "zh_Hant": "「x」不是此欄位的有效選擇。",
        "en": "Not a valid choice.",
    }


def test_messages_are_in_the_readers_language(app, fill):
    found = {}
    for language in ("zh_Hans", "zh_Hant", "en"):
        with app.test_request_context("/", method="POST", data={"name": "x" * 9}), force_locale(language):
            form = Entry()
            form.validate()
            found[language] = form.errors["name"][0]
    assert len(set(found.values())) == 3
    assert found["en"].startswith("Field cannot be longer than 8")
    assert "字符" in found["zh_Hans"]


def test_a_rule_stands_by_its_field_or_above_the_form(fill):
    form = fill()
    form.refuse(RuleError("phone", "Somebody else has this number."))
    form.refuse(RuleError("", "The period is closed."))
    form.refuse(RuleError("nowhere", "A field that this form lacks."))
    assert form.errors["phone"] == ["Somebody else has this number."]
    assert form.form_errors == ["The period is closed.", "A field that this form lacks."]


@pytest.mark.parametrize("typed", DATES)
def test_dates_as_people_write_them(fill, typed):
    form = fill(day=typed)
    assert form.was_valid, form.errors
    assert form.day.data == date(2026, 11, 7)


@pytest.mark.parametrize("typed", NO_DATES)
def test_dates_that_are_none(fill, typed):
    form = fill(day=typed)
    assert list(form.errors) == ["day"]
    assert form.day.data is None


def test_29_february_of_a_leap_year(fill):
    assert fill(day="2028年2月29日").day.data == date(2028, 2, 29)
    assert fill(day="2027-02-29").day.data is None


@pytest.mark.parametrize(("typed", "read"), NUMBERS.items())
def test_whole_numbers(fill, typed, read):
    form = fill(count=typed)
    assert form.was_valid, form.errors
    assert form.count.data == read


@pytest.mark.parametrize("typed", ["-1", "1.5", "1e3", "ten", "十", "1 2", "1234567890", "0x1f", "1_000"])
def test_what_is_no_whole_number(fill, typed):
    assert list(fill(count=typed).errors) == ["count"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138 1234 5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("0086 13812345678", "13812345678"),
        ("（010）6000 0000", "01060000000"),
        ("0512-6123456", "05126123456"),
        ("", ""),
    ],
)
def test_phones(fill, typed, kept):
    form = fill(phone=typed)
    assert form.was_valid, form.errors
    assert form.phone.data == kept


@pytest.mark.parametrize("typed", ["12345", "6000 0000", "12812345678", "1381234567", "phone", "138 1234 5678 转 3"])
def test_what_is_no_phone(fill, typed):
    assert list(fill(phone=typed).errors) == ["phone"]


@pytest.mark.parametrize("typed", IDENTITIES)
def test_identity_numbers(fill, typed):
    form = fill(number=typed)
    assert form.was_valid, form.errors
    assert form.number.data == "110101199003078515"


def test_an_identity_number_that_ends_in_x(fill):
    for typed in ("11010119900307109x", "11010119900307109X", "１１０１０１１９９００３０７１０９Ｘ"):
        form = fill(number=typed)
        assert form.was_valid, form.errors
        assert form.number.data == "11010119900307109X"


def test_each_slip_in_an_identity_number_is_named(fill):
    messages = {fill(number=typed).errors["number"][0] for typed in SLIPS}
    assert len(messages) == 4, messages
