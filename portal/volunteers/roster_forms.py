"""Shapes of input of the roster: the filter above the list, a group for many, the skills of a group."""

from __future__ import annotations

from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.forms import BaseForm, Required
from portal.core.i18n import lazy, lazy_pgettext


class RosterForm(BaseForm):
    """What the roster shows. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(lazy("Find"))
    skill = SelectField(lazy("Skill"), validate_choice=False)
    group = SelectField(lazy("Group"), validate_choice=False)
    day = SelectField(lazy_pgettext("volunteer", "Has time on"), validate_choice=False)
    part = SelectField(lazy("Part of the day"), validate_choice=False)
    interest = SelectField(lazy("Kind of service"), validate_choice=False)
    term = SelectField(lazy_pgettext("volunteer", "Term"), validate_choice=False)
    state = SelectField(lazy_pgettext("volunteer", "Serving"), validate_choice=False)
    place = SelectField(lazy("Association"), validate_choice=False)


class MoveForm(BaseForm):
    """To which group the chosen volunteers go."""

    class Meta(BaseForm.Meta):
        csrf = False  # the choice is in the address; the act itself is a form of its own

    to = SelectField(lazy("To the group"), [Required(lazy("Choose a group."))])


class GroupSkillsForm(BaseForm):
    """What a group is there for."""

    skills = SelectMultipleField(lazy("Skills of the group"), widget=ListWidget(), option_widget=CheckboxInput())
