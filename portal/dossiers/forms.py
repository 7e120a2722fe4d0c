"""The shape of an evaluation."""

from __future__ import annotations

from wtforms import RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import Optional

from portal.core.forms import BaseForm, DateField, Length, Required
from portal.core.i18n import lazy, lazy_pgettext


class EvaluationForm(BaseForm):
    """A span of time, a grade, remarks."""

    start_on = DateField(lazy("From"), [Required(lazy("Enter the first day."))])
    end_on = DateField(lazy("Until"), [Required(lazy("Enter the last day."))])
    grade = RadioField(
        lazy_pgettext("evaluation", "Grade"), [Required(lazy("Choose a grade."))], validate_choice=False
    )
    remarks = TextAreaField(lazy("Remarks"), [Length(max=1000)])


class HandOverForm(BaseForm):
    """To whom, and which of the tasks."""

    to = SelectField(lazy("Who takes over"), [Required(lazy("Choose who takes over."))])
    activities = SelectMultipleField(lazy("In charge of"), [Optional()])
    places = SelectMultipleField(lazy("Places in sessions to come"), [Optional()])
