"""Questions about a person that are asked at /join and at /volunteer alike."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import Email, Length, Optional

from portal.core.forms import BaseForm, DateField, IdentityNumberField, PhoneField, Required, choices
from portal.core.i18n import lazy
from portal.people.models import Sex

SEXES = choices(Sex.labels())
PURPOSES = ("register", "photo", "public_name", "public_roster")  # fields of ConsentsForm
EMAIL = Email(lazy("Write the e-mail address as name@example.com."))


class AssociationForm(BaseForm):
    association = RadioField(
        lazy("Which association?"), [Required(lazy("Choose an association."))], validate_choice=False
    )


class NameForm(BaseForm):
    name = StringField(lazy("Name"), [Required(lazy("Enter the name.")), Length(max=60)])


class IdentityForm(BaseForm):
    identity_number = IdentityNumberField(lazy("Identity number"), [Optional()])


class BirthForm(BaseForm):
    sex = RadioField(lazy("Sex"), [Required(lazy("Choose one."))], choices=SEXES)
    birth_on = DateField(lazy("Date of birth"), [Required(lazy("Enter the date of birth."))])


class ContactForm(BaseForm):
    phone = PhoneField(lazy("Phone"), [Optional()])
    email = StringField(lazy("E-mail"), [Optional(), EMAIL, Length(max=254)])


class ResidenceForm(BaseForm):
    residence = StringField(
        lazy("Area of residence"), [Required(lazy("Enter the community or lane.")), Length(max=120)]
    )


class GuardianForm(BaseForm):
    guardian_name = StringField(
        lazy("Name of the guardian"), [Required(lazy("Enter the guardian's name.")), Length(max=60)]
    )
    guardian_phone = PhoneField(lazy("Phone of the guardian"), [Required(lazy("Enter the guardian's phone number."))])
    guardian_agrees = BooleanField(
        lazy("I am the guardian, and I agree to this application"),
        [Required(lazy("Without a guardian's consent a child cannot apply."))],
    )


class ConsentsForm(BaseForm):
    """The required consent, and the separate ones, which are off until ticked. Fields are named by their purpose."""

    register = BooleanField(
        lazy("I have read the privacy notice and agree that my record is kept in the register"),
        [Required(lazy("Without this consent nothing may be recorded, and nobody can become a member."))],
    )
    photo = BooleanField(lazy("Photos of me may be shown in public"))
    public_name = BooleanField(lazy("My name may be shown in public"))
    public_roster = BooleanField(lazy("I may be named in a public roster"))

    @property
    def agreed(self) -> list[str]:
        return [purpose for purpose in PURPOSES if self[purpose].data]


def typed(given: dict[str, Any]) -> MultiDict[str, Any]:
    """An earlier answer as it was typed, for the form of its question."""
    return MultiDict({name: "y" if value is True else value for name, value in given.items() if value})
