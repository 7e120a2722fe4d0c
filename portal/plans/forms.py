"""The shapes of input: an activity of the plan, a reason, festival days, the filter of the year's list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from portal.core.forms import BaseForm, DateField, Length, Required, WholeNumberField, choices
from portal.core.i18n import _, lazy, lazy_pgettext, ngettext

ONLY, LATER = "this", "later"  # of a series


class PlanForm(BaseForm):
    """An activity of the plan."""

    entry_key = HiddenField()
    kind = RadioField(
        lazy_pgettext("activity", "Kind"),
        [Required(lazy("Choose what kind of activity it is."))],
        validate_choice=False,
    )
    title = StringField(lazy_pgettext("activity", "Name"), [Length(max=80)])
    planned_on = DateField(lazy("Day"), [Required(lazy("Enter the day for which it is planned."))])
    festival = SelectField(lazy("Festival day"), default="")
    group = SelectField(lazy("Group"), default="")
    place = StringField(lazy("Place"), [Length(max=80)])
    in_charge = SelectField(lazy("In charge"), default="")
    content = TextAreaField(lazy("Content"), [Length(max=2000)])

    def offer(self, kinds: Any, festivals: Iterable[Any], groups: Iterable[Any], people: Iterable[Any]) -> None:
        """Set the choices."""
        self.kind.choices = choices(kinds)
        self.festival.choices = choices(festivals)
        self.group.choices = choices(groups)
        self.in_charge.choices = choices(people)


class ReasonForm(BaseForm):
    """Why something is cancelled; whoever signed up reads it."""

    reason = StringField(lazy("Reason"), [Required(lazy("Say why: whoever signed up reads it.")), Length(max=200)])


def scope_field() -> RadioField:
    """For a session of a series: this one only, or all later ones too."""
    return RadioField(lazy("Which sessions"), [Required(lazy("Choose one."))], default=ONLY, validate_choice=False)


def offer_scope(form: Any, later: int) -> None:
    """The choice, where there are later ones; otherwise nothing is asked."""
    if not later:
        del form.scope
        return
    all_later = ngettext("This one and the %(num)d later one", "This one and all %(num)d later ones", later)
    form.scope.choices = choices([(ONLY, _("Only this session")), (LATER, all_later)])


def is_for_later(form: Any) -> bool:
    return "scope" in form and form.scope.data == LATER


class CancelSessionForm(ReasonForm):
    """The same for a session, and whether the later ones of its series go too."""

    scope = scope_field()


class FestivalForm(BaseForm):
    """A day that comes back every year."""

    name = StringField(lazy("Name of the day"), [Required(lazy("Name the day.")), Length(max=40)])
    month = WholeNumberField(lazy("Month"), [Required(lazy("Enter the month, 1 to 12."))])
    day = WholeNumberField(lazy("Day"), [Required(lazy("Enter the day of the month."))])


class FilterForm(BaseForm):
    """What the year's list shows. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    state = SelectField(lazy("State"), validate_choice=False)
    kind = SelectField(lazy_pgettext("activity", "Kind"), validate_choice=False)
    group = SelectField(lazy("Group"), validate_choice=False)
