"""A row of a file on its way: its values, where it would go, and whom of the register it may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.associations.models import Group
from portal.imports.models import RowVerdict
from portal.imports.parsing import Row
from portal.imports.queries import Known
from portal.members.models import Holder, MembershipKind

FILLED = ("identity_number", "sex", "birth_on", "phone", "email", "residence", "guardian_name", "guardian_phone")


@dataclass(slots=True)
class Checked:
    """A row with what the check makes of it, and where it would go."""

    row: Row
    kind: MembershipKind | None = None
    group: Group | None = None
    joined_on: date | None = None
    sort_key: str = ""
    match: Known | None = None
    is_possible: bool = False
    is_member: bool = False  # here already, so that nothing is to be joined

    @property
    def verdict(self) -> RowVerdict:
        if self.row.is_faulty:
            return RowVerdict.FAULTY
        if self.match is None:
            return RowVerdict.NEW
        return RowVerdict.POSSIBLE if self.is_possible else RowVerdict.SAME

    @property
    def organisation(self) -> str:
        """Whose membership it is, if an organisation's."""
        is_one = self.kind is not None and self.kind.holder == Holder.ORGANISATION
        return str(self.row.values.get("organisation", "")) if is_one else ""

    def fills(self) -> list[str]:
        """Fields that the record lacks and the file has; an identity number only if nothing speaks against it."""
        known, values = self.match, self.row.values
        if known is None:
            return []
        found = [name for name in FILLED if values.get(name) and known.lacks(name)]
        if "identity_number" in found and contradicts(known, values):
            found.remove("identity_number")
        return found


def contradicts(known: Known, values: dict[str, Any]) -> bool:
    """Whether a record's sex or birth is another than the file's."""
    pairs = ((known.birth_on, values.get("birth_on")), (known.sex, values.get("sex")))
    return any(mine and theirs and mine != theirs for mine, theirs in pairs)


def age(birth: date, day: date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
