"""The shapes of input: a notice period, its last day and its decision; an objection, its answer, its reference."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.core.forms import BaseForm, DateField, Length, PhoneField, Required, choices
from portal.core.i18n import lazy, lazy_pgettext
from portal.objections.models import Matter, PeriodState

LONGEST = Length(max=2000)
SHOWN = {
    "reviewer": lazy("Only whoever answers it learns my name"),
    "open": lazy("My name may stand beside my objection"),
}


class PeriodForm(BaseForm):
    entry_key = HiddenField()
    until = HiddenField()  # the last day that was shown
    matter = RadioField(
        lazy("What is to be decided"), [Required(lazy("Choose what is to be decided."))],
        choices=choices(Matter.labels()),
    )  # fmt: skip
    title = StringField(lazy("Title"), [Required(lazy("Write a title.")), Length(max=120)])
    body = TextAreaField(
        lazy_pgettext("notice", "Text"),
        [Required(lazy("Write what is to be decided, about whom, and on what basis.")), Length(max=20_000)],
    )
    contact = StringField(lazy("Contact"), [Required(lazy("Say whom one can ask, and how.")), Length(max=200)])


class ExtendForm(BaseForm):
    end_on = DateField(lazy("New last day"), [Required(lazy("Enter the day."))])
    reason = TextAreaField(
        lazy("Reason"), [Required(lazy("Write why it is put off; everybody will read it.")), LONGEST]
    )


class DecideForm(BaseForm):
    outcome = RadioField(
        lazy("Decision"), [Required(lazy("Choose one."))],
        choices=choices({one: PeriodState.labels()[one] for one in (PeriodState.PASSED, PeriodState.STOPPED)}),
    )  # fmt: skip
    decision = TextAreaField(
        lazy("What was decided"), [Required(lazy("Write what was decided; everybody will read it.")), LONGEST]
    )


class WithdrawForm(BaseForm):
    decision = TextAreaField(
        lazy("Reason"), [Required(lazy("Write why it is withdrawn; everybody will read it.")), LONGEST]
    )


class ObjectionForm(BaseForm):
    """From a phone: what speaks against it, and who says so."""

    key = HiddenField()
    body = TextAreaField(
        lazy("What speaks against it, and why?"), [Required(lazy("Write what speaks against it, and why.")), LONGEST]
    )
    name = StringField(lazy("Name"), [Required(lazy("Enter the name.")), Length(max=60)])
    phone = PhoneField(lazy("Phone"), [Required(lazy("Enter a phone number, so that we can ask you."))])
    shown = RadioField(
        lazy("Who learns your name?"), [Required(lazy("Choose one."))], choices=choices(SHOWN), default="reviewer"
    )


class PaperForm(ObjectionForm):
    """The same from paper, with the day on which it came."""

    received_on = DateField(lazy("Received on"), [Required(lazy("Enter the day."))])
    phone = PhoneField(lazy("Phone"), [Optional()])


class AnswerForm(BaseForm):
    outcome = RadioField(
        lazy("Is the objection upheld?"), [Required(lazy("Choose whether the objection is upheld."))],
        choices=choices({"upheld": lazy_pgettext("objection", "Upheld"),
                         "rejected": lazy_pgettext("objection", "Not upheld")}),
    )  # fmt: skip
    answer = TextAreaField(
        lazy("Reason"),
        [Required(lazy("Write the reason; whoever objected and everybody else reads it.")), LONGEST],
    )
    no_conflict = BooleanField(
        lazy("It is neither about me nor about anybody close to me"),
        [Required(lazy("Whoever it concerns leaves the answer to somebody else."))],
    )


class RevealForm(BaseForm):
    reason = StringField(
        lazy("Reason"),
        [Required(lazy("Write in a few words why you need it; whoever objected can read this.")), Length(max=200)],
    )


class FollowForm(BaseForm):
    reference = StringField(
        lazy_pgettext("objection", "Reference"), [Required(lazy("Enter the reference.")), Length(max=40)]
    )
