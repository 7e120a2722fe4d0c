"""The shape of what is typed about fee plans, charging and charges."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from portal.core.forms import BaseForm, DateField, MoneyField, Required, choices
from portal.core.i18n import lazy, lazy_pgettext
from portal.dues.models import Proration, WaiverKind, WaiverState


class PlanForm(BaseForm):
    """A version of a fee plan. An amount of nothing says that the kind pays no dues here."""

    amount_fen = MoneyField(
        lazy("Dues for a whole period"), [Required(lazy("Enter the amount; 0 for nothing."))], least=0
    )
    proration = RadioField(
        lazy("Member for a part of the period"),
        choices=choices(Proration.labels()),
        default=Proration.WHOLE.value,
        validators=[Required()],
    )
    effective_on = DateField(
        lazy_pgettext("fee", "For periods that begin on or after"), [Required(lazy("Enter the day."))]
    )
    basis = TextAreaField(lazy_pgettext("fee", "Decided by"), [Length(max=200)])


class ChargingForm(BaseForm):
    """Which period is charged and how far. It is read from the address until it is confirmed."""

    class Meta(BaseForm.Meta):
        csrf = False

    period = SelectField(lazy("Period"), choices=[], validate_choice=False)
    below = BooleanField(lazy("Every association below too"))


class ChargesForm(BaseForm):
    """Which charges are shown. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(lazy("Name, initials or number"))
    period = SelectField(lazy("Period"), choices=[], validate_choice=False)
    group = SelectField(lazy("Group"), choices=[], validate_choice=False)
    state = SelectField(lazy("State"), choices=[], validate_choice=False)
    below = BooleanField(lazy("Every association below too"))


class WaiverForm(BaseForm):
    """An amount to be let off or written off, and why."""

    kind = RadioField(
        lazy("What it is"),
        choices=choices(WaiverKind.labels()),
        default=WaiverKind.WAIVER.value,
        validators=[Required()],
    )
    amount = MoneyField(lazy("Amount"), [Required(lazy("Enter the amount."))])
    reason = TextAreaField(lazy("Reason"), [Required(lazy("Say why.")), Length(max=200)])


class VoidForm(BaseForm):
    """Why an opening balance stands no longer."""

    reason = TextAreaField(lazy("Reason"), [Required(lazy("Say why.")), Length(max=200)])


class DecideForm(BaseForm):
    """The second signature: the button says which; refusing takes a reason."""

    decision = HiddenField()
    note = TextAreaField(lazy("Note, or the reason for refusing"), [Length(max=200)])


class WaiversForm(BaseForm):
    """Which waivers are shown. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    state = SelectField(
        lazy("State"), choices=choices({**WaiverState.labels(), "": lazy("All")}), default=WaiverState.ASKED.value
    )
    kind = SelectField(lazy("What it is"), choices=choices({"": lazy("All"), **WaiverKind.labels()}), default="")


class OpeningsForm(BaseForm):
    """What members owed before, line by line."""

    period = SelectField(lazy("Period"), [Required(lazy("Choose a period."))], choices=[])
    lines = TextAreaField(
        lazy("Number, name and amount, a line for each member"),
        [Required(lazy("Enter a line for each member: number, name, amount.")), Length(max=60_000)],
    )
    note = StringField(lazy("Note"), [Length(max=100)])
