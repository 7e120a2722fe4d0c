"""The shape of what is typed about periods and books."""

from __future__ import annotations

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.core.forms import BaseForm, DateField, Required, choices
from portal.core.i18n import lazy, lazy_pgettext
from portal.ledger.models import EntryKind, LedgerAccount


class PeriodForm(BaseForm):
    name = StringField(lazy_pgettext("period", "Name"), [Required(), Length(max=40)])
    start_on = DateField(lazy("First day"), [Required(lazy("Enter the day."))])
    end_on = DateField(lazy("Last day"), [Required(lazy("Enter the day."))])
    due_on = DateField(lazy("Dues are due on"), [Required(lazy("Enter the day."))])


class CloseForm(BaseForm):
    seen = BooleanField(lazy("I have read what is listed and close the book nevertheless"))


class ReopenForm(BaseForm):
    reason = TextAreaField(lazy("Reason"), [Required(lazy("Say why the book is opened again.")), Length(max=300)])


class LockForm(BaseForm):
    """Nothing but the wish."""


class JournalForm(BaseForm):
    """Which entries the journal shows. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    period = SelectField(lazy("Period"), choices=[], default="", validate_choice=False)
    kind = SelectField(lazy("Event"), choices=choices({"": lazy("All"), **EntryKind.labels()}), default="")
    account = SelectField(
        lazy_pgettext("ledger", "Account"), choices=choices({"": lazy("All"), **LedgerAccount.labels()}), default=""
    )
    start = DateField(lazy("From"), [Optional()])
    end = DateField(lazy("To"), [Optional()])
