"""Shapes of what a person changes, asks for, or decides about somebody's request."""

from __future__ import annotations

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import Email, Length, Optional

from portal.core.forms import BaseForm, DateField, IdentityNumberField, PhoneField, Required
from portal.core.i18n import lazy, lazy_pgettext


class ContactForm(BaseForm):
    """What a person changes without asking."""

    email = StringField(
        lazy("E-mail"),
        [Optional(), Length(max=120), Email(lazy("Write the e-mail address as name@example.com."))],
    )
    residence = StringField(lazy("Area of residence"), [Optional(), Length(max=120)])


class CorrectionForm(BaseForm):
    """What should stand in the record; what is left empty stays as it is."""

    name = StringField(lazy("Name"), [Optional(), Length(max=60)])
    identity_number = IdentityNumberField(lazy("Identity number"), [Optional()])
    sex = RadioField(lazy("Sex"), [Optional()], default="")
    birth_on = DateField(lazy("Date of birth"), [Optional()])
    phone = PhoneField(lazy("Phone"), [Optional()])
    note = TextAreaField(lazy("A word to the office"), [Optional(), Length(max=400)])


class DeletionForm(BaseForm):
    """The wish to be deleted, with a reason or without."""

    reason = TextAreaField(lazy_pgettext("deletion", "Reason"), [Optional(), Length(max=400)])
    is_sure = BooleanField(
        lazy("I have read what follows from it"),
        [Required(lazy("Read what follows from it, and tick the box."))],
    )


class AcceptForm(BaseForm):
    """A deletion is asked twice: nothing brings the data back."""

    is_sure = BooleanField(
        lazy("I know that nothing brings these data back"),
        [Required(lazy("Tick the box: nothing brings these data back."))],
    )


class RefuseForm(BaseForm):
    """Why a request is refused."""

    reason = TextAreaField(
        lazy_pgettext("request", "Why it is refused"),
        [Required(lazy("Write the reason in a few words; the person reads it.")), Length(max=400)],
    )
