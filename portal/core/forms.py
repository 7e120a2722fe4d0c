"""Forms: the base form and the fields that several features share. Shape only; rules live in services."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import time
from functools import cache
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField as _DateField
from wtforms import Field, FieldList, FormField, IntegerField, PasswordField, StringField, TextAreaField
from wtforms import TimeField as _TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.i18n import get_translations
from wtforms.validators import AnyOf, InputRequired, Length, Optional, StopValidation, ValidationError
from wtforms.widgets import TextInput

from portal.core import identity
from portal.core.calendar import read_date
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy, locale
from portal.core.money import read_money, typed_money
from portal.core.text import legible

FIRST_YEAR, LAST_YEAR = 1880, 2199  # a year outside is a slip of the finger
NO_CHOICE = "Not a valid choice."  # as WTForms says it of one
# WTForms' own messages: its catalogues are named otherwise than ours.
_WTFORMS = {"zh-Hans": ["zh"], "zh-Hant": ["zh_TW"], "en": ["en"]}


@cache
def _messages(language: str) -> Any:
    """Read from their files once, not for every form."""
    return _Messages(get_translations(_WTFORMS[language]))


class _Messages:
    """WTForms' messages; of choices that are none they name no value."""

    def __init__(self, catalogue: Any) -> None:
        self.gettext = catalogue.gettext
        self._ngettext = catalogue.ngettext

    def ngettext(self, one: str, many: str, count: int) -> str:
        said = str(self._ngettext(one, many, count))
        return str(self.gettext(NO_CHOICE)) if "valid choice" in said else said


class Required:
    """Something must be given: "Enter {label}", in the words of the field's own `missing` when it has some."""

    field_flags = {"required": True}

    def __init__(self, message: Any = None) -> None:
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:
        data = field.data
        if data is None or data is False or data == [] or (isinstance(data, str) and not data.strip()):
            if hasattr(field, "choices"):  # of a choice not made, "not a choice" says nothing
                field.errors = []
            if field.errors:  # something was given that could not be read: that is said already
                raise StopValidation
            raise StopValidation(str(self.message or _("Fill this in.")))


class BaseForm(FlaskForm):
    """CSRF, messages in the reader's language, surrounding spaces removed, rule errors put by their field."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            return _messages(locale())

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            if issubclass(unbound_field.field_class, (StringField, TextAreaField)):
                tidy = _strip_secret if issubclass(unbound_field.field_class, PasswordField) else _strip
                options = {**options, "filters": [*unbound_field.kwargs.get("filters", ()), tidy]}
            return unbound_field.bind(form=form, **options)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        if "csrf_token" in self._fields:
            self._fields["csrf_token"].id = False  # a page may hold many forms, and an id stands once

    def validate(self, extra_validators: Any = None) -> bool:
        """As WTForms does; afterwards every message is text in the reader's language."""
        valid = bool(super().validate(extra_validators))
        for field in self._fields.values():
            if not isinstance(field, (FieldList, FormField)):
                field.errors = [str(error) for error in field.errors]
        return valid

    def refuse(self, error: RuleError) -> None:
        """Show a rule's message by its field, or above the form when it belongs to none."""
        field = self._fields.get(error.field)
        if field is None:
            self.form_errors.append(str(error))
        else:
            field.errors = [*field.errors, str(error)]

    def values(self, *names: str) -> dict[str, Any]:
        """The named fields' data (all but the token by default), for a service's keyword arguments."""
        chosen: Iterable[str] = names or (name for name in self._fields if name != "csrf_token")
        return {name: self._fields[name].data for name in chosen}


class OrderForm(BaseForm):
    """One step up or down in a list."""

    step = StringField(validators=[AnyOf(("up", "down"))])

    @property
    def is_up(self) -> bool:
        return bool(self.step.data == "up")


