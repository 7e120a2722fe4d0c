"""Shapes of input of the office: a letter from paper, the phone or a visit, and what is done with one."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.core.forms import BaseForm, DateField, PhoneField, Required, choices
from portal.core.i18n import lazy, lazy_pgettext
from portal.letters.forms import BODY, EMAIL, SUBJECT, AboutField
from portal.letters.models import LetterChannel, LetterKind

LONGEST = 3000
CAME = {one: label for one, label in LetterChannel.labels().items() if one != LetterChannel.WEB}


class EnterForm(BaseForm):
    """All in one, to be typed while somebody is speaking. An answer given at once closes it."""

    key = HiddenField(validators=[Required(lazy("Open this page anew.")), Length(max=64)])
    channel = RadioField(lazy_pgettext("letter", "Came in"), [Required(lazy("Choose one."))], choices=choices(CAME))
    received_on = DateField(lazy_pgettext("letter", "Received on"), [Required(lazy("Enter the day."))])
    kind = RadioField(lazy("What is it?"), [Required(lazy("Choose one."))], choices=choices(LetterKind.labels()))
    subject = StringField(
        lazy("In a few words"), [Required(lazy("Write in a few words what it is about.")), Length(max=SUBJECT)]
    )
    body = TextAreaField(lazy("What was said"), [Required(lazy("Write what was said.")), Length(max=BODY)])
    is_anonymous = BooleanField(lazy("Without a name"), [Optional()])
    name = StringField(lazy("Name"), [Optional(), Length(max=60)])
    phone = PhoneField(lazy("Phone"), [Optional()])
    email = StringField(lazy("E-mail"), [Optional(), EMAIL, Length(max=254)])
    about = AboutField(lazy("Is it about an officer?"), [Optional()])
    may_publish = BooleanField(lazy("The answer may be published without names"), [Optional()])
    answer = TextAreaField(lazy("Answered at once"), [Optional(), Length(max=LONGEST)])


class ActForm(BaseForm):
    """Nothing but the wish."""


class SortForm(BaseForm):
    kind = RadioField(lazy("Kind"), [Required(lazy("Choose one."))], choices=choices(LetterKind.labels()))


class AssignForm(BaseForm):
    person = SelectField(lazy("Who deals with it?"), [Required(lazy("Choose somebody who may answer letters."))])


class PassOnForm(BaseForm):
    to = RadioField(lazy("To which association?"), [Required(lazy("Choose an association."))], validate_choice=False)
    note = TextAreaField(lazy("Note for the office there"), [Optional(), Length(max=LONGEST)])


class NoteForm(BaseForm):
    note = TextAreaField(lazy_pgettext("letter", "Note"), [Required(lazy("Write the note.")), Length(max=LONGEST)])


class AskForm(BaseForm):
    question = TextAreaField(
        lazy("What would you like to know?"),
        [Required(lazy("Write what you would like to know.")), Length(max=LONGEST)],
    )


class PutOffForm(BaseForm):
    until = DateField(lazy("Answered by"), [Required(lazy("Enter the day."))])
    reason = TextAreaField(
        lazy("Reason"), [Required(lazy("Write the reason; the writer reads it.")), Length(max=LONGEST)]
    )


class AnswerForm(BaseForm):
    answer = TextAreaField(
        lazy_pgettext("letter", "Answer"), [Required(lazy("Write the answer.")), Length(max=LONGEST)]
    )


class PublishForm(BaseForm):
    question = TextAreaField(
        lazy("Question, as published"), [Required(lazy("Write it as everybody may read it.")), Length(max=LONGEST)]
    )
    answer = TextAreaField(
        lazy("Answer, as published"), [Required(lazy("Write it as everybody may read it.")), Length(max=LONGEST)]
    )


class ConflictForm(BaseForm):
    """Oneself, or others whom the letter is about."""

    person = AboutField(lazy("Whom is the letter about?"), [Required(lazy("Choose whom the letter is about."))])
