"""Shapes of what is typed about receipts. Rules live in the services."""

from __future__ import annotations

from wtforms import RadioField, SelectField, StringField

from portal.core.forms import BaseForm, DateField, Length, Optional, Required, choices
from portal.core.i18n import lazy, lazy_pgettext
from portal.receipts.printing import ALONE, IN_PAIRS

REASON = 200
STATES = {
    "": lazy_pgettext("receipts", "All"),
    "valid": lazy_pgettext("receipts", "Valid"),
    "void": lazy_pgettext("receipts", "Void"),
    "unprinted": lazy_pgettext("receipts", "Not printed yet"),
}
LAYOUTS = {
    IN_PAIRS: lazy("Two on a sheet of A4, to cut"),
    ALONE: lazy("One on a page of A5"),
}


class FilterForm(BaseForm):
    """What of the list is shown."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(lazy("Name or number"), [Optional()])
    start = DateField(lazy_pgettext("filter", "From"), [Optional()])
    end = DateField(lazy_pgettext("filter", "To"), [Optional()])
    state = SelectField(lazy_pgettext("receipts", "Shows"), [Optional()], choices=choices(STATES))


class BatchForm(BaseForm):
    """Which receipts are printed at once, read from the address until it is confirmed."""

    class Meta(BaseForm.Meta):
        csrf = False

    on = DateField(lazy("Receipts of the day"), [Required(lazy("Enter the day."))])
    only_new = SelectField(
        lazy("Which of them"),
        [Optional()],
        choices=choices({"1": lazy("Those not printed yet"), "": lazy("All of the day")}),
    )
    layout = RadioField(lazy("How to print"), choices=choices(LAYOUTS), default=IN_PAIRS, validators=[Required()])


class VoidForm(BaseForm):
    """Why a receipt is void while its payment stands."""

    reason = StringField(lazy("Reason"), [Required(lazy("Say why.")), Length(max=REASON)])
