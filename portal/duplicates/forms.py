"""The shape of a merge: which record stays, which value of each field, which membership number."""

from __future__ import annotations

from wtforms import FieldList, RadioField

from portal.core.forms import BaseForm, Required, choices
from portal.core.i18n import lazy

FIRST, SECOND = "first", "second"
BOTH = choices({FIRST: lazy("Record 1"), SECOND: lazy("Record 2")})


class MergeForm(BaseForm):
    """Fields in which the two records do not differ are taken out of the form (see desk.merge_form)."""

    keep = RadioField(
        lazy("Which record stays?"), choices=BOTH, validators=[Required(lazy("Choose which record stays."))]
    )
    name = RadioField(lazy("Name"), choices=BOTH, validators=[Required(lazy("Choose the name."))])
    identity_number = RadioField(
        lazy("Identity number"), choices=BOTH, validators=[Required(lazy("Choose the identity number."))]
    )
    sex = RadioField(lazy("Sex"), choices=BOTH, validators=[Required(lazy("Choose the sex."))])
    birth_on = RadioField(
        lazy("Date of birth"), choices=BOTH, validators=[Required(lazy("Choose the date of birth."))]
    )
    phone = RadioField(lazy("Phone"), choices=BOTH, validators=[Required(lazy("Choose the phone."))])
    email = RadioField(lazy("E-mail"), choices=BOTH, validators=[Required(lazy("Choose the e-mail."))])
    residence = RadioField(
        lazy("Area of residence"), choices=BOTH, validators=[Required(lazy("Choose the area of residence."))]
    )
    guardian = RadioField(lazy("Guardian"), choices=BOTH, validators=[Required(lazy("Choose the guardian."))])
    staying = FieldList(RadioField(validators=[Required(lazy("Choose which of the two membership numbers stays."))]))


class ChosenForm(MergeForm):
    """The same, read from the address: it changes nothing, so it carries no token."""

    class Meta(MergeForm.Meta):
        csrf = False
