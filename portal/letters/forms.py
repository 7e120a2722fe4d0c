"""Shapes of input of whoever writes: the questions at /letters one by one, the reference, what follows the answer."""

from __future__ import annotations

from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.validators import Email, Length, Optional

from portal.core.forms import BaseForm, PhoneField, Required, choices
from portal.core.i18n import lazy, lazy_pgettext
from portal.letters.models import LetterKind, Satisfaction

SUBJECT, BODY, ADDED = 80, 3000, 1000
EMAIL = Email(lazy("Write the e-mail address as name@example.com."))


class AssociationForm(BaseForm):
    association = RadioField(
        lazy("Which association?"), [Required(lazy("Choose an association."))], validate_choice=False
    )


class KindForm(BaseForm):
    kind = RadioField(lazy("What is it?"), [Required(lazy("Choose one."))], choices=choices(LetterKind.labels()))


class TextForm(BaseForm):
    subject = StringField(
        lazy("In a few words"), [Required(lazy("Write in a few words what it is about.")), Length(max=SUBJECT)]
    )
    body = TextAreaField(
        lazy("What would you like to say?"), [Required(lazy("Write what you would like to say.")), Length(max=BODY)]
    )


class AboutField(SelectMultipleField):
    """Some of several, each with a box to tick."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class AboutForm(BaseForm):
    about = AboutField(lazy("Officers"), [Optional()])


class WriterForm(BaseForm):
    """Without a name nothing else is asked; with one, a way to be reached."""

    named = RadioField(
        lazy("How would you like to write?"),
        [Required(lazy("Choose one."))],
        choices=choices({"yes": lazy("With my name"), "no": lazy("Without a name")}),
    )
    name = StringField(lazy("Name"), [Optional(), Length(max=60)])
    phone = PhoneField(lazy("Phone"), [Optional()])
    email = StringField(lazy("E-mail"), [Optional(), EMAIL, Length(max=254)])


class PublishForm(BaseForm):
    may_publish = RadioField(
        lazy("May the answer be published?"),
        [Required(lazy("Choose one."))],
        choices=choices({
            "yes": lazy("Yes, without names, so that others find the answer too"),
            "no": lazy("No, it is for me only"),
        }),
    )  # fmt: skip


QUESTIONS: dict[str, type[BaseForm]] = {
    "association": AssociationForm,
    "kind": KindForm,
    "text": TextForm,
    "about": AboutForm,
    "writer": WriterForm,
    "publish": PublishForm,
}


class FollowForm(BaseForm):
    reference = StringField(
        lazy_pgettext("letter", "Reference"),
        [Required(lazy_pgettext("letter", "Enter the reference.")), Length(max=40)],
    )


class AddForm(BaseForm):
    more = TextAreaField(
        lazy("What would you like to add?"),
        [Required(lazy("Write what you would like to add.")), Length(max=ADDED)],
    )


class RateForm(BaseForm):
    rating = RadioField(
        lazy("How satisfied are you with the answer?"),
        [Required(lazy("Choose one."))],
        choices=choices(Satisfaction.labels()),
    )
    note = TextAreaField(lazy("In a few words, if you like"), [Optional(), Length(max=ADDED)])


class ReopenForm(BaseForm):
    why = TextAreaField(
        lazy("What is still missing?"), [Required(lazy("Write what is still missing.")), Length(max=ADDED)]
    )
