"""Shapes of input: a duty of the calendar, the notice that fulfils it, a guide."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.core.forms import BaseForm, DateField, Required, WholeNumberField, choices
from portal.core.i18n import lazy, lazy_pgettext
from portal.disclosure.models import Block, Frequency


class PlainForm(BaseForm):
    """Nothing but the token."""


class DutyForm(BaseForm):
    title = StringField(
        lazy("What is to be published"), [Required(lazy("Write what is to be published.")), Length(max=40)]
    )
    kind = SelectField(lazy_pgettext("notice", "Kind"), [Required(lazy("Choose the kind of notice."))])
    subject = SelectField(lazy_pgettext("notice", "Subject"), [Optional()])
    level = SelectField(lazy("Who owes it"), [Optional()])
    frequency = RadioField(
        lazy("How often"), [Required(lazy("Choose how often."))], choices=choices(Frequency.labels())
    )
    within_days = WholeNumberField(lazy("Within working days"), [Required(lazy("Enter the working days."))])
    starts_on = DateField(lazy("Owed from"), [Required(lazy("Enter the first day."))])
    basis = StringField(lazy("Basis"), [Optional(), Length(max=200)])


class LinkForm(BaseForm):
    notice = SelectField(lazy("Published notice"), [Required(lazy("Choose a notice."))])


class GuideForm(BaseForm):
    """A start page. Long texts are Markdown."""

    block = RadioField(
        lazy("Which question does it answer?"), [Required(lazy("Choose a block."))], choices=choices(Block.labels())
    )
    title = StringField(lazy_pgettext("guide", "Title"), [Required(lazy("Write a title.")), Length(max=60)])
    summary = TextAreaField(lazy("What it is about"), [Required(lazy("Say what it is about.")), Length(max=2000)])
    who = TextAreaField(lazy("For whom it is"), [Optional(), Length(max=2000)])
    steps = TextAreaField(lazy_pgettext("guide", "Steps"), [Optional(), Length(max=8000)])
    documents = TextAreaField(lazy("What to bring"), [Optional(), Length(max=4000)])
    place = StringField(lazy_pgettext("guide", "Place"), [Optional(), Length(max=200)])
    hours = StringField(lazy_pgettext("guide", "Opening hours"), [Optional(), Length(max=200)])
    takes = StringField(lazy("How long it takes"), [Optional(), Length(max=200)])
    cost = StringField(lazy_pgettext("guide", "Cost"), [Optional(), Length(max=200)])
    contact = StringField(lazy_pgettext("guide", "Contact"), [Optional(), Length(max=200)])
    basis = StringField(lazy("Basis"), [Optional(), Length(max=200)])
    link = SelectField(lazy("Where it can be done at once"), [Optional()])
    is_open = BooleanField(lazy("Show it in public"), default=True)


TEXTS: tuple[str, ...] = (
    "block", "title", "summary", "who", "steps", "documents", "place", "hours", "takes", "cost", "contact", "basis",
    "link", "is_open",
)  # fmt: skip


def subject_choices(subjects: Any) -> Any:
    """The list of subjects to choose from, or none."""
    return choices([("", lazy("None")), *((subject.public_id, subject.name) for subject in subjects)])
