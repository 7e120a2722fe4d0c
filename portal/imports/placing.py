"""Which kind, which group and which day of joining a row means."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.associations.models import Association, Group
from portal.associations.queries import list_groups
from portal.core import search
from portal.core.calendar import today
from portal.imports.parsing import Row
from portal.imports.rows import Checked
from portal.members.models import Holder, MembershipKind
from portal.members.queries import list_kinds

_NUMERALS = {numeral: str(n) for n, numeral in enumerate("〇一二三四五六七八九")}


class Places:
    """The kinds and groups of an association, and what stands in where a row says nothing."""

    def __init__(self, association: Association, options: dict[str, Any], columns: dict[str, int]) -> None:
        self.options, self.columns, self.today = options, columns, today(association.time_zone)
        kinds, groups = list_kinds(association), list_groups(association)
        self.kinds = {search.normalise(kind.name): kind for kind in kinds}
        self.groups = {group_key(group.name): group for group in groups} | {
            search.normalise(group.name): group for group in groups
        }
        self.kind = next((kind for kind in kinds if kind.public_id == self.options["kind"]), None)
        self.group = next((group for group in groups if group.public_id == self.options["group"]), None)
        self.joined_on = date.fromisoformat(self.options["joined_on"])

    def place(self, row: Row) -> Checked:
        values = row.values
        checked = Checked(row, sort_key=search.sort_key(values.get("name", "")))
        checked.kind, checked.group = self._kind(row), self._group(row)
        checked.joined_on = values.get("joined_on", self.joined_on)
        self._check_days(row, checked.joined_on, checked.kind)
        if checked.kind and checked.kind.holder == Holder.ORGANISATION and not values.get("organisation"):
            row.fault("organisation_missing", self.columns.get("organisation"))
        return checked

    def _kind(self, row: Row) -> MembershipKind | None:
        written = row.values.get("kind")
        found = self.kinds.get(search.normalise(written)) if written else self.kind
        if found is None:
            row.fault("kind_unknown", self.columns.get("kind"))
        return found

    def _group(self, row: Row) -> Group | None:
        written = row.values.get("group")
        if not written:
            return self.group
        found = self.groups.get(search.normalise(written)) or self.groups.get(group_key(written))
        if found is None and self.options["missing_group"] == "none":
            row.note("without_group")
        elif found is None:
            row.fault("group_unknown", self.columns["group"])
        return found

    def _check_days(self, row: Row, joined_on: date | None, kind: MembershipKind | None) -> None:
        birth = row.values.get("birth_on")
        if birth and birth > self.today:
            row.fault("birth_future", self.columns.get("birth_on"))
        if joined_on and joined_on > self.today:
            row.fault("joined_future", self.columns.get("joined_on"))
        if birth and joined_on and joined_on < birth and kind and kind.holder == Holder.PERSON:
            row.fault("joined_before_birth", self.columns.get("joined_on"))


def group_key(name: str) -> str:
    """第一小组, 一组 and 1组 are one group."""
    plain = search.normalise(name).replace("第", "").replace("小组", "组")
    if "十" in plain:
        before, _ten, after = plain.partition("十")
        tens, ones = before[-1:], after[:1]
        known = tens in _NUMERALS or not tens
        plain = (
            f"{before[:-1]}{_NUMERALS.get(tens, '1')}{'' if ones in _NUMERALS and ones else '0'}{after}"
            if known
            else plain
        )
    return "".join(_NUMERALS.get(character, character) for character in plain)
