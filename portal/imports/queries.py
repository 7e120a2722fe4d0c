"""Reading imports and their rows, and what the register knows of the people in a file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.database import db
from portal.core.jobs import Job
from portal.imports.models import ImportRow, ImportState, RegisterImport, RememberedColumn
from portal.members.models import Membership, MembershipCover
from portal.people.models import Affiliation, Consent, ConsentPurpose, Person
from portal.people.queries import SHOWN, live

PORTION = 500


@dataclass(frozen=True)
class Known:
    """Somebody in the register, as far as a row of a file is compared with it."""

    id: int
    name: str
    sort_key: str
    identity_index: str | None
    phone_index: str | None
    birth_on: date | None
    sex: str | None
    email: str | None
    residence: str
    guardian_name: str
    has_guardian_phone: bool
    is_seen: bool

    def lacks(self, name: str) -> bool:
        """Whether the record has nothing for a field of the file."""
        return not {
            "identity_number": self.identity_index,
            "phone": self.phone_index,
            "guardian_phone": self.has_guardian_phone,
        }.get(name, getattr(self, name, None))


def portions(values: Iterable[Any], size: int = PORTION) -> Iterator[list[Any]]:
    """The values in portions that a statement can hold."""
    rest = iter(values)
    while portion := list(islice(rest, size)):
        yield portion


def imports_of(association: Association) -> Select[Any]:
    """The association's imports, newest first."""
    return (
        select(RegisterImport)
        .where(RegisterImport.association_id == association.id)
        .order_by(RegisterImport.id.desc())
    )


def get_import(association: Association, public_id: str) -> RegisterImport | None:
    return db.session.scalars(imports_of(association).where(RegisterImport.public_id == public_id)).first()


def get_job(shown: RegisterImport) -> Job | None:
    """The work under way, or done last, for an import."""
    return db.session.get(Job, shown.job_id) if shown.job_id else None


def get_account(account_id: int) -> Account:
    from sqlalchemy.orm import joinedload

    return db.session.scalars(
        select(Account).where(Account.id == account_id).options(joinedload(Account.person))
    ).one()


def rows_of(shown: RegisterImport, outcome: str = "") -> Select[Any]:
    """The rows in the order of the file, those of one outcome (see models.OUTCOMES) or all."""
    statement = select(ImportRow).where(ImportRow.import_id == shown.id)
    if outcome:
        statement = statement.where(_outcome() == outcome)
    return statement.order_by(ImportRow.number)


def _outcome() -> ColumnElement[str]:
    """The officer's choice for a row once there is one, until then the verdict."""
    return func.coalesce(func.nullif(ImportRow.choice, ""), ImportRow.verdict)


def row_ids(shown: RegisterImport) -> dict[int, int]:
    """The id of each row by its number in the file."""
    statement = select(ImportRow.number, ImportRow.id).where(ImportRow.import_id == shown.id)
    return dict(db.session.execute(statement).all())


def seen_rows(shown: RegisterImport) -> dict[int, Any]:
    """What the officer saw of each row and said of it: the verdict, whom it may be, why, and the choice."""
    columns = (ImportRow.number, ImportRow.verdict, ImportRow.matched_id, ImportRow.reasons, ImportRow.choice)
    statement = select(*columns).where(ImportRow.import_id == shown.id)
    return {row.number: row for row in db.session.execute(statement)}


def count_by_outcome(shown: RegisterImport) -> dict[str, int]:
    """How many rows are new, the same, still undecided, faulty or left out."""
    rows = select(_outcome().label("outcome")).where(ImportRow.import_id == shown.id).subquery()
    statement = select(rows.c.outcome, func.count()).group_by(rows.c.outcome)
    return dict(db.session.execute(statement).all())


def get_row(shown: RegisterImport, number: int) -> ImportRow | None:
    return db.session.scalars(rows_of(shown).where(ImportRow.number == number)).first()


def count_undecided(shown: RegisterImport) -> int:
    """Rows that are perhaps in the register and for which the officer has chosen nothing."""
    statement = select(func.count()).select_from(ImportRow)
    return (
        db.session.scalar(
            statement.where(ImportRow.import_id == shown.id, ImportRow.verdict == "possible", ImportRow.choice == "")
        )
        or 0
    )


def list_unfinished(before: Any) -> Sequence[RegisterImport]:
    """Imports begun before a moment whose file has not been let go."""
    statement = select(RegisterImport).where(RegisterImport.created_at < before, RegisterImport.file_key.is_not(None))
    return db.session.scalars(statement.limit(PORTION)).all()


def standing(shown: RegisterImport) -> str:
    """The state of an import; work that was cut off (a stopped machine) counts as failed."""
    job = get_job(shown)
    is_cut = job is not None and job.state == "failed" and shown.state in (ImportState.CHECKING, ImportState.RUNNING)
    return ImportState.FAILED if is_cut else shown.state


def remembered(association: Association) -> dict[str, str]:
    """What the association's officers said before: heading → field."""
    statement = select(RememberedColumn.heading, RememberedColumn.field).where(
        RememberedColumn.association_id == association.id
    )
    return {row.heading: row.field for row in db.session.execute(statement)}


