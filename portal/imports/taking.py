"""Writing an import at once, by the rules of the services.

What `people.services.create_person`, `affiliate`, `give_consent` and `members.services.join` do for one person is
done here for thousands in a few statements; a test compares the rows column by column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import String as Text
from sqlalchemy import bindparam, column, insert, select, table, text, update

from portal.associations.models import Association
from portal.core.audit import Actor, AuditEntry
from portal.core.calendar import now
from portal.core.database import db
from portal.core.encryption import EncryptedText
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.imports import queries
from portal.imports.models import ImportRow, RegisterImport
from portal.imports.preparing import Entry, is_guarded, person_values
from portal.members import numbers, places
from portal.members.models import Membership, MembershipStay
from portal.people import services as people
from portal.people.models import Affiliation, AffiliationKind, Consent, ConsentPurpose, Person, person_gram

PORTION = 5_000
HAS_CHANGED = lazy("The register has changed since the check. Check again, then take in.")
# The table of people without its column types: what goes in has been encrypted already.
_person = table(
    "person",
    *(
        column(c.name, Text() if isinstance(c.type, EncryptedText) else c.type)
        for c in Person.__table__.columns
        if c.name != "id"
    ),
)


@dataclass
class Batch:
    """What an import writes, parents first."""

    association: Association
    entries: list[Entry]
    actor: Actor
    shown: RegisterImport
    version: int  # of the privacy notice on the signed forms
    stamp: datetime = field(default_factory=now)

    def write(self) -> dict[str, int]:
        """Everything in the transaction under way; returns what was done."""
        self._write_people()
        filled = self._fill_in()
        self.stamp = now()  # what the log has of these records later than this was done to them since
        self._write_memberships()
        self._hold()
        self._write_stays()
        agreed = self._write_consents()
        self._note_rows()
        self._write_log()
        return {
            "entered": sum(entry.person is not None for entry in self.entries),
            "joined": len(self._joined()),
            "filled": filled,
            "known": sum(bool(entry.membership) and entry.person is None for entry in self.entries),
            "unchanged": sum(entry.needs_nothing for entry in self.entries),
            "agreed": agreed,
        }

    def _joined(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.membership]

    def _write_people(self) -> None:
        fresh = [entry for entry in self.entries if entry.person]
        insert_rows(_person, (entry.person for entry in fresh if entry.person))
        ids = queries.ids_of(Person, [entry.person["public_id"] for entry in fresh if entry.person])
        for entry in fresh:
            assert entry.person is not None
            entry.person_id = ids[entry.person["public_id"]]
        insert_grams(
            {"gram": gram, "sort_key": entry.checked.sort_key, "person_id": entry.person_id}
            for entry in fresh
            for gram in entry.grams
        )

    def _fill_in(self) -> int:
        """Empty fields of records that are there, one by one and with their log."""
        wanted: dict[int, dict[str, Any]] = {}
        for checked in (entry.checked for entry in self.entries if entry.checked.match):
            values = person_values(checked)
            for name in checked.fills():  # of two rows of one person the first is taken, as it stands in the file
                wanted.setdefault(checked.match.id if checked.match else 0, {}).setdefault(name, values[name])
        for portion in queries.portions(wanted):
            for person in db.session.scalars(select(Person).where(Person.id.in_(portion))):
                if any(getattr(person, name) for name in wanted[person.id]):
                    raise RuleError("", HAS_CHANGED)
                people.correct_person(self.actor, person, **wanted[person.id])
        db.session.flush()
        return len(wanted)

    def _write_memberships(self) -> None:
        joined = self._joined()
        numbered = [entry for entry in joined if entry.membership and entry.membership["number"]]
        self._insert_memberships(numbered)
        by_year: dict[int, list[Entry]] = defaultdict(list)
        for entry in joined:
            if entry.membership and not entry.membership["number"]:
                by_year[entry.membership["joined_on"].year].append(entry)
        for entries in by_year.values():
            assert entries[0].membership is not None
            given = numbers.next_numbers(self.association, entries[0].membership["joined_on"], len(entries))
            for entry, number in zip(entries, given, strict=True):
                assert entry.membership is not None
                entry.membership["number"] = number
            self._insert_memberships(entries)
        ids = queries.ids_of(Membership, [entry.membership["public_id"] for entry in joined if entry.membership])
        for entry in joined:
            assert entry.membership is not None
            entry.membership["id"] = ids[entry.membership["public_id"]]

    @staticmethod
    def _insert_memberships(entries: Sequence[Entry]) -> None:
        for entry in entries:
            assert entry.membership is not None
            entry.membership["person_id"] = entry.person_id
        insert_rows(Membership.__table__, (entry.membership for entry in entries if entry.membership))

    def _hold(self) -> None:
        """The association holds their records as members', in the group that is theirs now."""
        there = self._affiliations([entry.person_id for entry in self._joined() if not entry.person])
        rows: dict[int, dict[str, Any]] = {}
        for entry in self._joined():
            assert entry.membership is not None
            group_id, since = entry.membership["group_id"], entry.membership["joined_on"]
            if entry.person_id in rows:  # two kinds of membership in one file: held since the first of them
                rows[entry.person_id]["start_on"] = min(rows[entry.person_id]["start_on"], since)
                continue
            held = there.get(entry.person_id)
            if held is not None:
                entry.held = [held.group_id, held.start_on.isoformat()]
                places.hold(self.actor, entry.person_id, self.association, since)
                continue
            place = {"person_id": entry.person_id, "association_id": self.association.id, "group_id": group_id}
            rows[entry.person_id] = {**place, "kind": AffiliationKind.MEMBER, "start_on": since, "end_on": None}
        db.session.flush()
        insert_rows(Affiliation.__table__, rows.values())

    def _affiliations(self, ids: Sequence[int]) -> dict[int, Affiliation]:
        found: dict[int, Affiliation] = {}
        for portion in queries.portions(ids):
            statement = select(Affiliation).where(
                Affiliation.person_id.in_(portion),
                Affiliation.association_id == self.association.id,
                Affiliation.kind == AffiliationKind.MEMBER,
                Affiliation.end_on.is_(None),
            )
            found.update((row.person_id, row) for row in db.session.scalars(statement))
        return found

    def _write_stays(self) -> None:
        rows = (
            {
                "membership_id": entry.membership["id"],
                "association_id": self.association.id,
                "group_id": entry.membership["group_id"],
                "start_on": entry.membership["joined_on"],
                "end_on": None,
            }
            for entry in self.entries
            if entry.membership
        )
        insert_rows(MembershipStay.__table__, rows)

    def _write_consents(self) -> int:
        """The signed forms are on paper; for somebody under 14 a guardian signed. A consent once given stays."""
        given = queries.agreed([entry.person_id for entry in self.entries if not entry.person])
        wanted = {entry.person_id: entry for entry in self.entries if entry.person_id not in given}
        rows = (
            {
                "person_id": person_id,
                "purpose": ConsentPurpose.REGISTER,
                "notice_version": self.version,
                "given_at": self.stamp,
                "given_by": "guardian" if entry.birth_on and is_guarded(entry.birth_on) else "paper",
                "withdrawn_at": None,
            }
            for person_id, entry in wanted.items()
        )
        insert_rows(Consent.__table__, rows)
        return len(wanted)

    def _note_rows(self) -> None:
        """Each row of the import knows what it became."""
        rows = queries.row_ids(self.shown)
        noted = update(ImportRow).where(ImportRow.id == bindparam("row_id"))
        noted = noted.values(created_person_id=bindparam("created"), created_membership_id=bindparam("joined"))
        for portion in queries.portions(self.entries, PORTION):
            values = [
                {
                    "row_id": rows[entry.checked.row.number],
                    "created": entry.person_id if entry.person else None,
                    "joined": entry.membership["id"] if entry.membership else None,
                }
                for entry in portion
            ]
            db.session.connection().execute(noted, values)
        self._note_held(rows)

    def _note_held(self, rows: dict[int, int]) -> None:
        """How a record was held before, for an undo."""
        held = {rows[entry.checked.row.number]: entry.held for entry in self.entries if entry.held is not None}
        for portion in queries.portions(held):
            for row in db.session.scalars(select(ImportRow).where(ImportRow.id.in_(portion))):
                row.reasons = [*row.reasons, ["held", None, *held[row.id]]]

    def _write_log(self) -> None:
        """One line for each person, found by the public id: row numbers may be given again after an undo."""
        base = {
            "at": self.stamp, "actor_id": self.actor.id, "actor_name": self.actor.name, "action": "imports.take_in",
            "association_id": self.association.id, "person_id": None,
        }  # fmt: skip
        rows = (
            {
                **base,
                "target_type": "Membership",
                "target_id": entry.membership["public_id"],
                "changes": {"import": self.shown.public_id, "number": entry.membership["number"]},
            }
            for entry in self.entries
            if entry.membership
        )
        insert_rows(AuditEntry.__table__, rows)


def insert_rows(target: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Rows of one shape, in portions; they are made as they go in, so that a large file fits into a small memory."""
    for portion in queries.portions(rows, PORTION):
        db.session.connection().execute(insert(target), portion)


def insert_grams(rows: Iterable[dict[str, Any]]) -> None:
    """Some fifteen rows for each name; PostgreSQL takes them as three arrays, ten times as fast."""
    if db.session.connection().dialect.name != "postgresql":
        insert_rows(person_gram, rows)
        return
    statement = text(
        "INSERT INTO person_gram (gram, sort_key, person_id)"
        " SELECT * FROM unnest(CAST(:gram AS text[]), CAST(:sort_key AS text[]), CAST(:person_id AS bigint[]))"
    )
    for portion in queries.portions(rows, PORTION * 4):
        arrays = {name: [row[name] for row in portion] for name in ("gram", "sort_key", "person_id")}
        db.session.connection().execute(statement, arrays)
