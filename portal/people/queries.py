"""Reading the register: search by name, initials or a phone's last digits, one person, who looked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import contains_eager, defer, selectinload
from sqlalchemy.sql.functions import FunctionElement

from portal.associations.models import Association
from portal.core import identity, search
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.encryption import blind_indexes
from portal.people.models import Affiliation, Consent, Person, PrivacyNotice, Reveal, person_gram

JUST_NOW = timedelta(minutes=10)
SHOWN = (
    selectinload(Person.affiliations).joinedload(Affiliation.group),
    selectinload(Person.affiliations).joinedload(Affiliation.association),
)

# For many people whose numbers are shown masked: what is not read need not be decrypted, and cannot slip out.
MASKED = tuple(
    defer(column, raiseload=True) for column in (Person.identity_number, Person.phone, Person.guardian_phone)
)


def live(day: date | ColumnElement[date] | None = None) -> ColumnElement[bool]:
    """Affiliations in force on a day (today)."""
    day = today() if day is None else day
    return and_(Affiliation.start_on <= day, or_(Affiliation.end_on.is_(None), Affiliation.end_on >= day))


def affiliated(association: Association, *, kind: str | None = None) -> ColumnElement[bool]:
    """People whose record the association holds today."""
    held = select(Affiliation.id).where(
        Affiliation.person_id == Person.id, Affiliation.association_id == association.id, live()
    )
    return (held.where(Affiliation.kind == kind) if kind else held).exists()


def people(text: str = "") -> Select[Any]:
    """Everybody still in the register who answers what was typed, in the order of their names.

    An identity number or a phone in full, a phone's last four digits, or a name: Chinese characters, pinyin,
    initials. A name is found in the range of its first gram, which already stands in the order of the page.
    """
    statement = select(Person).where(Person.removed_at.is_(None))
    exact = exactly(text)
    if exact is not None:
        return statement.where(exact).order_by(Person.sort_key, Person.id)
    grams = search.query_grams(text)
    if not grams:
        return statement.order_by(Person.sort_key, Person.id)
    first = max(grams, key=len)
    for gram in grams:
        if gram != first:
            statement = statement.where(
                Person.id.in_(select(person_gram.c.person_id).where(person_gram.c.gram == gram))
            )
    return (
        statement.join(person_gram, person_gram.c.person_id == Person.id)
        .where(person_gram.c.gram == first)
        .order_by(person_gram.c.sort_key, person_gram.c.person_id)
    )


def exactly(text: str) -> ColumnElement[bool] | None:
    """The condition for a number typed in full or by its last four digits; None for a name."""
    plain = search.normalise(text)
    if identity.identity_fault(text) is None:
        number = identity.IdentityNumber.parse(text).value
        return Person.identity_index.in_(blind_indexes(number, "identity"))
    if not plain.isdecimal():
        return None
    if len(plain) == 4:
        return Person.phone_last4 == plain
    if identity.phone_fault(text) is None:
        return Person.phone_index.in_(blind_indexes(identity.normalise_phone(text), "phone"))
    return None


class _same_key(FunctionElement[bool]):  # noqa: N801 - stands in statements like a function
    """That two sort keys are the same: part of the index of grams on SQLite. PostgreSQL is not told: it would take a
    person's id and sort key for independent of one another, and expect one row where there are thousands.
    """

    inherit_cache = True
    type = Boolean()


@compiles(_same_key)
def _compared(element: Any, compiler: Any, **options: Any) -> str:
    return " = ".join(compiler.process(clause, **options) for clause in element.clauses)


@compiles(_same_key, "postgresql")
def _left_out(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "true"


class is_holder(FunctionElement[bool]):  # noqa: N801 - stands in statements like a function
    """That a person is the one of a row that holds the person's sort key and id. SQLite, which would read the person,
    is led to the index that lies in the order of names, one row beside the other: a span of ids, for it knows no
    better way to a single one than the table.
    """

    inherit_cache = True
    type = Boolean()
    _is_implicitly_boolean = True  # SQLite would be asked whether it equals 1, and would use no index

    def __init__(self, sort_key: Any, person_id: Any) -> None:
        super().__init__(Person.sort_key, sort_key, Person.id, person_id)


@compiles(is_holder)
def _the_same(element: Any, compiler: Any, **options: Any) -> str:
    _key, _its_key, own, its_own = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{own} = {its_own}"


@compiles(is_holder, "sqlite")
def _beside(element: Any, compiler: Any, **options: Any) -> str:
    key, its_key, own, its_own = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({key} = {its_key} AND {own} BETWEEN {its_own} AND {its_own})"


def is_filed(gram: str, sort_key: Any, person_id: Any) -> ColumnElement[bool]:
    """Whether somebody is filed under a gram: one row of its index, no other table."""
    same = _same_key(person_gram.c.sort_key, sort_key)
    return exists().where(person_gram.c.gram == gram, same, person_gram.c.person_id == person_id)


def may_be_filed(sort_key: Any, gram: str) -> ColumnElement[bool]:
    """Whether a sort key holds the letters of a gram in their order, or was cut and does not say.

    Asked before the index of grams, row by row: of ten thousand rows a few hundred are left.
    """
    return or_(sort_key.like(f"%{'%'.join(gram)}%"), func.length(sort_key) >= search.SORT_KEY_LIMIT)


def search_people(
    reach: ColumnElement[bool], text: str, association: Association | None = None, limit: int = 20
) -> Sequence[Person]:
    """The first people of a search within `reach` (see offices.access.reached), affiliations loaded for display."""
    statement = people(text).where(reach).options(*SHOWN).limit(limit)
    if association is not None:
        statement = statement.where(affiliated(association))
    return db.session.scalars(statement).all()


def people_by_public_ids(
    reach: ColumnElement[bool], ids: Sequence[str], association: Association | None = None
) -> list[Person]:
    """The named people within `reach`, in the order of the ids; others are left out."""
    statement = people().where(reach, Person.public_id.in_(ids)).options(*SHOWN)
    if association is not None:
        statement = statement.where(affiliated(association))
    found = {person.public_id: person for person in db.session.scalars(statement)}
    return [found[public_id] for public_id in dict.fromkeys(ids) if public_id in found]


def held_by(association: Association, kind: str | None = None) -> ColumnElement[bool]:
    """People whose record the association or one below it holds today, each as `kind` if one is given."""
    held = (
        select(Affiliation.id)
        .join(Association, Association.id == Affiliation.association_id)
        .where(
            Affiliation.person_id == Person.id,
            live(),
            Association.path >= association.path,
            Association.path < association.path[:-1] + "0",
        )
    )
    return (held.where(Affiliation.kind == kind) if kind else held).exists()


def get_person(reach: ColumnElement[bool], public_id: str, association: Association) -> Person | None:
    """One person within `reach` whose record the association holds, with affiliations."""
    statement = people().where(reach, held_by(association), Person.public_id == public_id).options(*SHOWN)
    return db.session.scalars(statement).first()


def get_successor(reach: ColumnElement[bool], public_id: str, association: Association) -> Person | None:
    """The record that took the place of a merged one, within `reach` and held by the association."""
    gone = select(Person.merged_into_id).where(Person.public_id == public_id)
    statement = people().where(reach, held_by(association), Person.id.in_(gone))
    return db.session.scalars(statement).first()


def get_own(person_id: int) -> Person:
    """The record of whoever is signed in."""
    return db.session.scalars(select(Person).where(Person.id == person_id).options(*SHOWN)).one()


def get_by_identity(number: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.identity_index.in_(blind_indexes(number, "identity"))))


def get_affiliation(person_id: int, association_id: int, kind: str) -> Affiliation | None:
    """The affiliation that has not ended, of a person with an association as something."""
    statement = select(Affiliation).where(
        Affiliation.person_id == person_id,
        Affiliation.association_id == association_id,
        Affiliation.kind == kind,
        Affiliation.end_on.is_(None),
    )
    return db.session.scalar(statement)


def look_alikes(name: str, phone: str | None, birth_on: date | None, limit: int = 5) -> Sequence[Person]:
    """People in the register with the same name who share the phone or the date of birth: perhaps the same person."""
    shared: list[ColumnElement[bool]] = []
    if phone:
        shared.append(Person.phone_index.in_(blind_indexes(phone, "phone")))
    if birth_on:
        shared.append(Person.birth_on == birth_on)
    if not shared:
        return []
    statement = people().where(Person.sort_key == search.sort_key(name), or_(*shared)).options(*SHOWN).limit(limit)
    return db.session.scalars(statement).all()


def just_entered(reach: ColumnElement[bool], name: str) -> Sequence[Person]:
    """People of the same name within `reach` who were entered in the last minutes: a form sent twice, perhaps."""
    since = now() - JUST_NOW
    statement = people().where(reach, Person.sort_key == search.sort_key(name), Person.created_at >= since)
    return db.session.scalars(statement.limit(5)).all()


def list_consents(person: Person) -> dict[str, Consent]:
    """What the person agrees to today, by purpose."""
    statement = select(Consent).where(Consent.person_id == person.id, Consent.withdrawn_at.is_(None))
    return {consent.purpose: consent for consent in db.session.scalars(statement)}


def list_reveals(person: Person) -> Sequence[Reveal]:
    """Who looked at the person's number or phone, newest first."""
    statement = (
        select(Reveal)
        .join(Reveal.association)
        .options(contains_eager(Reveal.association))
        .where(Reveal.person_id == person.id)
        .order_by(Reveal.id.desc())
        .limit(100)
    )
    return db.session.scalars(statement).all()