def choices(pairs: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Options of a choice from {value: label} or (value, label) pairs, in that order."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    return [SelectChoice(str(value), label) for value, label in items]


def _plain(value: Any) -> str:
    """What was typed, with full-width digits made plain."""
    return unicodedata.normalize("NFKC", str(value)).strip()


def _strip(value: Any) -> Any:
    """Without surrounding spaces, and without what is no text: controls, and marks that turn a line round."""
    return legible(value).strip() if isinstance(value, str) else value


def _strip_secret(value: Any) -> Any:
    """A password is as it was chosen, but for surrounding spaces and NUL."""
    return value.replace("\0", "").strip() if isinstance(value, str) else value


class DateField(_DateField):
    """A date as people write it: 2026-11-07, 2026.11.7, 2026/11/7, 2026年11月7日, 20261107."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist or not str(valuelist[0]).strip():
            self.data = None
            return
        self.data = read_date(str(valuelist[0]))
        if self.data is None or not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            self.data = None
            raise ValueError(_("Write the date as year-month-day, for example 2026-11-07."))


class TimeField(_TimeField):
    """A time of day as people write it: 9:00, 09：00, 0900."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = unicodedata.normalize("NFKC", str(valuelist[0])).strip() if valuelist else ""
        if not typed:
            return
        hours, _colon, minutes = typed.rpartition(":") if ":" in typed else (typed[:-2], ":", typed[-2:])
        plain = hours.isascii() and hours.isdecimal() and minutes.isascii() and minutes.isdecimal()
        if not plain or int(hours) > 23 or int(minutes) > 59 or len(minutes) != 2:
            raise ValueError(_("Write the time as hours and minutes, for example 09:00."))
        self.data = time(int(hours), int(minutes))


class WholeNumberField(IntegerField):
    """A whole number from 0; full-width digits and thousands separators are understood."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist or not str(valuelist[0]).strip():
            self.data = None
            return
        text = _plain(valuelist[0]).replace(",", "")
        if not text.isascii() or not text.isdecimal() or len(text) > 9:
            self.data = None
            raise ValueError(_("Write a whole number, for example 25."))
        self.data = int(text)


class MoneyField(Field):
    """An amount in yuan, kept as whole fen: 1200, 1,200.50, ￥1200.5 and full-width digits are understood.

    `least` is the smallest amount in fen that makes sense: 1 as a rule, 0 where nothing is an answer too.
    """

    widget = TextInput()

    def __init__(self, *args: Any, least: int = 1, **kwargs: Any) -> None:
        drawn = {"inputmode": "decimal", "autocomplete": "off", "class": "short"}
        kwargs["render_kw"] = {**drawn, **kwargs.get("render_kw", {})}
        super().__init__(*args, **kwargs)
        self.least = least

    def _value(self) -> str:
        """What was typed, as it was; else the amount as one types it: 1200, 1200.50."""
        if self.raw_data:
            return str(self.raw_data[0])
        return typed_money(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if valuelist and str(valuelist[0]).strip():
            self.data = read_money(str(valuelist[0]), self.least)


class PhoneField(StringField):
    """A phone number of the mainland, mobile or landline, kept without spaces and dashes."""

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if self.data and not self.errors:
            try:
                self.data = identity.normalise_phone(self.data)
            except identity.PhoneError:
                raise ValidationError(_("Write a phone number such as 138 0000 0000 or 010-6000 0000.")) from None


class IdentityNumberField(StringField):
    """An 18-character identity number with its check digit; what was mistyped is said in words."""

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if self.data and not self.errors:
            try:
                self.data = identity.IdentityNumber.parse(self.data).value
            except identity.IdentityError as error:
                raise ValidationError(str(IDENTITY_MESSAGES[error.code])) from None


IDENTITY_MESSAGES = {
    "missing": lazy("Enter the identity number."),
    "length": lazy("An identity number has 18 characters; count them again."),
    "characters": lazy("An identity number holds digits only; the last may be X."),
    "date": lazy("Digits 7 to 14 are the date of birth; they name no possible date."),
    "checksum": lazy("The identity number does not check out; one of its digits is mistyped."),
}

__all__ = [
    "BaseForm",
    "DateField",
    "IdentityNumberField",
    "InputRequired",
    "Length",
    "MoneyField",
    "Optional",
    "PhoneField",
    "Required",
    "TimeField",
    "WholeNumberField",
    "choices",
]
