"""The shapes of input: a draft, a reason, the filters of the lists."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf

from portal.core.forms import BaseForm, DateField, Length, Required, TimeField
from portal.core.i18n import lazy, lazy_pgettext
from portal.core.text import printable

CONTENT = (
    "title", "kind", "subject", "body", "issuer", "document_number", "signed_on", "effective_on", "expires_on",
    "keywords", "contact",
)  # fmt: skip


class LineField(StringField):
    """Words on one line, with single spaces."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        self.data = " ".join(printable(self.data or "").split())


class KeywordsField(LineField):
    """Words separated by spaces; commas do as well."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        words = (self.data or "").translate(str.maketrans("，、,;；", "     ")).split()
        self.data = " ".join(dict.fromkeys(words))


class ProseField(TextAreaField):
    """A text of several lines."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        self.data = printable(self.data or "").strip()


def _word(value: Any) -> str:
    """What was chosen; nothing when nothing was sent."""
    return printable(str(value or ""))


class ToPublish:
    """A draft may lack it, a published notice may not: so the field is not marked as optional."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Whether it is there is asked when the draft is to be published."""


class DraftForm(BaseForm):
    """A draft. What belongs to the notice as a whole is taken off when a published one is corrected."""

    entry_key = HiddenField()
    revision = HiddenField()
    correction_note = LineField(
        lazy("What is corrected"), [Required(lazy("Say what is corrected.")), Length(max=500)]
    )
    title = LineField(lazy("Title"), [Required(lazy("Write a title.")), Length(max=120)])
    kind = RadioField(lazy("Kind"), [Required(lazy("Choose the kind of notice."))], validate_choice=False)
    body = ProseField(lazy_pgettext("notice", "Text"), [ToPublish(), Length(max=100_000)])
    issuer = LineField(lazy("Issuer"), [ToPublish(), Length(max=120)])
    document_number = LineField(lazy("Document number"), [Length(max=60)])
    signed_on = DateField(lazy("Date signed"))
    effective_on = DateField(lazy("Takes effect on"))
    expires_on = DateField(lazy("In force until"))
    supersedes = SelectField(lazy("Supersedes"), validate_choice=False)
    subject = SelectField(lazy_pgettext("notice", "Subject"), validate_choice=False, filters=[_word])
    keywords = KeywordsField(lazy("Keywords"), [Length(max=200)])
    contact = LineField(lazy("Contact"), [Length(max=200)])
    target = SelectField(lazy("Also on the pages of"), validate_choice=False)
    is_pinned = BooleanField(lazy("Keep at the top of the list"))

    def offer(self, kinds: Any, subjects: Any, older: Any, targets: Any) -> None:
        """Set the choices: kinds, subjects, own published notices to supersede, whose pages it may stand on."""
        self.kind.choices = kinds
        self.subject.choices = subjects
        self.supersedes.choices = older
        self.target.choices = targets
        if len(targets) < 3:  # nobody stands below: no other page
            del self.target

    def keep_first(self) -> None:
        """The fields of a first publication."""
        del self.correction_note

    def keep_correction(self) -> None:
        """The fields of a correction: what a notice supersedes and where it stands is settled already."""
        del self.supersedes, self.is_pinned
        if self.target is not None:
            del self.target


class ReasonForm(BaseForm):
    """Why a notice is withdrawn."""

    reason = ProseField(
        lazy("Reason"), [Required(lazy("Write why it is withdrawn; everybody will read it.")), Length(max=500)]
    )


class ReviewForm(BaseForm):
    """What whoever reviews a draft says: it may be published, or what is to be changed."""

    note = ProseField(lazy_pgettext("review", "Note"), [Length(max=500)])
    decision = StringField(validators=[AnyOf(("approve", "send_back"))])


class ScheduleForm(BaseForm):
    """When it is to be published."""

    day = DateField(lazy("Day"), [Required(lazy("Enter the day."))])
    at = TimeField(lazy("Time"), [Required(lazy("Enter the time."))])


class SubjectForm(BaseForm):
    """A subject of the federation's list."""

    name = LineField(lazy_pgettext("subject", "Name"), [Required(lazy("Enter a name.")), Length(max=20)])


class PlainForm(BaseForm):
    """Nothing but the wish."""


class FilterForm(BaseForm):
    """What a list shows. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = LineField(lazy("Words of the title"))
    kind = SelectField(lazy("Kind"), validate_choice=False)
    association = SelectField(lazy("Association"), validate_choice=False)
    year = SelectField(lazy("Year"), validate_choice=False)


class AttachForm(BaseForm):
    """Files and pictures to add to a draft."""

    file = MultipleFileField(lazy("Files and pictures"), [ToPublish()])
    alternative = LineField(lazy("What the picture shows"), [Length(max=300)])


class DescribeForm(BaseForm):
    """A picture in words, for who does not see it."""

    file_id: str
    alternative = LineField(lazy("What the picture shows"), [ToPublish(), Length(max=300)])
