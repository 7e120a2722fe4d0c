"""Shapes of input: the questions at /join one by one, the paper form, the reference, the officer's decision."""

from __future__ import annotations

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.applications.questions import (
    SEXES,
    AssociationForm,
    BirthForm,
    ConsentsForm,
    ContactForm,
    GuardianForm,
    IdentityForm,
    NameForm,
    ResidenceForm,
)
from portal.core.forms import BaseForm, DateField, PhoneField, Required, choices
from portal.core.i18n import lazy, lazy_pgettext


class KindForm(BaseForm):
    kind = RadioField(lazy("Kind of membership"), [Required(lazy("Choose one."))])


class OrganisationForm(BaseForm):
    organisation_name = StringField(
        lazy("Name of the organisation"), [Required(lazy("Enter the organisation's name.")), Length(max=120)]
    )


class GroupForm(BaseForm):
    group = RadioField(lazy("Group"), [Required(lazy("Choose one."))])


class ReasonForm(BaseForm):
    reason = TextAreaField(lazy("Why would you like to join?"), [Optional(), Length(max=500)])


QUESTIONS: dict[str, type[BaseForm]] = {
    "association": AssociationForm,
    "kind": KindForm,
    "organisation": OrganisationForm,
    "name": NameForm,
    "identity": IdentityForm,
    "birth": BirthForm,
    "contact": ContactForm,
    "residence": ResidenceForm,
    "group": GroupForm,
    "guardian": GuardianForm,
    "reason": ReasonForm,
    "consents": ConsentsForm,
}


class PaperForm(IdentityForm, ContactForm, ReasonForm, ConsentsForm):
    """All of it in one, from a signed form. What must be given is the same as on the web."""

    kind = RadioField(lazy("Kind of membership"), [Required(lazy("Choose one."))])
    organisation_name = StringField(lazy("Name of the organisation"), [Optional(), Length(max=120)])
    name = StringField(lazy("Name"), [Required(lazy("Enter the name.")), Length(max=60)])
    sex = RadioField(lazy("Sex"), [Optional()], choices=SEXES)
    birth_on = DateField(lazy("Date of birth"), [Optional()])
    residence = StringField(lazy("Area of residence"), [Optional(), Length(max=120)])
    group = SelectField(lazy("Group"), [Optional()])
    guardian_name = StringField(lazy("Name of the guardian"), [Optional(), Length(max=60)])
    guardian_phone = PhoneField(lazy("Phone of the guardian"), [Optional()])


class FollowForm(BaseForm):
    reference = StringField(
        lazy_pgettext("join", "Reference"), [Required(lazy("Enter the reference.")), Length(max=40)]
    )


class AnswerForm(BaseForm):
    answer = TextAreaField(lazy("Your answer"), [Required(lazy("Write your answer.")), Length(max=1000)])


class AcceptForm(BaseForm):
    record = RadioField(lazy("Which record?"), [Required(lazy("Choose a record, or a new one."))])
    group = SelectField(lazy("Group"), [Optional()])
    joined_on = DateField(lazy("Member from"), [Required(lazy("Enter the day of joining."))])


class AskForm(BaseForm):
    question = TextAreaField(
        lazy("What would you like to know?"), [Required(lazy("Write what you would like to know.")), Length(max=1000)]
    )


class DeclineForm(BaseForm):
    reason = TextAreaField(
        lazy("Reason"), [Required(lazy("Write the reason; the applicant reads it.")), Length(max=1000)]
    )


class LookForm(BaseForm):
    """Which number is looked at, and why."""

    field = RadioField(
        lazy("What do you need?"),
        [Required(lazy("Choose one."))],
        choices=choices(
            {
                "phone": lazy("Phone"),
                "identity_number": lazy("Identity number"),
                "guardian_phone": lazy("Phone of the guardian"),
            }
        ),
    )
    why = StringField(
        lazy("Why do you need it?"), [Required(lazy("Write in a few words why you need it.")), Length(max=200)]
    )
