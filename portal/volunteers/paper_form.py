"""A registration from a signed paper form: all questions in one, and what must be given is the same as on the web."""

from __future__ import annotations

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import Length, Optional

from portal.applications.questions import SEXES, ContactForm, IdentityForm, NameForm
from portal.core.forms import DateField, PhoneField, Required
from portal.core.i18n import lazy
from portal.volunteers.questions import InterestsForm, SkillsForm, TimesForm, VolunteerConsentsForm


class PaperForm(NameForm, IdentityForm, ContactForm, SkillsForm, InterestsForm, TimesForm, VolunteerConsentsForm):
    """What the paper holds, in its order."""

    sex = RadioField(lazy("Sex"), [Optional()], choices=SEXES)
    birth_on = DateField(lazy("Date of birth"), [Optional()])
    residence = StringField(
        lazy("Area of residence"), [Required(lazy("Enter the community or lane.")), Length(max=120)]
    )
    group = SelectField(lazy("Group"), [Optional()])
    guardian_name = StringField(lazy("Name of the guardian"), [Optional(), Length(max=60)])
    guardian_phone = PhoneField(lazy("Phone of the guardian"), [Optional()])
