"""The shapes of input: a volunteer or a guest added by a leader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import RadioField, SelectField, StringField

from portal.core.forms import BaseForm, Length, Required, choices
from portal.core.i18n import lazy, lazy_pgettext


class AddForm(BaseForm):
    """Somebody of the roster, for a place; the reason is asked when it clashes with something else."""

    person = RadioField(lazy_pgettext("sign-up", "Who"), [Required(lazy("Choose who comes."))], validate_choice=False)
    need = SelectField(lazy("For the place"), [Required()])
    override_reason = StringField(lazy("Why it may clash"), [Length(max=200)])

    def offer(self, people: Iterable[Any], needs: Iterable[Any]) -> None:
        """Set the choices."""
        self.person.choices = choices(people)
        self.need.choices = choices(needs)


class GuestForm(BaseForm):
    """Somebody who is in no register."""

    name = StringField(lazy("Name of the guest"), [Required(lazy("Enter the guest’s name.")), Length(max=40)])
    need = SelectField(lazy("For the place"), [Required()])

    def offer(self, needs: Iterable[Any]) -> None:
        """Set the choices; the other form of the page has a field of this name too."""
        self.need.choices, self.need.id = choices(needs), "guest-need"
