"""Shapes of input about bank files and their lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import Optional

from portal.bank.fields import FIELDS
from portal.core.forms import BaseForm, DateField, Length, Required, choices
from portal.core.i18n import _, lazy, lazy_pgettext
from portal.payments.kinds import Method

REASON = 200
WAYS = (Method.TRANSFER, Method.MOBILE)


class UploadForm(BaseForm):
    """One file."""

    file = FileField(lazy("File"), [Required(lazy("Choose a file."))])


class ColumnsForm(BaseForm):
    """How the money came; the columns' own fields are added by `columns_form`."""

    method = RadioField(
        lazy("How this money came"),
        [Required(lazy("Choose how the money came."))],
        choices=choices((way, Method.labels()[way]) for way in WAYS),
    )

    @property
    def mapping(self) -> dict[int, str]:
        """Column of the file → field, or nothing where it is not taken in."""
        found = {
            name.removeprefix("column_"): field.data for name, field in self._fields.items() if "column_" in name
        }
        return {int(column): str(field or "") for column, field in found.items()}


def columns_form(columns: Sequence[tuple[int, str]], **known: Any) -> Any:
    """The form for a table of these columns."""

    class Form(ColumnsForm):
        pass

    options = choices([("", _("Not taken in")), *FIELDS.items()])
    for index, heading in columns:
        label = heading or _("(no heading)")
        setattr(Form, f"column_{index}", SelectField(label, [Optional()], choices=options))
    return Form(**known)


class MatchForm(BaseForm):
    """A line is somebody's payment."""

    on = DateField(lazy("Date received"), [Required(lazy("Enter the day on which the money was received."))])
    advance = BooleanField(lazy("The rest stays as credit"))
    note = StringField(lazy("Note"), [Optional(), Length(max=REASON)])


class AsideForm(BaseForm):
    """What the money is, if it is no dues."""

    reason = StringField(
        lazy_pgettext("bank line", "What it is"),
        [Required(lazy("Say in a few words what the money is.")), Length(max=REASON)],
    )


class PlainForm(BaseForm):
    """A token and nothing else."""


class FilterForm(BaseForm):
    """What of the list is shown."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(lazy_pgettext("bank line", "Name, memo or number"), [Optional()])
