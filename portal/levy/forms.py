"""The shape of what is typed about levies."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from portal.core.forms import BaseForm, DateField, MoneyField, Required, choices
from portal.core.i18n import lazy, lazy_pgettext
from portal.levy.models import LevyWay


class LevyForm(BaseForm):
    period = SelectField(lazy("Period"), [Required(lazy("Choose from the list."))], choices=[])
    rate = MoneyField(lazy_pgettext("levy", "For each member"), [Required(lazy("Enter the amount."))])
    counted_on = DateField(lazy("Counted on"), [Required(lazy("Enter the day."))])
    basis = TextAreaField(lazy_pgettext("levy", "Decided by"), [Length(max=200)])


class LevyPaymentForm(BaseForm):
    amount = MoneyField(lazy("Amount"), [Required(lazy("Enter the amount."))])
    received_on = DateField(lazy_pgettext("levy", "Received on"), [Required(lazy("Enter the day."))])
    way = RadioField(
        lazy("How"), choices=choices(LevyWay.labels()), default=LevyWay.TRANSFER.value, validators=[Required()]
    )
    note = StringField(lazy("Note"), [Length(max=200)])
    key = HiddenField()


class VoidForm(BaseForm):
    reason = StringField(lazy("Reason"), [Required(lazy("Say why.")), Length(max=200)])
