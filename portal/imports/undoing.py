"""Undoing a whole import, as long as nothing has been built on it. Raises RuleError; never commits.

What stands in the way is found by asking every foreign key of the database, so that a feature of tomorrow counts
by itself; and by the log, for records that were corrected since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, not_, or_, select, true, update

from portal.core.audit import Actor, AuditEntry, record
from portal.core.calendar import now
from portal.core.database import Base, db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.imports import queries
from portal.imports.models import ImportRow, ImportState, RegisterImport, RowVerdict
from portal.imports.reasons import filled_by
from portal.members.models import Membership, MembershipStay
from portal.members.queries import groups_held_by
from portal.people import services as people
from portal.people.models import Affiliation, AffiliationKind, Consent, Person, person_gram

WORDS = {
    "account": lazy("accounts to sign in with"),
    "affiliation": lazy("records held elsewhere or as something else"),
    "appointment": lazy("offices"),
    "activity_participant": lazy("activities taken part in"),
    "consent": lazy("consents"),
    "member_card": lazy("cards"),
    "membership": lazy("other memberships"),
    "membership_stay": lazy("moves to another group or association"),
    "membership_cover": lazy("people covered"),
    "membership_transfer": lazy("transfers"),
    "membership_application": lazy("applications"),
    "personal_request": lazy("requests of the person"),
    "reveal": lazy("looks at a number or phone"),
    "person_merge": lazy("merged duplicates"),
    "told_apart": lazy("pairs told apart"),
    "audit_entry": lazy("records changed since"),
}
OWN = {"person_gram", "register_import_row"}


@dataclass
class Made:
    """What an import made: people, memberships, and for whom of those already there it did something."""

    shown: RegisterImport
    rows: Sequence[ImportRow]

    def ids(self, column: Any) -> Any:
        """The same as a part of a statement."""
        return select(column).where(ImportRow.import_id == self.shown.id, column.is_not(None))

    @property
    def people(self) -> list[int]:
        return [row.created_person_id for row in self.rows if row.created_person_id]

    @property
    def memberships(self) -> list[int]:
        return [row.created_membership_id for row in self.rows if row.created_membership_id]

    def filled(self) -> dict[int, list[str]]:
        """The fields that the import filled in records that were there; several rows may be one person's."""
        found: dict[int, list[str]] = {}
        for row in self._of_others():
            if names := filled_by(row.reasons):
                found.setdefault(row.matched_id or 0, []).extend(names)
        return found

    def joined(self) -> dict[int, list[Any] | None]:
        """Those who were there before and got a membership, with how their records were held before, if they were."""
        found: dict[int, list[Any] | None] = {}
        for row in self._of_others():
            if row.created_membership_id:
                held = next((list(reason[2:]) for reason in row.reasons if reason[0] == "held"), None)
                found.setdefault(row.matched_id or 0, held)
        return found

    def _of_others(self) -> Iterator[ImportRow]:
        return (row for row in self.rows if row.matched_id and row.outcome == RowVerdict.SAME)


def made_by(shown: RegisterImport) -> Made:
    return Made(shown, db.session.scalars(queries.rows_of(shown)).all())


def obstacles(made: Made) -> list[tuple[str, int]]:
    """What has been built on an import since, in words, and how much of it."""
    found: Counter[str] = Counter()
    for table, column, ids in _keys(made):
        statement = select(func.count()).select_from(table).where(column.in_(ids), _is_built(table.name, made))
        found[table.name] += db.session.scalar(statement) or 0
    found["audit_entry"] += _count_changes(made)
    return [(_word(name), count) for name, count in found.items() if count]


def _word(name: str) -> str:
    return str(WORDS[name]) if name in WORDS else _("other records (%(name)s)", name=name)


def _keys(made: Made) -> Iterator[tuple[Any, Any, Any]]:
    """Every column of the database that can point at what was made, with what it would point at."""
    ids = {"person": made.ids(ImportRow.created_person_id), "membership": made.ids(ImportRow.created_membership_id)}
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name in ids and table.name not in OWN:
                yield table, key.parent, ids[key.column.table.name]


def _is_built(name: str, made: Made) -> ColumnElement[bool]:
    """Which rows of a table that the import wrote into are not its own."""
    if name == "membership":
        return Membership.id.not_in(made.ids(ImportRow.created_membership_id))
    if name == "membership_stay":
        return MembershipStay.end_on.is_not(None)
    if name == "consent":
        return or_(Consent.given_at != made.shown.done_at, Consent.withdrawn_at.is_not(None))
    if name == "affiliation":
        own = (Affiliation.kind == AffiliationKind.MEMBER, Affiliation.association_id == made.shown.association_id)
        return not_(and_(*own, Affiliation.end_on.is_(None)))
    return true()


