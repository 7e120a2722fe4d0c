"""Shapes of input: an appraisal, its questions, a batch of codes, a code, and the sheet that is filled in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.forms import BaseForm, DateField, Required, WholeNumberField, choices
from portal.core.i18n import lazy, lazy_pgettext
from portal.surveys.models import Audience, QuestionKind

LONGEST = 500


class PlainForm(BaseForm):
    """Nothing but the token."""


class SurveyForm(BaseForm):
    entry_key = HiddenField()
    title = StringField(lazy_pgettext("appraisal", "Title"), [Required(lazy("Write a title.")), Length(max=60)])
    introduction = TextAreaField(lazy_pgettext("appraisal", "Introduction"), [Optional(), Length(max=2000)])
    audience = RadioField(
        lazy("Who is asked"), [Required(lazy("Choose who is asked."))], choices=choices(Audience.labels())
    )
    opens_on = DateField(lazy_pgettext("appraisal", "First day"), [Required(lazy("Enter the first day."))])
    closes_on = DateField(lazy_pgettext("appraisal", "Last day"), [Required(lazy("Enter the last day."))])
    hide_below = WholeNumberField(lazy("Hide groups with fewer answers than"), [Required(lazy("Enter a number."))])


class PutOffForm(BaseForm):
    closes_on = DateField(lazy_pgettext("appraisal", "Last day"), [Required(lazy("Enter the last day."))])


class QuestionForm(BaseForm):
    text = StringField(lazy("Question"), [Required(lazy("Write the question.")), Length(max=200)])
    kind = RadioField(
        lazy("How it is answered"),
        [Required(lazy("Choose how it is answered."))],
        choices=choices(QuestionKind.labels()),
    )
    choices_ = TextAreaField(lazy("Choices, one a line"), [Optional(), Length(max=1200)], name="choices")


class BatchForm(BaseForm):
    place = SelectField(lazy("For which association"), [Required(lazy("Choose an association."))])
    count = WholeNumberField(lazy("Number of sheets for each"), [Required(lazy("Enter the number of sheets."))])


class CodeForm(BaseForm):
    code = StringField(lazy("Code on the sheet"), [Required(lazy("Enter the code.")), Length(max=40)])


class PublishForm(BaseForm):
    """Which of the own words everybody may read."""

    words = SelectMultipleField(
        lazy("Own words that everybody may read"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def sheet_form(questions: Iterable[Any], *, with_code: bool) -> type[BaseForm]:
    """The form of an appraisal: a field for each (name, kind, text, [(value, label)]); hidden or typed, the code."""
    fields: dict[str, Any] = {}
    if with_code:
        fields["code"] = StringField(lazy("Code on the sheet"), [Required(lazy("Enter the code.")), Length(max=40)])
    for name, kind, text, offered in questions:
        if kind == QuestionKind.TEXT:
            fields[name] = TextAreaField(text, [Optional(), Length(max=LONGEST)])
        elif kind == QuestionKind.SATISFACTION:
            fields[name] = RadioField(text, [Required(lazy("Choose one of the answers."))], choices=choices(offered))
        else:
            fields[name] = RadioField(text, [Optional()], choices=choices(offered), validate_choice=True)
    return type("SheetForm", (BaseForm,), fields)
