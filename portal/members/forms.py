"""Shapes of input about memberships, transfers, kinds and numbers."""

from __future__ import annotations

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.core.forms import BaseForm, DateField, Required, WholeNumberField, choices
from portal.core.i18n import lazy
from portal.members.models import EndReason, Holder

# What an officer may choose; a record is deleted by its own way.
END_CHOICES = choices((key, label) for key, label in EndReason.labels().items() if key != EndReason.DELETED)


class MembershipFields:
    """What is asked about a membership that begins, beside the person."""

    kind = RadioField(lazy("Kind of membership"), [Required(lazy("Choose the kind of membership."))])
    organisation_name = StringField(lazy("Organisation's name"), [Optional(), Length(max=80)])
    group = SelectField(lazy("Group"), [Optional()])
    joined_on = DateField(lazy("Joined on"), [Required(lazy("Enter the day of joining."))])


class JoinForm(MembershipFields, BaseForm):
    """A membership for somebody who is in the register."""

    has_agreed = BooleanField(
        lazy("The person has asked for this membership in writing"),
        [Required(lazy("Nobody is a member without having asked for it."))],
    )


class EndForm(BaseForm):
    """When and why a membership ends."""

    end_reason = RadioField(lazy("Reason"), [Required(lazy("Choose the reason."))], choices=END_CHOICES)
    ended_on = DateField(lazy("Last day"), [Required(lazy("Enter the last day."))])
    note = TextAreaField(
        lazy("Note"), [Optional(), Length(max=200)], description=lazy("Only what is needed to understand it later.")
    )


class ReasonForm(BaseForm):
    """Why something is done."""

    reason = TextAreaField(lazy("Reason"), [Required(lazy("Write the reason in a few words.")), Length(max=200)])


class NoteForm(BaseForm):
    """What may be said about it."""

    note = TextAreaField(lazy("Note"), [Optional(), Length(max=200)])


class GroupForm(BaseForm):
    """To which group."""

    group = SelectField(lazy("Group"), [Optional()])


class ChoosePersonForm(BaseForm):
    """One of the people that a search found."""

    person = StringField(lazy("Person"), [Required(lazy("Choose a person."))])


class TakeForm(ReasonForm):
    """Whom the taking side wants to take over: known by number and full name."""

    number = StringField(lazy("Member's number"), [Required(lazy("Enter the number.")), Length(max=40)])
    name = StringField(lazy("Full name"), [Required(lazy("Enter the name.")), Length(max=80)])


class DeclineForm(BaseForm):
    """Why a transfer is declined."""

    note = TextAreaField(
        lazy("Why it is declined"),
        [Required(lazy("Write the reason in a few words.")), Length(max=200)],
        description=lazy("The other association reads this."),
    )


class KindForm(BaseForm):
    """A kind of membership."""

    name = StringField(lazy("Name of the kind"), [Required(lazy("Enter the name.")), Length(max=20)])
    is_open = BooleanField(
        lazy("Can be applied for"), description=lazy("If not, memberships of this kind are entered by officers only.")
    )


class NewKindForm(KindForm):
    """A new kind, and who holds memberships of it."""

    holder = RadioField(
        lazy("Who holds it"), [Required(lazy("Choose who holds it."))], choices=choices(Holder.labels())
    )


class SchemeForm(BaseForm):
    """How numbers are made."""

    pattern = StringField(lazy("Pattern"), [Required(lazy("Enter a pattern.")), Length(max=60)])
    digits = WholeNumberField(lazy("Digits of the serial"), [Required(lazy("Enter the number of digits."))])
