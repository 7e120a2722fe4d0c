"""The shape of what is typed about stars and certificates."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length

from portal.certificates.models import StarState
from portal.core.forms import BaseForm, DateField, Required, choices
from portal.core.i18n import _, lazy, lazy_pgettext

_BETWEEN = re.compile(r"[\s,;/、，；]+")


class HoursField(StringField):
    """Whole numbers in a row, 100 300 600, with whatever people write between them."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        self.numbers: list[int] = []
        parts = [part for part in _BETWEEN.split(unicodedata.normalize("NFKC", str(self.data or ""))) if part]
        if any(not part.isascii() or not part.isdecimal() or len(part) > 6 for part in parts):
            raise ValueError(_("Write whole hours, for example 100 300 600 1000 1500."))
        self.numbers = [int(part) for part in parts]


class TableForm(BaseForm):
    effective_on = DateField(lazy("In force from"), [Required(lazy("Enter the day."))])
    hours = HoursField(lazy("Hours for one star, two stars and so on"), [Required(), Length(max=100)])
    basis = StringField(lazy("Basis"), [Required(lazy("Say on what the table is based.")), Length(max=200)])


class AskForm(BaseForm):
    """Whom to ask, for who serves with several."""

    association = SelectField(lazy("Association"), validate_choice=False)


class RefuseForm(BaseForm):
    reason = TextAreaField(lazy("Reason"), [Required(lazy("Say why the star is not granted.")), Length(max=300)])


class StateForm(BaseForm):
    """Which requests a list shows. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    state = SelectField(lazy_pgettext("stars", "Shows"), choices=choices(StarState.labels()), default="asked")


class StarredForm(BaseForm):
    """Who has how many stars. It is read from the address and changes nothing, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    stars = SelectField(lazy("Stars"), choices=[], validate_choice=False)


class SpanForm(BaseForm):
    """All service, or that of a year."""

    span = SelectField(
        lazy_pgettext("certificate", "Service of"), [Required(lazy("Choose from the list."))], choices=[]
    )


class OwnSpanForm(SpanForm):
    association = SelectField(lazy("Recording unit"), validate_choice=False)
