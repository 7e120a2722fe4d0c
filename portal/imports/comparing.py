"""What the register already has of the rows that are sound."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from portal.associations.models import Association
from portal.core import search
from portal.core.calendar import today
from portal.core.encryption import blind_indexes
from portal.imports import queries
from portal.imports.queries import Known
from portal.imports.rows import Checked, age, contradicts
from portal.members.models import Holder
from portal.people.services import GUARDED_UNDER


class Register:
    """Finds each row's person: by identity number, by member number, by likeness."""

    def __init__(
        self, association: Association, reach: ColumnElement[bool], columns: dict[str, int], rows: list[Checked]
    ) -> None:
        self.association, self.reach, self.columns = association, reach, columns
        self.today = today(association.time_zone)
        self.sound = [checked for checked in rows if not checked.row.is_faulty]
        self.indexes = {
            checked.row.index: blind_indexes(number.value, "identity")
            for checked in self.sound
            if (number := checked.row.values.get("identity_number"))
        }

    def compare(self) -> None:
        self._by_identity()
        self._by_number()
        self._by_likeness()
        people = {checked.match.id for checked in self.sound if checked.match}
        here = queries.members_here(self.association, people)
        for checked in self.sound:
            self._settle(checked, here)

    def _by_identity(self) -> None:
        wanted = [index for indexes in self.indexes.values() for index in indexes]
        known = queries.known_by_identity(self.reach, self.association, wanted)
        for checked in self.sound:
            found = [known[index] for index in self.indexes.get(checked.row.index, ()) if index in known]
            if found and not found[0].is_seen:
                checked.row.fault("elsewhere", self.columns["identity_number"])
            elif found:
                checked.match = found[0]
                other = search.normalise(found[0].name) != search.normalise(checked.row.values["name"])
                checked.is_possible = other
                if other:
                    checked.row.note("name_differs")

    def _by_number(self) -> None:
        """A number that is in force here under the same name names the person; any other is taken."""
        numbers = {checked.row.values["number"] for checked in self.sound if "number" in checked.row.values}
        held = queries.numbers_held(numbers)
        ids = {person for person, place, live in held.values() if live and place == self.association.id}
        known = queries.known_by_id(self.reach, self.association, ids)
        for checked in self.sound:
            holder = held.get(checked.row.values.get("number", ""))
            if holder is None:
                continue
            person = known.get(holder[0]) if holder[1] == self.association.id and holder[2] else None
            if person and self._is_they(checked, person):
                checked.match = person
            else:
                checked.row.fault("number_taken", self.columns["number"])

    def _is_they(self, checked: Checked, person: Known) -> bool:
        if checked.match is not None:
            return checked.match.id == person.id
        numbered = person.identity_index and checked.row.index in self.indexes
        return person.sort_key == checked.sort_key and not numbered and not contradicts(person, checked.row.values)

    def _by_likeness(self) -> None:
        open_rows = [checked for checked in self.sound if not checked.match and not checked.row.is_faulty]
        phones = {
            checked.row.index: blind_indexes(checked.row.values["phone"], "phone")
            for checked in open_rows
            if checked.row.values.get("phone")
        }
        names = {
            (checked.sort_key, checked.row.values["birth_on"])
            for checked in open_rows
            if checked.row.values.get("birth_on")
        }
        wanted = [index for indexes in phones.values() for index in indexes]
        keys = {checked.sort_key for checked in open_rows}
        alike = queries.known_alike(self.reach, self.association, wanted, names, keys)
        for checked in open_rows:
            best = self._likest(checked, phones.get(checked.row.index, []), alike.get(checked.sort_key, {}))
            if best is not None:
                checked.match, checked.is_possible = best, True
                checked.row.note("alike")

    def _likest(self, checked: Checked, phones: list[str], candidates: dict[int, Known]) -> Known | None:
        """The record with most in common: none with another identity number, none that only shares the name where
        phone or birth differ."""
        best: tuple[int, int] | None = None
        birth = checked.row.values.get("birth_on")
        for known in candidates.values():
            if known.identity_index and checked.row.index in self.indexes:
                continue
            same = (known.phone_index in phones) + 2 * bool(birth and known.birth_on == birth)
            differs = bool(birth and known.birth_on and known.birth_on != birth) or bool(
                phones and known.phone_index and known.phone_index not in phones
            )
            if (same or not differs) and (best is None or (same, -known.id) > best):
                best = (same, -known.id)
        return candidates[-best[1]] if best else None

    def _settle(self, checked: Checked, here: set[tuple[int, str]]) -> None:
        row, known = checked.row, checked.match
        if row.is_faulty:
            checked.match = None
            return
        self._check_guardian(checked)
        if known is None or row.is_faulty:
            return
        checked.is_member = (known.id, checked.organisation) in here
        if not checked.is_member and self._joins_unborn(checked, known):
            row.fault("joined_before_birth", self.columns.get("joined_on"))
            checked.match = None
            return
        row.note("member_here" if checked.is_member else "joins")
        if filled := checked.fills():
            row.note("fills", *filled)

    @staticmethod
    def _joins_unborn(checked: Checked, known: Known) -> bool:
        """Whether the day of joining lies before the birth that the register has."""
        is_own = checked.kind is not None and checked.kind.holder == Holder.PERSON
        return bool(is_own and known.birth_on and checked.joined_on and checked.joined_on < known.birth_on)

    def _check_guardian(self, checked: Checked) -> None:
        values, known = checked.row.values, checked.match
        birth = values.get("birth_on") or (known.birth_on if known else None)
        if birth is None or age(birth, self.today) >= GUARDED_UNDER:
            return
        missing = [
            name
            for name in ("guardian_name", "guardian_phone")
            if not values.get(name) and (known is None or known.lacks(name))
        ]
        if missing:
            checked.row.fault("guardian_missing", self.columns.get(missing[0]))