def last_notice_version() -> int:
    return db.session.scalar(select(func.max(PrivacyNotice.version))) or 0


def version_in_force() -> int:
    """The version of the notice that is shown today; 0 before the first."""
    statement = select(func.max(PrivacyNotice.version)).where(PrivacyNotice.effective_on <= today())
    return db.session.scalar(statement) or 0


def list_notices(language: str) -> Sequence[PrivacyNotice]:
    """Every version in a language, the newest first."""
    statement = select(PrivacyNotice).where(PrivacyNotice.language == language)
    return db.session.scalars(statement.order_by(PrivacyNotice.version.desc()).limit(50)).all()


def get_notice(version: int, language: str) -> PrivacyNotice | None:
    statement = select(PrivacyNotice).where(PrivacyNotice.version == version, PrivacyNotice.language == language)
    return db.session.scalar(statement)


def current_notice(language: str) -> PrivacyNotice | None:
    """The privacy notice in force, in the reader's language (Simplified where that is missing)."""
    in_force = select(PrivacyNotice).where(PrivacyNotice.effective_on <= today())
    notices = db.session.scalars(in_force.order_by(PrivacyNotice.version.desc()).limit(3)).all()
    newest = [n for n in notices if n.version == notices[0].version]
    by_language = {n.language: n for n in newest}
    return by_language.get(language) or by_language.get("zh-Hans")
