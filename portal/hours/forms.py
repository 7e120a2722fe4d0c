"""The shapes of input: the filter of the queue, a reason, a corrected number of minutes."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, SelectField, StringField

from portal.core.forms import BaseForm, Length, Required, WholeNumberField
from portal.core.i18n import lazy, lazy_pgettext

REASON = Length(max=200)


class FilterForm(BaseForm):
    """What the queue shows. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    group = SelectField(lazy("Group"), validate_choice=False)
    origin = SelectField(lazy_pgettext("hours", "How it was recorded"), validate_choice=False)
    odd = BooleanField(lazy("Only what looks odd"))


class ApproveForm(BaseForm):
    """The revision that was looked at: another that came meanwhile is not approved in its place."""

    revision = HiddenField()
    despite = StringField(lazy("Why both count"), [REASON])


class RefuseForm(BaseForm):
    """Why it is not approved; the person can read it."""

    revision = HiddenField()
    reason = StringField(lazy("Reason"), [Required(lazy("Say why the time is not approved.")), REASON])


class CorrectForm(BaseForm):
    """Another number of minutes, and why."""

    minutes = WholeNumberField(lazy("Minutes served"), [Required(lazy("Write how many minutes."))])
    why = StringField(lazy("Why it is corrected"), [Required(lazy("Say why the time is corrected.")), REASON])


class StrikeForm(BaseForm):
    """Why an entry counts no longer."""

    cause = StringField(lazy("Reason"), [Required(lazy("Say why the entry is struck out.")), REASON])
