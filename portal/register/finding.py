"""Finding by what an officer types: a name, its pinyin or initials, a member's number, an identity number, a phone.

What holds a digit is a number and answers exactly; all else is a name. The grams of names lie in the order of names
(see core.search), so a frequent name is walked along and a rare one is looked up and sorted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, literal, literal_column, or_, select, union_all

from portal.core import search
from portal.core.database import db
from portal.members.models import Membership
from portal.people import queries as persons
from portal.people.models import Person, person_gram
from portal.register.drivers import FOUND, WALK, Of, as_given, unindexed

LAST = "\U0010ffff"  # sorts after every character, byte by byte too
NOTHING: ColumnElement[str] = literal_column("''")  # as the partial index of organisations has it
ELSEWHERE = 200  # people who bear the letters and are filed elsewhere in the order of names; of more it is of no use


def is_number(text: str) -> bool:
    return any(character.isdecimal() for character in text)


def side(text: str) -> Any:
    """What of a text can be counted: the rows of its first gram; True for a number, None for no text."""
    if not text:
        return None
    return True if is_number(text) or not search.query_grams(text) else _filed(_first(text))


def _first(text: str) -> str:
    return max(search.query_grams(text), key=len)


def _others(text: str) -> list[str]:
    return [gram for gram in search.query_grams(text) if gram != _first(text)]


def _filed(gram: str) -> Select[Any]:
    return select(person_gram.c.person_id).where(person_gram.c.gram == gram)


def found(statement: Select[Any], text: str, leading: str) -> Select[Any]:
    """The memberships of a statement that answer a text, in the order of names."""
    if leading == WALK:
        return _walk(statement, text)
    if is_number(text):
        statement = statement.where(Membership.id.in_(_numbered(text)))
    elif not search.query_grams(text):
        statement = statement.where(false())
    elif leading == FOUND:
        statement = statement.where(Membership.id.in_(_named(text)))
    else:
        statement = statement.where(or_(_is_named(text), _is_organisation_of(text)))
    return statement.order_by(unindexed(Membership.sort_key), unindexed(Membership.id))


@dataclass(frozen=True)
class Stretch:
    """Where in the order of names those of an initial stand; and who else of the place answers what was typed: people
    who are filed elsewhere, and organisations (ids of people, of memberships).

    Initials and pinyin begin like the sort key. A given name by itself does not, nor a second Latin word.
    """

    initial: str
    people: tuple[int, ...] = ()
    organisations: tuple[int, ...] = ()

    @property
    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        key = Membership.sort_key
        return key >= self.initial, key < _next(self.initial)


def _next(initial: str) -> str:
    return chr(ord(initial) + 1)


def stretch_of(text: str, place: Callable[[Of], ColumnElement[bool]]) -> Stretch | None:
    """The stretch of what was typed in letters; None where many who answer it stand elsewhere."""
    grams = search.query_grams(text)
    if is_number(text) or len(grams) != 1 or not grams[0].isascii():
        return None
    initial, key, filed = grams[0][0], person_gram.c.sort_key, _filed(grams[0])
    parts = (
        filed.where(key < initial).add_columns(literal(False)),
        filed.where(key >= _next(initial)).add_columns(literal(False)),
        select(Membership.id, literal(True)).where(place(as_given), _is_organisation_of(text)),
    )
    rows = db.session.execute(union_all(*(select(part.limit(ELSEWHERE).subquery()) for part in parts))).all()
    if len(rows) >= ELSEWHERE:
        return None
    people, organisations = (tuple(row[0] for row in rows if row[1] is kind) for kind in (False, True))
    here = select(Membership.person_id).where(Membership.person_id.in_(people), place(unindexed))
    return Stretch(initial, tuple(db.session.scalars(here)) if people else (), organisations)


def begun(statement: Select[Any], text: str, stretch: Stretch) -> Select[Any]:
    """The memberships of a place that answer a text in letters: those of its stretch are looked through, beside them
    only whoever else answers it.
    """
    may_be = persons.may_be_filed(Membership.sort_key, _first(text))
    answers = and_(*stretch.conditions, may_be, _bears_it(text))
    if stretch.people or stretch.organisations:
        who = unindexed(Membership.person_id).in_(stretch.people)
        which = unindexed(Membership.id).in_(stretch.organisations)
        answers = or_(answers, who, which)
    # An expression on both engines: PostgreSQL would rather walk along all names until it has met a page of these.
    return statement.where(answers).order_by(Membership.sort_key.concat(""), Membership.id)


def _numbered(text: str) -> Any:
    """Memberships by their own number, or by their holder's identity number or phone."""
    own = select(Membership.id).where(Membership.number == text.replace(" ", "").upper())
    who = persons.exactly(text)
    if who is None:
        return own
    return own.union_all(select(Membership.id).join(Person, Person.id == Membership.person_id).where(who))


