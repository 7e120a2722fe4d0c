"""Shapes of input of the register: the filter above the list, and what is done with many at once."""

from __future__ import annotations

from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.forms import BaseForm, DateField, Length, Required, choices
from portal.core.i18n import lazy, lazy_pgettext


class FilterForm(BaseForm):
    """What the list shows. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(lazy("Find"))
    kind = SelectField(lazy_pgettext("membership", "Kind"), validate_choice=False)
    place = SelectField(lazy("Association"), validate_choice=False)
    group = SelectField(lazy("Group"), validate_choice=False)
    state = SelectField(lazy("State"), validate_choice=False)
    age = SelectField(lazy("Age"), validate_choice=False)
    joined_from = DateField(lazy("Joined from"))
    joined_to = DateField(lazy("Joined to"))
    columns = SelectMultipleField(lazy("Columns"), validate_choice=False)


class MoveForm(BaseForm):
    """To which group the chosen memberships go."""

    class Meta(BaseForm.Meta):
        csrf = False  # the choice is in the address; the act itself is a form of its own

    to = SelectField(lazy("To the group"), [Required(lazy("Choose a group."))])


class EndForm(BaseForm):
    """When and why the chosen memberships end."""

    last_day = DateField(lazy_pgettext("membership", "Last day"), [Required(lazy("Enter the last day."))])
    reason = SelectField(lazy("Reason"), [Required(lazy("Choose a reason."))])
    note = StringField(lazy("Note"), [Length(max=200)])


class LetterForm(BaseForm):
    """What stands in a letter to each of the chosen."""

    subject = StringField(lazy("Subject"), [Required(lazy("Enter the subject.")), Length(max=60)])
    body = TextAreaField(lazy("Text"), [Required(lazy("Write the text.")), Length(max=3000)])
    signed = StringField(lazy("Signed"), [Required(lazy("Enter who signs.")), Length(max=60)])


class NumbersForm(BaseForm):
    """Which numbers a file shall hold in clear, and why."""

    fields = SelectMultipleField(
        lazy("What do you need?"),
        [Required(lazy("Choose at least one."))],
        choices=choices({"identity_number": lazy("Identity number"), "phone": lazy("Phone")}),
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    reason = StringField(
        lazy("Why do you need it?"), [Required(lazy("Write in a few words why you need it.")), Length(max=200)]
    )
    form = RadioField(
        lazy("File format"),
        [Required(lazy("Choose at least one."))],
        choices=choices({"xlsx": "Excel", "csv": "CSV"}),
        default="xlsx",
    )