def people_by_id(reach: ColumnElement[bool], ids: Collection[int]) -> dict[int, Person]:
    """The people within reach, as a list shows them."""
    statement = select(Person).where(Person.id.in_(ids), reach).options(*SHOWN)
    return {person.id: person for person in db.session.scalars(statement)}


def _known(reach: ColumnElement[bool], association: Association) -> Any:
    """The columns of Known. Somebody whom the association held once is seen as well: a former member returns."""
    held_once = select(Affiliation.id).where(
        Affiliation.person_id == Person.id, Affiliation.association_id == association.id
    )
    columns = (
        Person.id, Person.name, Person.sort_key, Person.identity_index, Person.phone_index, Person.birth_on,
        Person.sex, Person.email, Person.residence, Person.guardian_name, Person.guardian_phone.is_not(None),
        or_(reach, held_once.exists()),
    )  # fmt: skip
    statement: Any = select(*columns).where(Person.removed_at.is_(None))
    return statement


def known_by_identity(
    reach: ColumnElement[bool], association: Association, indexes: Collection[str]
) -> dict[str, Known]:
    """By identity index, whoever has one of these: those out of reach too, so that no number is taken in twice."""
    found: dict[str, Known] = {}
    for portion in portions(indexes):
        rows = db.session.execute(_known(reach, association).where(Person.identity_index.in_(portion)))
        found.update((str(row.identity_index), Known(*row)) for row in rows)
    return found


def known_alike(
    reach: ColumnElement[bool],
    association: Association,
    phones: Collection[str],
    names: Collection[tuple[str, date]],
    sort_keys: Collection[str],
) -> dict[str, dict[int, Known]]:
    """By sort key, people within reach with one of the phones, born on a day under a name, or of a name held here."""
    found: dict[str, dict[int, Known]] = {}
    base = _known(reach, association).where(reach)
    here = select(Affiliation.id).where(
        Affiliation.person_id == Person.id, Affiliation.association_id == association.id, live()
    )
    conditions: list[ColumnElement[bool]] = [Person.phone_index.in_(portion) for portion in portions(phones)]
    for pairs in portions(sorted(names)):
        keys, days = {key for key, _day in pairs}, {day for _key, day in pairs}
        conditions.append(Person.sort_key.in_(keys) & Person.birth_on.in_(days))
    conditions += [Person.sort_key.in_(portion) & here.exists() for portion in portions(sort_keys)]
    for condition in conditions:
        for row in db.session.execute(base.where(condition)):
            found.setdefault(row.sort_key, {})[row.id] = Known(*row)
    return found


def known_by_id(reach: ColumnElement[bool], association: Association, ids: Collection[int]) -> dict[int, Known]:
    found: dict[int, Known] = {}
    for portion in portions(ids):
        rows = db.session.execute(_known(reach, association).where(Person.id.in_(portion)))
        found.update((row.id, Known(*row)) for row in rows)
    return found


def numbers_held(numbers: Collection[str]) -> dict[str, tuple[int, int, bool]]:
    """Of the numbers that were ever given: whose it is, at which association, and whether it is in force."""
    found: dict[str, tuple[int, int, bool]] = {}
    for portion in portions(numbers):
        statement = select(
            Membership.number, Membership.person_id, Membership.association_id, Membership.ended_on.is_(None)
        ).where(Membership.number.in_(portion))
        found.update(
            (number, (person, place, live_)) for number, person, place, live_ in db.session.execute(statement)
        )
    return found


def members_here(association: Association, people: Collection[int]) -> set[tuple[int, str]]:
    """(person, organisation or nothing) of the memberships in force here that hold or cover these people."""
    found: set[tuple[int, str]] = set()
    for portion in portions(people):
        held = select(Membership.person_id, Membership.organisation_name).where(
            Membership.person_id.in_(portion),
            Membership.association_id == association.id,
            Membership.ended_on.is_(None),
        )
        covered = (
            select(MembershipCover.person_id, Membership.organisation_name)
            .join(Membership, Membership.id == MembershipCover.membership_id)
            .where(
                MembershipCover.person_id.in_(portion),
                MembershipCover.end_on.is_(None),
                Membership.association_id == association.id,
                Membership.ended_on.is_(None),
            )
        )
        found.update((row[0], row[1]) for row in db.session.execute(held))
        found.update((row[0], "") for row in db.session.execute(covered))
    return found


def agreed(people: Collection[int]) -> set[int]:
    """Those who agree to being in the register already."""
    found: set[int] = set()
    for portion in portions(people):
        statement = select(Consent.person_id).where(
            Consent.person_id.in_(portion),
            Consent.purpose == ConsentPurpose.REGISTER,
            Consent.withdrawn_at.is_(None),
        )
        found.update(db.session.scalars(statement))
    return found


def ids_of(model: Any, public_ids: Collection[str]) -> dict[str, int]:
    """Row numbers of rows just written, by their public ids."""
    found: dict[str, int] = {}
    for portion in portions(public_ids):
        statement = select(model.public_id, model.id).where(model.public_id.in_(portion))
        found.update((public_id, row_id) for public_id, row_id in db.session.execute(statement))
    return found
