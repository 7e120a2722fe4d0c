"""Shapes of input about a person."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import Email, Length, Optional

from portal.core.forms import BaseForm, DateField, IdentityNumberField, PhoneField, Required, choices
from portal.core.i18n import lazy
from portal.people.models import Sex

NOT_STATED: list[tuple[str, Any]] = [("", lazy("Not stated"))]


class PersonForm(BaseForm):
    """A record in the register. An identity number, when given, decides sex and date of birth."""

    name = StringField(lazy("Name"), [Required(lazy("Enter the name.")), Length(max=60)])
    identity_number = IdentityNumberField(lazy("Identity number"), [Optional()])
    sex = RadioField(lazy("Sex"), [Optional()], choices=choices(NOT_STATED + list(Sex.labels().items())), default="")
    birth_on = DateField(lazy("Date of birth"), [Optional()])
    phone = PhoneField(lazy("Phone"), [Optional()])
    email = StringField(lazy("E-mail"), [Optional(), Email(lazy("Write the e-mail address as name@example.com."))])
    residence = StringField(lazy("Area of residence"), [Optional(), Length(max=120)])
    guardian_name = StringField(lazy("Guardian's name"), [Optional(), Length(max=60)])
    guardian_phone = PhoneField(lazy("Guardian's phone"), [Optional()])


class RevealForm(BaseForm):
    """Why somebody's number or phone is looked at."""

    field = RadioField(
        lazy("What do you need?"),
        [Required(lazy("Choose one."))],
        choices=choices({"phone": lazy("Phone"), "identity_number": lazy("Identity number")}),
    )
    reason = StringField(
        lazy("Why do you need it?"), [Required(lazy("Write in a few words why you need it.")), Length(max=200)]
    )


class NoticeForm(BaseForm):
    """A new version of the privacy notice in each language; the fields are named by the languages' tags."""

    zh_hans = TextAreaField(lazy("In Simplified Chinese"), [Length(max=20_000)])
    zh_hant = TextAreaField(lazy("In Traditional Chinese"), [Length(max=20_000)])
    en = TextAreaField(lazy("In English"), [Length(max=20_000)])
    effective_on = DateField(lazy("In force from"), [Required(lazy("Enter the first day."))])
