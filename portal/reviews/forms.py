"""The shapes of input: why somebody keeps out, the meeting, the contact of the notice."""

from __future__ import annotations

from wtforms import SelectMultipleField, StringField, TextAreaField

from portal.core.forms import BaseForm, DateField, Length, Required, WholeNumberField
from portal.core.i18n import lazy, lazy_pgettext

COUNT = Required(lazy("Enter a number."))


class PlainForm(BaseForm):
    """Nothing but the wish."""


class EndForm(BaseForm):
    """Of a reviewer who gave points."""

    reason = StringField(
        lazy("Why is the part ended?"), [Required(lazy("Write why, in a few words.")), Length(max=200)]
    )


class DeclareForm(BaseForm):
    reason = StringField(
        lazy("Why are you not impartial?"), [Required(lazy("Write why, in a few words.")), Length(max=200)]
    )


class NoticeForm(BaseForm):
    contact = StringField(lazy("Contact"), [Required(lazy("Say whom one can ask, and how.")), Length(max=200)])


class MeetingForm(BaseForm):
    """The meeting as its minutes have it; `chosen` are the ticks in the ranking."""

    held_on = DateField(lazy("Held on"), [Required(lazy("Enter the day."))])
    place = StringField(lazy("Place"), [Required(lazy("Say where it was held.")), Length(max=100)])
    chaired_by = StringField(lazy("Presided by"), [Required(lazy("Say who presided.")), Length(max=60)])
    present = WholeNumberField(lazy_pgettext("meeting", "Present"), [COUNT])
    in_favour = WholeNumberField(lazy("In favour"), [COUNT])
    against = WholeNumberField(lazy_pgettext("meeting", "Against"), [COUNT])
    abstained = WholeNumberField(lazy("Abstained"), [COUNT])
    minutes = TextAreaField(
        lazy("How it was chosen"), [Required(lazy("Write in a few sentences how it was chosen.")), Length(max=5000)]
    )
    chosen = SelectMultipleField(lazy("Chosen by the meeting"), choices=[], validate_choice=False)
