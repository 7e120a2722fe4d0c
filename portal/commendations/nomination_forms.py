"""The shapes of input about nominations: somebody put forward, taken back, agreed on paper; words, and the answer."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.commendations.models import NominationState
from portal.commendations.nomination_words import Consent
from portal.core.forms import BaseForm, Length, PhoneField, Required, choices
from portal.core.i18n import lazy, lazy_pgettext

LONGEST = 2000
ALL = ("", lazy_pgettext("nominations", "All"))


def _what() -> TextAreaField:
    """Made anew for each form: fields stand in the order in which they were made."""
    missing = lazy("Write in a few sentences what they did.")
    return TextAreaField(lazy_pgettext("nomination", "Reason"), [Required(missing), Length(max=LONGEST)])


def _nominee() -> StringField:
    return StringField(lazy("Who is meant"), [Required(lazy("Write who is meant.")), Length(max=60)])


class NominationForm(BaseForm):
    """Somebody put forward; which group only where groups are."""

    key = HiddenField()
    group = SelectField(lazy("Group"), [Required(lazy("Choose the group."))])
    name = StringField(
        lazy("Name on the certificate"),
        [Required(lazy("Write the name as it is to stand on the certificate.")), Length(max=60)],
    )
    reason = _what()


class SeveralForm(BaseForm):
    """Several at once; the reason of each stands in a box of its own."""

    key = HiddenField()


class TakeBackForm(BaseForm):
    reason = TextAreaField(
        lazy("Why it is taken back"), [Required(lazy("Write why it is taken back.")), Length(max=LONGEST)]
    )


class ConsentForm(BaseForm):
    by = RadioField(
        lazy("Who signed"),
        [Required(lazy("Say who signed."))],
        choices=choices({
            "paper": lazy("The nominee"),
            "guardian": lazy("The guardian of a child under 14"),
        }),
    )  # fmt: skip


class AnswerForm(BaseForm):
    answer = TextAreaField(
        lazy("Why they are not put forward"),
        [Required(lazy("Write why, so that whoever spoke for them understands.")), Length(max=LONGEST)],
    )


class RevealForm(BaseForm):
    reason = StringField(
        lazy("What you need it for"),
        [Required(lazy("Write in a few words why you need it; whoever spoke can read this.")), Length(max=200)],
    )


class FilterForm(BaseForm):
    """What the list shows. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    category = SelectField(lazy_pgettext("commendation", "Kind"), validate_choice=False)
    state = SelectField(lazy("State"), choices=choices([ALL, *NominationState.labels().items()]), default="")
    consent = SelectField(
        lazy_pgettext("consent", "Consent"),
        choices=choices([ALL, *((one, label) for one, label in Consent.labels().items() if one != Consent.NONE)]),
        default="",
    )


class GroupWordsForm(BaseForm):
    """A leader speaks for somebody of the group."""

    key = HiddenField()
    category = SelectField(lazy("What for"), [Required(lazy("Choose what for."))], choices=())
    group = SelectField(lazy("Your group"), [Required(lazy("Choose your group."))], choices=())
    nominee = _nominee()
    reason = _what()


class MemberWordsForm(BaseForm):
    """A member speaks for somebody: the name is known, a phone may be left."""

    key = HiddenField()
    category = RadioField(lazy("What for"), [Required(lazy("Choose what for."))], choices=())
    nominee = _nominee()
    reason = _what()
    phone = PhoneField(lazy("Your phone"), [Optional()])


class PublicWordsForm(BaseForm):
    """Anybody speaks for somebody: a name and a phone are asked."""

    key = HiddenField()
    category = RadioField(lazy("What for"), [Required(lazy("Choose what for."))], choices=())
    nominee = _nominee()
    reason = _what()
    name = StringField(lazy("Your name"), [Required(lazy("Enter your name.")), Length(max=60)])
    phone = PhoneField(lazy("Your phone"), [Required(lazy("Enter a phone number, so that we can ask you."))])


class FollowForm(BaseForm):
    reference = StringField(
        lazy_pgettext("suggestion", "Reference"),
        [Required(lazy_pgettext("suggestion", "Enter the reference.")), Length(max=40)],
    )
