"""The rows of an import put together and encrypted before the first of them is written: nobody waits for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.associations.models import Association
from portal.core import search
from portal.core.calendar import now, today
from portal.core.database import new_public_id
from portal.core.encryption import blind_index, encrypt
from portal.imports.rows import Checked, age
from portal.people.services import GUARDED_UNDER


@dataclass(slots=True)
class Entry:
    """A row that is taken in: as a new person, or joined to a record that is there."""

    checked: Checked
    person: dict[str, Any] | None = None
    grams: tuple[str, ...] = ()
    person_id: int = 0
    membership: dict[str, Any] | None = None
    held: list[Any] | None = None  # the affiliation as it was before, for an undo

    @property
    def needs_nothing(self) -> bool:
        """A record that is there, with nothing to fill in and no membership to begin."""
        return not (self.person or self.membership or self.checked.fills())

    @property
    def birth_on(self) -> date | None:
        found: date | None = self.checked.row.values.get("birth_on")
        return found or (self.checked.match.birth_on if self.checked.match else None)


def is_guarded(birth_on: date) -> bool:
    return age(birth_on, today()) < GUARDED_UNDER


def prepare(association: Association, rows: Sequence[Checked], choices: dict[int, str]) -> list[Entry]:
    """The rows that are taken in, put together and encrypted; nothing is asked of the database."""
    entries, joined, filed = [], set(), _Filed()
    for checked in rows:
        wanted = {"faulty": "skip", "new": "new", "same": "same"}.get(checked.verdict, "")
        wanted = wanted or choices.get(checked.row.number, "") or "skip"
        if wanted == "skip":
            continue
        if wanted == "new":
            checked.match, checked.is_member = None, False
            entry = Entry(checked, new_person(checked), filed.grams(checked.row.values["name"]))
        else:
            assert checked.match is not None
            entry = Entry(checked, person_id=checked.match.id)
        assert checked.kind is not None
        key = (entry.person_id, checked.organisation)
        if not checked.is_member and (entry.person or key not in joined):
            entry.membership = new_membership(association, checked)
        joined.add(key)
        entries.append(entry)
    return entries


class _Filed:
    """The grams of names, each text once: thousands of people share surnames, syllables and whole names."""

    def __init__(self) -> None:
        self._names: dict[str, tuple[str, ...]] = {}
        self._texts: dict[str, str] = {}

    def grams(self, name: str) -> tuple[str, ...]:
        if name not in self._names:
            found = sorted(search.name_grams(name))
            self._names[name] = tuple(self._texts.setdefault(gram, gram) for gram in found)
        return self._names[name]


def person_values(checked: Checked) -> dict[str, Any]:
    """What the file says of a person, as people.services takes it."""
    values = dict(checked.row.values)
    if "identity_number" in values:
        values["identity_number"] = values["identity_number"].value
    return values


def new_person(checked: Checked) -> dict[str, Any]:
    values = person_values(checked)
    number, phone, guardian = (values.get(key) or None for key in ("identity_number", "phone", "guardian_phone"))
    return {
        "public_id": new_public_id(),
        "name": values["name"],
        "sort_key": checked.sort_key,
        "sex": values.get("sex"),
        "birth_on": values.get("birth_on"),
        "identity_number": encrypt(number) if number else None,
        "identity_index": blind_index(number, "identity") if number else None,
        "identity_last4": number[-4:] if number else None,
        "phone": encrypt(phone) if phone else None,
        "phone_index": blind_index(phone, "phone") if phone else None,
        "phone_last4": phone[-4:] if phone else None,
        "email": values.get("email") or None,
        "residence": values.get("residence") or "",
        "guardian_name": values.get("guardian_name") or "",
        "guardian_phone": encrypt(guardian) if guardian else None,
        "created_at": now(),
    }


def new_membership(association: Association, checked: Checked) -> dict[str, Any]:
    assert checked.kind is not None
    name_key = checked.match.sort_key if checked.match else checked.sort_key
    return {
        "public_id": new_public_id(),
        "number": checked.row.values.get("number", ""),
        "kind_id": checked.kind.id,
        "organisation_name": checked.organisation,
        "sort_key": search.sort_key(checked.organisation) if checked.organisation else name_key,
        "association_id": association.id,
        "group_id": checked.group.id if checked.group else None,
        "joined_on": checked.joined_on,
        "suspension_reason": "",
        "end_note": "",
        "created_at": now(),
    }
