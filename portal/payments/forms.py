"""Shapes of what is typed about payments. Rules live in the services."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, SelectField, StringField

from portal.core.errors import RuleError
from portal.core.forms import BaseForm, DateField, Length, MoneyField, Optional, Required, choices
from portal.core.i18n import lazy, lazy_pgettext

REASON = 200


class TakeForm(BaseForm):
    """One payment of the fast-entry screen; day, method and collector are kept for the next."""

    on = DateField(lazy("Date received"), [Required(lazy("Enter the day on which the money was received."))])
    method = SelectField(lazy_pgettext("payment", "Method"), [Optional()], default="cash")
    collector = SelectField(lazy("Collected by"), [Optional()], default="")
    amount = MoneyField(lazy_pgettext("payment", "Amount"), [Required(lazy("Enter the amount."))])
    advance = BooleanField(lazy("The rest stays as credit"))
    note = StringField(lazy("Note"), [Optional(), Length(max=REASON)])
    key = HiddenField(validators=[Required(lazy("Open this page anew.")), Length(max=64)])

    def refuse(self, error: RuleError) -> None:
        """The rule speaks of the day on which money was received; here it is short, for the address."""
        super().refuse(RuleError("on", error.message) if error.field == "received_on" else error)


class ReasonForm(BaseForm):
    """Why something is taken back."""

    reason = StringField(lazy("Reason"), [Required(lazy("Say why.")), Length(max=REASON)])


class ReverseForm(ReasonForm):
    on = DateField(lazy_pgettext("reversal", "Dated"), [Required(lazy("Enter the day of the reversal."))])


class RefundForm(ReasonForm):
    amount = MoneyField(lazy_pgettext("payment", "Amount"), [Required(lazy("Enter the amount."))])
    method = SelectField(lazy("Paid back from"), [Required(lazy("Choose how the money goes back."))])
    on = DateField(lazy("Paid back on"), [Required(lazy("Enter the day on which the money goes back."))])


class DecideForm(BaseForm):
    """The second signature: a note with a yes, the reason of a no."""

    note = StringField(lazy("Note or reason"), [Optional(), Length(max=REASON)])


class AllocateForm(BaseForm):
    """What is left of a payment settles a charge."""

    charge = SelectField(lazy_pgettext("dues", "Charge"), [Required(lazy("Choose what it settles."))])
    amount = MoneyField(lazy_pgettext("payment", "Amount"), [Required(lazy("Enter the amount."))])


class OpeningForm(BaseForm):
    """What cash and bank began with, or a member's credit."""

    cash = MoneyField(lazy("Cash at the beginning"), [Optional()], least=0)
    bank = MoneyField(lazy("In the bank at the beginning"), [Optional()], least=0)
    on = DateField(lazy("Beginning on"), [Required(lazy("Enter the day."))])


class FilterForm(BaseForm):
    """What of the list is shown."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(lazy("Name or number"), [Optional()])
    start = DateField(lazy_pgettext("filter", "From"), [Optional()])
    end = DateField(lazy_pgettext("filter", "To"), [Optional()])
    method = SelectField(lazy_pgettext("payment", "Method"), [Optional()])
    collector = SelectField(lazy("Collected by"), [Optional()])
    group = SelectField(lazy("Group"), [Optional()])
    state = SelectField(
        lazy_pgettext("payment", "State"),
        [Optional()],
        choices=choices({
            "": lazy_pgettext("payment", "All"),
            "standing": lazy_pgettext("payment", "Standing"),
            "reversed": lazy_pgettext("payment", "Taken back"),
            "credit": lazy_pgettext("payment", "With credit left"),
        }),
    )  # fmt: skip
