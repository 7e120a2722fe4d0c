"""The shape of what is typed to sign in, to confirm, and to choose a password."""

from __future__ import annotations

import unicodedata
from typing import Any

from wtforms import HiddenField, PasswordField, StringField

from portal.core.forms import BaseForm, Required
from portal.core.i18n import lazy

SPACED = {"spellcheck": "false", "autocapitalize": "none"}


def _digits(value: Any) -> Any:
    """The digits of a code as an app shows it, "123 456", also typed full-width."""
    return "".join(unicodedata.normalize("NFKC", value).split()) if isinstance(value, str) else value


class SignInForm(BaseForm):
    next = HiddenField()
    login = StringField(
        lazy("Phone number or e-mail"),
        validators=[Required(lazy("Enter your phone number or e-mail."))],
        render_kw={"autocomplete": "username", "maxlength": 254, **SPACED},
    )
    password = PasswordField(
        lazy("Password"),
        validators=[Required(lazy("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class SecondFactorForm(BaseForm):
    next = HiddenField()
    code = StringField(
        lazy("Six-digit code"),
        filters=[_digits],
        validators=[Required(lazy("Enter the six digits that the app shows."))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 10, "class": "short"},
    )


class ConfirmForm(BaseForm):
    """The password again, before something that matters."""

    next = HiddenField()
    password = PasswordField(
        lazy("Password"),
        validators=[Required(lazy("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class NewPasswordForm(BaseForm):
    current = PasswordField(
        lazy("Present password"),
        validators=[Required(lazy("Enter your present password."))],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        lazy("New password"),
        validators=[Required(lazy("Enter a new password."))],
        render_kw={"autocomplete": "new-password"},
    )


class ActivateForm(BaseForm):
    code = StringField(
        lazy("One-time code"),
        validators=[Required(lazy("Enter the code on your slip."))],
        render_kw={"autocomplete": "off", "maxlength": 40, **SPACED, "autocapitalize": "characters"},
    )
    password = PasswordField(
        lazy("New password"),
        validators=[Required(lazy("Enter a new password."))],
        render_kw={"autocomplete": "new-password"},
    )


class RecoverForm(BaseForm):
    login = StringField(
        lazy("Phone number or e-mail"),
        validators=[Required(lazy("Enter your phone number or e-mail."))],
        render_kw={"autocomplete": "username", "maxlength": 254, **SPACED},
    )


class SlipForm(BaseForm):
    """The code that the page of a slip still shows, to print it."""

    code = HiddenField()
