"""Shapes of input of the register: the filter above the list."""

from __future__ import annotations

from wtforms import SelectField, SelectMultipleField, StringField

from portal.core.forms import BaseForm, DateField
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
