"""Shapes of input beside the questions: the reference, the officer's decision, letters, the list of skills."""

from __future__ import annotations

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.core.forms import BaseForm, DateField, Required, choices
from portal.core.i18n import lazy, lazy_pgettext
from portal.volunteers.models import LeaveReason, SkillKind

BY_ITSELF = (LeaveReason.DELETED,)  # given by the portal, never chosen


class FollowForm(BaseForm):
    reference = StringField(
        lazy_pgettext("registration", "Reference"), [Required(lazy("Enter the reference.")), Length(max=40)]
    )


class AcceptForm(BaseForm):
    record = RadioField(lazy("Which record?"), [Required(lazy("Choose a record, or a new one."))])
    group = SelectField(lazy("Group"), [Optional()])
    term_end_on = DateField(lazy("Appointed until"), [Required(lazy("Enter the last day of the term."))])


class DeclineForm(BaseForm):
    reason = TextAreaField(
        lazy("Reason"), [Required(lazy("Write the reason; the volunteer reads it.")), Length(max=1000)]
    )


class RenewForm(BaseForm):
    term_end_on = DateField(lazy("Appointed until"), [Required(lazy("Enter the last day of the term."))])


class EndForm(BaseForm):
    end_reason = RadioField(
        lazy("Why?"),
        [Required(lazy("Choose one."))],
        choices=choices({key: word for key, word in LeaveReason.labels().items() if key not in BY_ITSELF}),
    )
    ended_on = DateField(lazy_pgettext("volunteer", "Last day"), [Required(lazy("Enter the last day."))])


class SkillForm(BaseForm):
    name = StringField(lazy_pgettext("skill", "Name"), [Required(lazy("Enter a name.")), Length(max=20)])


class NewSkillForm(SkillForm):
    kind = RadioField(
        lazy_pgettext("skill", "Kind"),
        [Required(lazy("Choose one."))],
        choices=choices(SkillKind.labels()),
        default=SkillKind.SKILL,
    )


class GroupForm(BaseForm):
    group = SelectField(lazy("Group"), [Optional()])


class PlainForm(BaseForm):
    """Nothing but the wish."""
