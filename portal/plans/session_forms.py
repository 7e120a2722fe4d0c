"""The shape of a session's form: its hours, its needs by skill in rows, what a recruitment notice states."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import BooleanField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.core.forms import BaseForm, DateField, Length, PhoneField, Required, TimeField, WholeNumberField, choices
from portal.core.i18n import _, lazy, lazy_pgettext, pgettext
from portal.plans.forms import scope_field
from portal.plans.pattern import Every

MOST_ROWS = 12
SPARE_ROWS = 2
ANYBODY = ""


class NeedsField(Field):
    """Rows of how many are wanted with which skill; `pairs` are those filled in."""

    data: list[tuple[str, str]]
    pairs: list[tuple[str, int]]
    skills: list[tuple[str, str]]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors, self.errors, self.pairs = [], [], []
        self.data = data if isinstance(data, list) else []
        if formdata is not None:
            skills, counts = formdata.getlist("need_skill"), formdata.getlist("need_count")
            rows = zip(skills, (_plain(count) for count in counts), strict=False)
            self.data = [(skill, count) for skill, count in rows if count][:MOST_ROWS]

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        known = {skill for skill, _label in self.skills}
        for skill, count in self.data:
            if skill not in known:
                raise ValidationError(_("Choose a skill of the list."))
            if not (count.isascii() and count.isdecimal() and len(count) <= 6):
                raise ValidationError(_("Say how many are wanted as a whole number, for example 10."))
            self.pairs.append((skill, int(count)))

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The rows as the page shows them, with empty ones behind."""
        return [*self.data, *[(ANYBODY, "")] * (1 if self.data else SPARE_ROWS)][:MOST_ROWS]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("\0", "").strip()


class DaysField(Field):
    """The days of a pattern that are ticked."""

    data: list[str]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors, self.errors = [], []
        self.data = formdata.getlist("on") if formdata is not None else []


class SessionForm(BaseForm):
    """A session with all that a recruitment notice states."""

    day = DateField(lazy("Day"), [Required(lazy("Enter the day of the session."))])
    starts = TimeField(lazy("Begins at"), [Required(lazy("Enter when it begins."))])
    ends = TimeField(lazy("Ends at"), [Required(lazy("Enter when it ends."))])
    deadline_day = DateField(lazy("Sign-up until"))
    deadline_time = TimeField(lazy("Closing time"))
    place = StringField(lazy("Place"), [Length(max=80)])
    needs = NeedsField(lazy("Who is wanted, and how many"))
    min_people = WholeNumberField(lazy("At least so many are needed"))
    min_age = WholeNumberField(lazy("Age from"))
    max_age = WholeNumberField(lazy("Age up to"))
    own_only = BooleanField(lazy("Only for our own volunteers"))
    conditions = TextAreaField(lazy("Conditions"), [Length(max=500)])
    content = TextAreaField(lazy("Content"), [Length(max=2000)])
    risks = TextAreaField(lazy("Risks"), [Length(max=1000)])
    safeguards = TextAreaField(lazy("Safeguards"), [Length(max=1000)])
    contact_name = StringField(lazy("Whom to ask"), [Length(max=40)])
    contact_phone = PhoneField(lazy("Phone for questions"))
    every = SelectField(lazy("Repeat"), default="", validate_choice=False)
    until = DateField(lazy_pgettext("repeat", "Until"))
    on = DaysField()
    pattern = HiddenField()
    seen = HiddenField()  # what the session stated when it was shown
    scope = scope_field()

    def offer(self, skills: Iterable[tuple[str, str]]) -> None:
        """Set the choices."""
        self.needs.skills = [(ANYBODY, _("Anybody")), *skills]
        if "every" in self:
            self.every.choices = choices([("", pgettext("repeat", "Once")), *Every.labels().items()])

    @property
    def repeats(self) -> bool:
        return "every" in self and self.every.data in set(Every)

    @property
    def said(self) -> str:
        """The pattern as it was previewed: when another is asked for, it is previewed anew."""
        return f"{self.day.data}/{self.every.data}/{self.until.data}"

    def validate_until(self, field: Any) -> None:
        if self.repeats and field.data is None:
            raise ValidationError(_("Enter until when it is repeated."))

    def chosen(self, days: Iterable[date]) -> list[date]:
        """Those of the pattern's days that are ticked."""
        return [day for day in days if day.isoformat() in self.on.data]