def _count_changes(made: Made) -> int:
    """Acts on these records that the log has since."""
    since = select(func.count()).select_from(AuditEntry).where(AuditEntry.at > made.shown.done_at)
    named = select(Membership.public_id).where(Membership.id.in_(made.ids(ImportRow.created_membership_id)))
    statements = [
        since.where(AuditEntry.person_id.in_(made.ids(ImportRow.created_person_id))),
        since.where(
            AuditEntry.target_type == "Membership", AuditEntry.target_id.in_(named), AuditEntry.person_id.is_(None)
        ),
    ]
    statements += [since.where(AuditEntry.person_id.in_(portion)) for portion in queries.portions(made.filled())]
    return sum(db.session.scalar(statement) or 0 for statement in statements)


def undo(actor: Actor, shown: RegisterImport) -> str | None:
    """Take an import out again, whole; returns the key of the file to be removed after the commit.

    People and memberships that it made go; records that were there before lose what it filled in. The numbers are
    not given again. Raises RuleError when something has been built on it.
    """
    if shown.state != ImportState.DONE:
        raise RuleError("", lazy("Only an import that was taken in can be undone."))
    made = made_by(shown)
    if obstacles(made):
        raise RuleError("", lazy("Something has been built on this import since: it can no longer be undone."))
    gone = {"people": len(made.people), "memberships": len(made.memberships)}
    people_ids, membership_ids, joined = made.people, made.memberships, made.joined()
    _empty(actor, made.filled())
    _withdraw_consents(made)
    _forget(made)
    _delete(people_ids, membership_ids)
    _release(shown, joined)
    shown.state, shown.undone_at = ImportState.UNDONE, now()
    key, shown.file_key = shown.file_key, None
    record(actor, "imports.undo", shown, gone)
    return key


def _empty(actor: Actor, filled: dict[int, list[str]]) -> None:
    """Fields that the import filled in are empty again."""
    for portion in queries.portions(filled):
        for person in db.session.scalars(select(Person).where(Person.id.in_(portion))):
            people.correct_person(actor, person, **dict.fromkeys(filled[person.id]))
    db.session.flush()


def _release(shown: RegisterImport, joined: dict[int, list[Any] | None]) -> None:
    """Records that were there are held as before, or where another membership has come since, by that one."""
    place = Affiliation.association_id == shown.association_id
    for portion in queries.portions(joined):
        mine = and_(Affiliation.person_id.in_(portion), place, Affiliation.kind == AffiliationKind.MEMBER)
        for held in db.session.scalars(select(Affiliation).where(mine, Affiliation.end_on.is_(None))):
            before, groups = joined[held.person_id], groups_held_by(held.person_id, shown.association_id)
            if before is None and not groups:
                db.session.delete(held)
            else:
                held.group_id = groups[0] if groups else before[0] if before else None
                held.start_on = date.fromisoformat(before[1]) if before else _joined_on(held)
    db.session.flush()


def _joined_on(held: Affiliation) -> date:
    """The first day of the memberships in force that a record is held by; of one that is covered, as it stood."""
    theirs = (Membership.person_id == held.person_id, Membership.association_id == held.association_id)
    first = db.session.scalar(select(func.min(Membership.joined_on)).where(*theirs, Membership.ended_on.is_(None)))
    return first or held.start_on


def _withdraw_consents(made: Made) -> None:
    """Those that came with the import go."""
    for portion in queries.portions([row.matched_id for row in made.rows if row.matched_id]):
        given = and_(Consent.person_id.in_(portion), Consent.given_at == made.shown.done_at)
        _run(delete(Consent).where(given))
    db.session.flush()


def _forget(made: Made) -> None:
    """No row of an import points at what goes."""
    people_ids = made.people
    for row in made.rows:
        row.created_person_id = row.created_membership_id = None
    db.session.flush()
    for portion in queries.portions(people_ids):
        pointing = update(ImportRow).where(ImportRow.matched_id.in_(portion))
        _run(pointing.values(matched_id=None))


def _delete(people_ids: Iterable[int], membership_ids: Iterable[int]) -> None:
    for portion in queries.portions(list(membership_ids)):
        _run(delete(MembershipStay).where(MembershipStay.membership_id.in_(portion)))
        _run(delete(Membership).where(Membership.id.in_(portion)))
    for portion in queries.portions(list(people_ids)):
        for column in (Affiliation.person_id, Consent.person_id, person_gram.c.person_id, Person.id):
            _run(delete(column.table).where(column.in_(portion)))


def _run(statement: Any) -> None:
    """Past the objects in memory, which are not looked at again: comparing each with every portion takes minutes."""
    db.session.execute(statement, execution_options={"synchronize_session": False})
