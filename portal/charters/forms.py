"""The shapes of input: a charter begun, its paragraphs, its rounds, comments and answers, the meeting."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.charters.models import CharterKind, CommentAnswer
from portal.core.forms import BaseForm, DateField, Length, Required, WholeNumberField, choices
from portal.core.i18n import lazy, lazy_pgettext

SOURCES = {
    "pasted": lazy("A text that I paste"),
    "in_force": lazy("The one in force"),
    "empty": lazy("An empty page"),
}
WORDS, SHORT = Length(max=2000), Length(max=120)


class BeginForm(BaseForm):
    entry_key = HiddenField()
    kind = RadioField(
        lazy("What is drawn up"), [Required(lazy("Choose what is drawn up."))], choices=choices(CharterKind.labels())
    )
    title = StringField(lazy("Title"), [Required(lazy("Write a title.")), SHORT])
    reason = TextAreaField(lazy("Why it is drawn up or changed"), [WORDS])
    source = RadioField(
        lazy("Begin with"), [Required(lazy("Choose one."))], choices=choices(SOURCES), default="pasted"
    )
    pasted = TextAreaField(lazy_pgettext("notice", "Text"), [Length(max=100_000)])


class ParagraphForm(BaseForm):
    body = TextAreaField(
        lazy_pgettext("charter", "Paragraph"), [Required(lazy("Write the paragraph.")), Length(max=4000)]
    )
    is_heading = BooleanField(lazy("This is a heading"))


class RoundForm(BaseForm):
    opens_on = DateField(lazy("First day"), [Required(lazy("Enter the day."))])
    closes_on = DateField(lazy("Last day"), [Required(lazy("Enter the day."))])
    note = TextAreaField(lazy("What was changed, and why"), [WORDS])


class ExtendRoundForm(BaseForm):
    closes_on = DateField(lazy("New last day"), [Required(lazy("Enter the day."))])


class SettleForm(BaseForm):
    note = TextAreaField(
        lazy("What was changed, and why"), [Required(lazy("Write what was changed, and why.")), WORDS]
    )


class AbandonForm(BaseForm):
    reason = TextAreaField(
        lazy("Reason"), [Required(lazy("Write why it is given up; everybody will read it.")), WORDS]
    )


class CommentForm(BaseForm):
    key = HiddenField()
    paragraph = SelectField(lazy("What it is about"), [Optional()], choices=[])
    body = TextAreaField(
        lazy("What would you have otherwise, and why?"),
        [Required(lazy("Write what you would have otherwise, and why.")), WORDS],
    )
    shows_name = BooleanField(lazy("My name may stand beside it"))


class PaperCommentForm(CommentForm):
    who = StringField(lazy("Member number or name"), [Required(lazy("Enter the member number or the name.")), SHORT])
    shows_name = BooleanField(lazy("The member agreed that the name stands beside it"))


class AnswerForm(BaseForm):
    outcome = RadioField(
        lazy("Is it taken up?"), [Required(lazy("Choose whether it is taken up."))],
        choices=choices(CommentAnswer.labels()),
    )  # fmt: skip
    answer = TextAreaField(lazy("Reason"), [Required(lazy("Write the reason; everybody reads it.")), WORDS])


class NoticeForm(BaseForm):
    contact = StringField(lazy("Contact"), [Required(lazy("Say whom one can ask, and how.")), Length(max=200)])


class MeetingForm(BaseForm):
    """A meeting as its minutes have it."""

    meeting = StringField(lazy("Meeting"), [Required(lazy("Say which meeting it was.")), SHORT])
    held_on = DateField(lazy("Held on"), [Required(lazy("Enter the day."))])
    place = StringField(lazy("Place"), [Required(lazy("Say where it was held.")), SHORT])
    presided_by = StringField(lazy("Presided by"), [Required(lazy("Say who presided.")), SHORT])
    recorded_as = StringField(lazy("Number of the minutes"), [SHORT])
    entitled = WholeNumberField(lazy("Entitled to vote"), [Required(lazy("Enter a number."))])
    present = WholeNumberField(lazy_pgettext("meeting", "Present"), [Required(lazy("Enter a number."))])
    in_favour = WholeNumberField(lazy("In favour"), [Required(lazy("Enter a number."))])
    against = WholeNumberField(lazy_pgettext("meeting", "Against"), [Required(lazy("Enter a number."))])
    abstained = WholeNumberField(lazy("Abstained"), [Required(lazy("Enter a number."))])
    effective_on = DateField(lazy("Takes effect on"))
