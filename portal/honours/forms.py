"""The shapes of input: what the register shows, a certificate anew, a day of handing over, reasons."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from portal.core.forms import BaseForm, DateField, Required, choices
from portal.core.i18n import lazy, lazy_pgettext
from portal.honours.models import Layout

SIDES = {
    "given": lazy_pgettext("honours", "Given by us"),
    "received": lazy_pgettext("honours", "Given to ours"),
}
STATES = {
    "": lazy_pgettext("honours", "All"),
    "stands": lazy_pgettext("honours", "In force"),
    "waiting": lazy_pgettext("honours", "Not handed over"),
    "handed": lazy_pgettext("honours", "Handed over"),
    "revoked": lazy_pgettext("honours", "Revoked"),
}


class FilterForm(BaseForm):
    """What the list shows. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    side = SelectField(lazy_pgettext("honours", "Whose"), choices=choices(SIDES), default="given")
    year = SelectField(lazy_pgettext("honours", "Year"), validate_choice=False)
    kind = SelectField(lazy_pgettext("honours", "Kind"), validate_choice=False)
    call = SelectField(lazy_pgettext("honours", "Call"), validate_choice=False)
    state = SelectField(lazy("State"), choices=choices(STATES), default="")
    q = StringField(lazy("Name or number"))


class RollForm(BaseForm):
    """What the honour roll shows; like every filter it is read from the address."""

    class Meta(BaseForm.Meta):
        csrf = False

    year = SelectField(lazy_pgettext("honours", "Year"), validate_choice=False)
    kind = SelectField(lazy_pgettext("honours", "Kind"), validate_choice=False)
    association = HiddenField()


class ReissueForm(BaseForm):
    """A certificate anew; it is shown once more before it is issued."""

    name = StringField(lazy("Name on the certificate"), [Required(lazy("Enter the name.")), Length(max=60)])
    layout = RadioField(
        lazy_pgettext("certificate", "Layout"), [Required(lazy("Choose a layout."))], choices=choices(Layout.labels())
    )
    is_sure = BooleanField()


class HandOverForm(BaseForm):
    handed_on = DateField(lazy("Handed over on"), validators=[Required(lazy("Enter the day."))])


class RevokeForm(BaseForm):
    """Everybody reads both."""

    reason = TextAreaField(
        lazy("Reason"),
        [Required(lazy("Write why it is to be taken back; everybody will read it.")), Length(max=2000)],
    )
    contact = StringField(lazy("Contact"), [Required(lazy("Say whom one can ask, and how.")), Length(max=200)])


class KeepForm(BaseForm):
    reason = TextAreaField(
        lazy("Reason"), [Required(lazy("Write why the honour stays; everybody will read it.")), Length(max=2000)]
    )


class PlainForm(BaseForm):
    """Nothing but the wish."""


class ShowForm(BaseForm):
    """Whether the name stands on the honour roll."""

    is_public = RadioField(
        lazy("My name on the honour roll"),
        [Required(lazy("Choose one."))],
        choices=choices({"yes": lazy("Show my name"), "no": lazy("Do not show my name")}),
    )
