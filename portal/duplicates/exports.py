"""The pairs as files: those of the queue, those told apart, and what was merged, as their pages show them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.core import access
from portal.core.downloads import ListFile, each, words
from portal.core.formats import local
from portal.core.i18n import _, pgettext
from portal.duplicates.models import PersonMerge
from portal.duplicates.words import SIGNS, signs_of
from portal.people.models import Person


def pairs(statement: Any) -> ListFile:
    """Both records, phones masked, where each is held, and what they share."""
    signs, comma, sees = words(SIGNS), _(", "), access.sight()

    def line(pair: Any) -> list[str]:
        held = [cell for person in pair for cell in (person.name, person.masked_phone, _held_at(person, comma, sees))]
        return [*held, comma.join(signs[sign] for sign in signs_of(*pair))]

    about = [_("Phone"), _("Held at")]
    return ListFile(_("Duplicates"), [*_two(about), _("What they share")], statement, each(line))


def told_apart(statement: Any, zone: str) -> ListFile:
    def line(row: Any) -> list[Any]:
        decided, *people = row
        return [*(cell for person in people for cell in (person.name, person.masked_phone)), _day(decided.at, zone)]

    return ListFile(_("Told apart"), [*_two([_("Phone")]), pgettext("told apart", "On")], statement, each(line))


def merges(statement: Any, zone: str) -> ListFile:
    states = {False: pgettext("duplicates", "Merged"), True: _("Undone")}

    def line(row: PersonMerge) -> list[Any]:
        return [row.kept.name, row.gone.name, _day(row.merged_at, zone), states[row.undone_at is not None]]

    headings = [_("Record that stayed"), _("Record that went"), _("Merged on"), _("State")]
    return ListFile(_("Merged records"), headings, statement, each(line))


def _two(about: list[str]) -> list[str]:
    """The headings of both records: each the name, and what else is told of it."""
    records = (_("Record 1"), _("Record 2"))
    return [heading for record in records for heading in (record, *(f"{record} · {name}" for name in about))]


def _held_at(person: Person, comma: str, sees: Callable[[Any], bool]) -> str:
    """Where the record is held, each place once."""
    places = (
        held.association.display_name + (f" · {held.group.name}" if held.group else "")
        for held in person.affiliations
        if held.is_live and sees(held)
    )
    return comma.join(dict.fromkeys(places))


def _day(moment: Any, zone: str) -> Any:
    return local(moment, zone).date()
