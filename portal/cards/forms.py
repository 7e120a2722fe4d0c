"""The shape of what is typed about cards."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import Length

from portal.cards.models import IssueReason, VoidReason
from portal.core.forms import BaseForm, DateField, Required, choices
from portal.core.i18n import lazy, lazy_pgettext

STATES = {
    "valid": lazy_pgettext("cards", "Valid"),
    "missing": lazy_pgettext("cards", "Needs a card"),
    "waiting": lazy_pgettext("cards", "Not handed over"),
    "differs": lazy_pgettext("cards", "Printed name differs"),
    "ended": lazy_pgettext("cards", "Membership ended"),
    "void": lazy_pgettext("cards", "Void"),
}
KINDS = {
    "missing": lazy("Cards for those who have none"),
    "renew": lazy("New cards for everybody; the cards of before become void"),
    "print": lazy("Print the valid cards again; no card is issued"),
}
LAYOUTS = {
    "card-sheet": lazy("Ten on a sheet of A4, to cut"),
    "card": lazy("One a page, for a card printer"),
}
BY_ITSELF = (VoidReason.REMOVED, VoidReason.ENDED)  # given by the portal, never chosen


class FilterForm(BaseForm):
    """What the list shows. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(lazy("Name or number"))
    state = SelectField(lazy_pgettext("cards", "Shows"), choices=choices(STATES), default="valid")
    place = SelectField(lazy("Association"), validate_choice=False)
    group = SelectField(lazy("Group"), validate_choice=False)


class BatchForm(BaseForm):
    """Whom a batch is for and what it does, read from the address until it is confirmed."""

    class Meta(BaseForm.Meta):
        csrf = False

    kind = RadioField(lazy("What to do"), choices=choices(KINDS), default="missing", validators=[Required()])
    place = SelectField(lazy("Association"), validate_choice=False)
    group = SelectField(lazy("Group"), validate_choice=False)
    layout = RadioField(lazy("How to print"), choices=choices(LAYOUTS), default="card-sheet", validators=[Required()])


class FirstForm(BaseForm):
    """The first card of a membership needs no reason."""

    note = StringField(lazy("Note"), validators=[Length(max=200)])


class ReissueForm(FirstForm):
    """Another card. `replaces` is the card that was in use when the page was opened."""

    reason = RadioField(
        lazy("Why a new card?"),
        choices=choices({key: label for key, label in IssueReason.labels().items() if key != IssueReason.FIRST}),
        validators=[Required(lazy("Choose why there is to be a new card."))],
    )
    replaces = HiddenField()


class VoidForm(BaseForm):
    reason = RadioField(
        lazy("Why is it void?"),
        choices=choices({key: label for key, label in VoidReason.labels().items() if key not in BY_ITSELF}),
        validators=[Required(lazy("Choose why the card is void."))],
    )
    note = StringField(lazy("Note"), validators=[Length(max=200)])


class HandOverForm(BaseForm):
    on = DateField(lazy("Handed over on"), validators=[Required(lazy("Enter the day."))])
