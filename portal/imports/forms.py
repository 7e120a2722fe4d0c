"""Shapes of input of an import: the file, the columns' names, a choice, the statement that forms are held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import Optional

from portal.core.forms import BaseForm, DateField, Required, choices
from portal.core.i18n import _, lazy
from portal.imports.fields import FIELDS

MISSING_GROUPS = {
    "refuse": lazy("The row stays out, and comes back to be mended"),
    "none": lazy("The person is entered without a group"),
}


class UploadForm(BaseForm):
    """One file."""

    file = FileField(lazy("File"), [Required(lazy("Choose a file."))])


class SheetForm(BaseForm):
    """Which sheet of the workbook holds the table."""

    sheet = SelectField(lazy("Sheet"), coerce=int)


class ColumnsForm(BaseForm):
    """What stands in where a row says nothing. The columns' own fields are added by `columns_form`."""

    kind = SelectField(lazy("Kind of membership"), [Required(lazy("Choose one."))])
    group = SelectField(lazy("Group"), [Optional()])
    joined_on = DateField(lazy("Day of joining"), [Required(lazy("Enter the day."))])
    missing_group = RadioField(
        lazy("A group of the file that the association does not have"),
        [Required(lazy("Choose one."))],
        choices=choices(MISSING_GROUPS),
    )

    @property
    def mapping(self) -> dict[int, str]:
        """Column of the file → field, or nothing where it is not taken in."""
        found = {name.partition("_")[2]: field.data for name, field in self._fields.items() if _is_column(name)}
        return {int(column): str(field or "") for column, field in found.items()}


def _is_column(name: str) -> bool:
    return name.startswith("column_")


def columns_form(
    columns: Sequence[tuple[int, str]], kinds: Sequence[Any], groups: Sequence[Any], **known: Any
) -> Any:
    """The form for a table of these columns."""

    class Form(ColumnsForm):
        pass

    options = choices([("", _("Not taken in")), *FIELDS.items()])
    for index, heading in columns:
        label = heading or _("(no heading)")
        setattr(Form, f"column_{index}", SelectField(label, [Optional()], choices=options))
    form = Form(**known)
    form.kind.choices = choices((kind.public_id, kind.name) for kind in kinds)
    form.group.choices = choices([("", _("None")), *((group.public_id, group.name) for group in groups)])
    return form


class ChoiceForm(BaseForm):
    """What is to become of a row that is perhaps in the register."""

    choice = RadioField(
        choices=choices({"same": lazy("The same person"), "new": lazy("Somebody else"), "skip": lazy("Leave out")}),
        validators=[Required(lazy("Choose one."))],
    )


class ConfirmForm(BaseForm):
    """The officer states that everybody has agreed on paper."""

    has_forms = BooleanField(
        lazy("For each of these people we hold a signed form with the privacy notice"),
        [Required(lazy("Without the people’s consent nothing may be recorded."))],
    )


class PlainForm(BaseForm):
    """A token and nothing else."""
