"""The shapes of input: an entry of the log book, its photos, the filter of the list, a reason."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.core.forms import BaseForm, DateField, Length, Required, WholeNumberField, choices
from portal.core.i18n import _, lazy, lazy_pgettext

LENGTHS = (60, 90, 120, 150, 180)
MOST_ROWS = 30
MOST_PEOPLE = 500


def plain(text: str) -> str:
    """What was typed, with full-width digits made plain and without what no database keeps."""
    return unicodedata.normalize("NFKC", text).replace("\0", "").strip()


def is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9


@dataclass
class Tick:
    """Somebody ticked. Until the person is listed with a row, `volunteer` is unsaid: the register decides."""

    public_id: str
    volunteer: bool | None = None
    minutes: str = ""

    def served(self, default: int) -> int | None:
        """The minutes typed, else those of the activity; None when what was typed is no number."""
        if not self.minutes:
            return default
        return int(self.minutes) if self.minutes.isascii() and self.minutes.isdecimal() else None


class PeopleField(Field):
    """Who is ticked (`person`), of those listed with a row who served as a volunteer, and how long if it differs."""

    data: list[Tick]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors, self.errors = [], []
        self.data = data if isinstance(data, list) else []
        if formdata is None:
            return
        listed, volunteers = set(formdata.getlist("listed")), set(formdata.getlist("volunteer"))
        self.data = [
            Tick(
                public_id,
                volunteer=public_id in volunteers if public_id in listed else None,
                minutes=plain(formdata.get(f"minutes-{public_id}", "")),
            )
            for public_id in dict.fromkeys(filter(None, formdata.getlist("person")))
        ][:MOST_PEOPLE]

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if any(tick.served(0) is None for tick in self.data):
            raise ValidationError(_("Write the minutes as a whole number, for example 90."))


class MaterialsField(Field):
    """Rows of what was handed out, with counts; `pairs` are the rows that were filled in."""

    data: list[tuple[str, str]]
    pairs: list[tuple[str, int]]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors, self.errors, self.pairs = [], [], []
        self.data = data if isinstance(data, list) else []
        if formdata is not None:
            names, counts = formdata.getlist("material_name"), formdata.getlist("material_count")
            rows = [(plain(name), plain(count)) for name, count in zip(names, counts, strict=False)]
            self.data = [row for row in rows if any(row)][:MOST_ROWS]

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        for name, count in self.data:
            if not name:
                raise ValidationError(_("Write what was handed out beside its number."))
            if not is_count(count):
                raise ValidationError(_("Write how many of “%(name)s”, as a whole number.", name=name))
            self.pairs.append((name, int(count)))

    def lacks(self, row: tuple[str, str], part: int) -> bool:
        """Whether this part of a row, what or how many, is what was refused; a row without either is none."""
        name, count = row
        return bool(self.errors) and any(row) and not (is_count(count) if part else name)


class PublicationForm(BaseForm):
    """What the officer states about photos before they are public."""

    photos_agreed = BooleanField(lazy("Everybody who can be recognised agreed to publication"))
    photos_absent = BooleanField(lazy("Those without consent are in none of these photos"))


class EntryForm(PublicationForm):
    """An entry of the log book. Names of fields stay as they are: people's browsers and our tests know them."""

    entry_key = HiddenField()
    session = HiddenField()
    activity = HiddenField()
    revision = HiddenField()
    kind = RadioField(
        lazy_pgettext("activity", "Kind"),
        [Required(lazy("Choose what kind of activity it was."))],
        validate_choice=False,
    )
    title = StringField(lazy_pgettext("activity", "Name"), [Length(max=80)])
    held_on = DateField(lazy("Date"), [Required(lazy("Enter the date of the activity."))])
    place = StringField(lazy("Place"), [Length(max=80)])
    length = RadioField(lazy("How long it lasted"), validate_choice=False)
    minutes = WholeNumberField(lazy("Another length"))
    group = SelectField(lazy("Group"), default="")
    q = StringField(lazy("Find people"))
    person = PeopleField(lazy("Who took part"))
    others_count = WholeNumberField(lazy("Others who took part"))
    materials = MaterialsField(lazy("Handed out or put up"))
    summary = TextAreaField(lazy("What was done"), [Length(max=2000)])
    photos = MultipleFileField(lazy("Photos"))
    is_public = BooleanField(lazy("Show this entry on the public page"), default=True)
    reason = StringField(lazy("Why it is corrected"), [Length(max=200)])

    def offer(self, kinds: Any, groups: Sequence[tuple[str, str]]) -> None:
        """Set the choices."""
        self.kind.choices = choices(kinds)
        self.length.choices = choices((n, _("%(minutes)d min", minutes=n)) for n in LENGTHS)
        self.group.choices = choices(groups)

    @property
    def duration(self) -> int:
        """Minutes: what was typed, else the length that was chosen."""
        chosen = str(self.length.data or "")
        return int(self.minutes.data or (chosen if chosen.isascii() and chosen.isdecimal() else 0))

    def validate_kind(self, field: Any) -> None:
        """Asked here as well as by the service: an entry without a name is named for its kind before that."""
        if field.data not in {one[0] for one in field.iter_choices()}:
            raise ValidationError(_("Choose what kind of activity it was."))

    def validate_minutes(self, field: Any) -> None:
        """Which of the two was meant last nobody can know: neither is taken silently."""
        if field.data and self.length.data and str(field.data) != self.length.data:
            raise ValidationError(_("Choose a length or type another, not both."))


class PhotoForm(PublicationForm):
    """A photo that is already in the record."""

    caption = StringField(lazy("What it shows"), [Length(max=120)])


class ReasonForm(BaseForm):
    """Why something is done that others will ask about."""

    reason = StringField(lazy("Reason"), [Required(lazy("Write the reason.")), Length(max=200)])


class FilterForm(BaseForm):
    """What the list shows. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    period = SelectField(lazy_pgettext("log book", "Period"), validate_choice=False)
    start = DateField(lazy_pgettext("date range", "From"))
    end = DateField(lazy_pgettext("date range", "To"))
    kind = SelectField(lazy_pgettext("activity", "Kind"), validate_choice=False)
    group = SelectField(lazy("Group"), validate_choice=False)
    place = StringField(lazy("Place"))
    q = StringField(lazy("Words"))
    state = SelectField(lazy("State"), validate_choice=False)
    below = BooleanField(lazy("With the associations below"))