def _named(text: str) -> Any:
    """Memberships of people of a rare name, and of organisations whose name begins like this."""
    holders = select(Membership.id).join(person_gram, person_gram.c.person_id == Membership.person_id)
    holders = holders.where(person_gram.c.gram == _first(text), *_with_others(text))
    key = search.sort_key(text)
    organisations = select(Membership.id).where(
        Membership.sort_key >= key, Membership.sort_key < key + LAST, unindexed(Membership.organisation_name) != ""
    )
    return holders.union_all(organisations) if key and not text.isascii() else holders


def _walk(statement: Select[Any], text: str) -> Select[Any]:
    """People of a frequent name, as their gram files them: by name already."""
    statement = statement.join(person_gram, person_gram.c.person_id == Membership.person_id)
    return statement.where(person_gram.c.gram == _first(text), *_with_others(text)).order_by(
        person_gram.c.sort_key, person_gram.c.person_id, Membership.id
    )


def _with_others(text: str) -> list[ColumnElement[bool]]:
    """The further grams of a text, beside the first of the same person: each one row of the index."""
    return [
        exists().where(
            also.c.gram == gram,
            also.c.sort_key == person_gram.c.sort_key,
            also.c.person_id == person_gram.c.person_id,
        )
        for gram in _others(text)
        for also in [person_gram.alias()]
    ]


def _is_named(text: str) -> ColumnElement[bool]:
    """Whether a person's membership is filed under the name: one row of the index for each gram, no other table.

    Whatever lacks a letter of it in its sort key is passed over first: of ten thousand rows a few hundred are left.
    """
    grams = search.query_grams(text)
    filed = [persons.is_filed(gram, Membership.sort_key, Membership.person_id) for gram in grams]
    likely = [persons.may_be_filed(Membership.sort_key, gram) for gram in grams]
    return and_(*likely, *filed)


def _bears_it(text: str) -> ColumnElement[bool]:
    """The same of one gram, asked of each row that is left: the offset keeps PostgreSQL from reading all bearers."""
    gram, who = person_gram.c.gram == _first(text), person_gram.c.person_id == Membership.person_id
    return select(person_gram.c.person_id).where(gram, who).limit(1).offset(0).correlate(Membership).exists()


def _is_organisation_of(text: str) -> ColumnElement[bool]:
    """Whether an organisation's membership has the text in its name, or its contact bears the name."""
    name = Membership.organisation_name
    return and_(name != NOTHING, or_(name.contains(text, autoescape=True), _bears(text)))


def _bears(text: str) -> ColumnElement[bool]:
    """Whether the contact bears the name; an organisation's membership is filed under its own."""
    holder = select(Person.id).where(Person.id == Membership.person_id)
    for gram in search.query_grams(text):
        holder = holder.where(is_filed(gram))
    return holder.exists()


def is_filed(gram: str) -> ColumnElement[bool]:
    return persons.is_filed(gram, Person.sort_key, Person.id)
