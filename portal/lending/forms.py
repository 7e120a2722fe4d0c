"""Shapes of input of lending: what is looked for, what is asked, and the answers."""

from __future__ import annotations

from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.forms import BaseForm, DateField, Length, Required, WholeNumberField, choices
from portal.core.i18n import lazy, lazy_pgettext


class WhereForm(BaseForm):
    """Whom to ask. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    skill = SelectField(lazy("Skill"), validate_choice=False)
    day = SelectField(lazy_pgettext("volunteer", "Has time on"), validate_choice=False)
    part = SelectField(lazy("Part of the day"), validate_choice=False)


class AskForm(BaseForm):
    """What is asked of a sister association."""

    wanted = WholeNumberField(lazy("How many volunteers?"), [Required(lazy("Say how many you need."))])
    occasion = StringField(lazy("For what occasion?"), [Required(lazy("Say what for.")), Length(max=200)])
    place = StringField(lazy("Place"), [Length(max=200)])
    start_on = DateField(lazy("First day"), [Required(lazy("Enter the first day."))])
    end_on = DateField(lazy("Last day"), [Required(lazy("Enter the last day."))])


class NameForm(BaseForm):
    """Who is named."""

    volunteers = SelectMultipleField(
        lazy("Volunteers with this skill"),
        [Required(lazy("Name at least one volunteer."))],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )


class DeclineForm(BaseForm):
    """Why not."""

    reason = TextAreaField(
        lazy_pgettext("lending", "Why not?"), [Required(lazy("Say in a few words why not.")), Length(max=200)]
    )


class AnswerForm(BaseForm):
    """What a volunteer answered, as an officer enters it."""

    answer = RadioField(
        lazy("The volunteer’s answer"),
        [Required(lazy("Choose the answer."))],
        choices=choices(
            {"agreed": lazy_pgettext("lending", "Agrees"), "declined": lazy_pgettext("lending", "Declines")}
        ),
    )
    said = StringField(lazy("Who said it, and how?"), [Required(lazy("Say who told you, and how.")), Length(max=200)])


class RevealForm(BaseForm):
    """Why a phone is looked at."""

    reason = StringField(
        lazy("Why do you need it?"), [Required(lazy("Write in a few words why you need it.")), Length(max=200)]
    )
