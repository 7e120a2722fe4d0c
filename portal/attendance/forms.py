"""Forms of attendance: a code that is read or typed, the paper list, what an officer decides."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import time
from typing import Any

from wtforms import RadioField, StringField
from wtforms.validators import Length

from portal.core.forms import BaseForm, Required, WholeNumberField, choices
from portal.core.i18n import _, lazy, lazy_pgettext

# What people write for "the same as above".
DITTO = {"=", "＝", '"', "″", "〃", "”", "“", "同", "同上", "上同"}
_CLOCK = re.compile(r"(\d{1,2})(?:[:.点时](\d{2})?分?|(\d{2})|)")
_MINUTES = re.compile(r"\+(\d{1,4})|(\d{1,4})(?:分钟?|min|m|')")


class CodeForm(BaseForm):
    what = RadioField(
        lazy("What is scanned"),
        choices=choices(
            [("in", lazy_pgettext("attendance", "Check in")), ("out", lazy_pgettext("attendance", "Check out"))]
        ),
        validators=[Required()],
    )
    code = StringField(lazy("The volunteer's code"), [Required(), Length(max=100)])


class ReviewForm(BaseForm):
    minutes = WholeNumberField(lazy("Minutes"), [])
    reason = StringField(lazy("Reason"), [Required(lazy("Say why.")), Length(max=200)])


class ClockField(StringField):
    """A time of the day as people write it: 0900, 900, 9:00, 9.30, ９：００, 9点30; or "the same as above"."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        self.data = self.data or ""

    @property
    def typed(self) -> str:
        return unicodedata.normalize("NFKC", self.data or "").replace(" ", "").lower()

    @property
    def is_ditto(self) -> bool:
        return self.typed in DITTO

    def read(self) -> time | None:
        """The time; None when nothing is written. Raises ValueError for what is none."""
        if not self.typed:
            return None
        match = _CLOCK.fullmatch(self.typed)
        if not match:
            raise ValueError(_("Write a time such as 9:00 or 0900."))
        hours, minutes = int(match[1]), int(match[2] or match[3] or 0)
        if hours > 23 or minutes > 59:
            raise ValueError(_("There is no such time."))
        return time(hours, minutes)


class LeavingField(ClockField):
    """When somebody left, or how many minutes after coming: +90, 90分."""

    @property
    def minutes(self) -> int | None:
        match = _MINUTES.fullmatch(self.typed)
        return int(match[1] or match[2]) if match else None


class PaperForm(BaseForm):
    """The list as it lies on the desk: two boxes a person, and two that fill the empty ones."""

    q = StringField(lazy("Somebody who is not on the list"), [Length(max=100)])
    in_all = ClockField(lazy("Everybody came at"), [Length(max=20)])
    out_all = LeavingField(lazy("Everybody left at, or minutes"), [Length(max=20)])


def paper_form(keys: Iterable[str]) -> type[PaperForm]:
    """The form of a list with these people, in their order."""
    boxes = {}
    for key in keys:
        boxes[f"in_{key}"] = ClockField(lazy_pgettext("attendance", "In"), [Length(max=20)])
        boxes[f"out_{key}"] = LeavingField(lazy("Out, or minutes"), [Length(max=20)])
    return type("PaperForm", (PaperForm,), boxes)
