"""What the check says of a row, in words. A reason is [code, column of the file or None, …values]: no cell's text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.core.forms import IDENTITY_MESSAGES
from portal.core.i18n import _, lazy, pgettext
from portal.imports.fields import FIELDS

FAULTS = {
    "name_missing": lazy("The name is missing."),
    "name_wrong": lazy("This is no name: it has digits in it, or is too long."),
    "id_damaged": lazy("Excel has damaged this number, its last digits are lost. Write it again in a text cell."),
    "id_old": lazy("A number of 15 digits is no longer valid; enter the one of 18 characters."),
    "id_length": IDENTITY_MESSAGES["length"],
    "id_characters": IDENTITY_MESSAGES["characters"],
    "id_date": IDENTITY_MESSAGES["date"],
    "id_checksum": IDENTITY_MESSAGES["checksum"],
    "sex_wrong": lazy("Sex can only be 男 or 女."),
    "sex_differs": lazy("Sex and identity number do not agree."),
    "birth_wrong": lazy("This is no date of birth that can be read, for example 1960-03-05."),
    "birth_differs": lazy("Date of birth and identity number do not agree."),
    "birth_future": lazy("The date of birth lies in the future."),
    "phone_damaged": lazy("Excel has damaged this phone number. Write it again in a text cell."),
    "phone_two": lazy("There is more than one phone number here; keep one."),
    "phone_area": lazy("The area code of this phone number is missing."),
    "phone_wrong": lazy("This is no phone number: a mobile has 11 digits, a landline its area code."),
    "email_wrong": lazy("This is no e-mail address."),
    "residence_long": lazy("The address is too long: at most 120 characters."),
    "organisation_long": lazy("The organisation’s name is too long: at most 120 characters."),
    "group_unknown": lazy("The association has no group of this name."),
    "kind_unknown": lazy("There is no kind of membership of this name."),
    "number_wrong": lazy("A member number has at most 32 letters, digits, dots and dashes."),
    "number_taken": lazy("This member number is taken."),
    "joined_wrong": lazy("This is no date that can be read, for example 2021-03-05."),
    "joined_month": lazy("January or October? Write the month with two digits, 2021-01 or 2021-10."),
    "joined_future": lazy("The day of joining lies in the future."),
    "joined_before_birth": lazy("The day of joining lies before the date of birth."),
    "organisation_missing": lazy("For this kind of membership the organisation’s name is missing."),
    "guardian_missing": lazy("The person is under 14: name and phone of a guardian are missing."),
    "elsewhere": lazy("This person is already in the register of another association. Ask for a transfer."),
}  # fmt: skip
NOTES = {
    "joins": lazy("Is in the register already and becomes a member here."),
    "member_here": lazy("Is a member here already: nothing to do."),
    "name_differs": lazy("The identity number stands in the register under another name."),
    "alike": lazy("Same name, and the same phone, date of birth or association."),
    "birth_month": lazy("The date of birth has no day and is not taken in."),
    "without_group": lazy("The association has no group of this name: entered without a group."),
}
MAYBE = {  # the same of a row for which nobody has said yet whether it is that person
    "joins": lazy("If it is the same person, it becomes a member here under that record."),
    "member_here": lazy("If it is the same person, it is a member here already and there is nothing to do."),
}
SILENT = ("held",)  # kept for an undo only


def filled_by(reasons: Sequence[Sequence[Any]]) -> list[str]:
    """The fields of a record that a row fills in."""
    return next((list(reason[2:]) for reason in reasons if reason[0] == "fills"), [])


def words(reason: Sequence[Any]) -> str:
    """A reason as a sentence in the reader's language."""
    code, _column, *values = reason
    if code == "repeated":
        return _("The same person or number stands in row %(row)s already.", row=values[0])
    if code == "fills":
        names = pgettext("list", ", ").join(str(FIELDS[name]) for name in values)
        return _("Empty fields are filled in: %(fields)s. Nothing is overwritten.", fields=names)
    return str(FAULTS[code] if code in FAULTS else NOTES[code])


def shown(reasons: Sequence[Sequence[Any]], number: int, outcome: str = "") -> list[tuple[str, str]]:
    """(cell such as C12 or nothing, sentence) of each reason that is said of a row that comes to this outcome."""
    found = []
    for reason in reasons:
        if reason[0] not in SILENT and not (reason[0] in (*MAYBE, "fills") and outcome in ("new", "skip")):
            cell = f"{letters(reason[1])}{number}" if reason[1] is not None else ""
            maybe = MAYBE.get(reason[0]) if outcome == "possible" else None
            found.append((cell, str(maybe or words(reason))))
    return found


def faults(reasons: Sequence[Sequence[Any]], number: int) -> list[tuple[str, str]]:
    """The same of what is wrong alone, without the notes."""
    return shown([reason for reason in reasons if reason[0] in FAULTS or reason[0] == "repeated"], number)


def letters(column: int) -> str:
    """The name of a column, counted from 0, as spreadsheets show it: A … Z, AA …"""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
