"""The shape of what is asked about arrears and reminders."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import Length

from portal.arrears.models import Channel
from portal.core.forms import BaseForm, Required, choices
from portal.core.i18n import lazy, lazy_pgettext

DAYS = {
    "1": lazy_pgettext("arrears", "since yesterday"),
    "31": lazy_pgettext("arrears", "for more than 30 days"),
    "91": lazy_pgettext("arrears", "for more than 90 days"),
    "366": lazy_pgettext("arrears", "for more than a year"),
}


class ArrearsForm(BaseForm):
    """Whose arrears are shown. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    days = SelectField(lazy("Overdue"), choices=choices(DAYS), default="1")
    group = SelectField(lazy("Group"), choices=[], default="", validate_choice=False)
    below = BooleanField(lazy("Every association below too"))


class RoundForm(BaseForm):
    """Reminders to be made: how, and to whom."""

    channel = RadioField(
        lazy("How"), choices=choices(Channel.labels()), default=Channel.CALL.value, validators=[Required()]
    )
    days = SelectField(lazy("Overdue"), choices=choices(DAYS), default="31")
    group = SelectField(lazy("Group"), choices=[], default="", validate_choice=False)
    key = HiddenField()


class DoneForm(BaseForm):
    outcome = StringField(lazy("What came of it"), [Length(max=200)])


class PhonesForm(BaseForm):
    """Why the phones of those to be called are looked at."""

    reason = StringField(
        lazy("Why do you need it?"), [Required(lazy("Write in a few words why you need it.")), Length(max=200)]
    )
