"""A federation of any size, written past the portal: associations of a hundred members, each findable by name.

Rows go in by the fastest way of each engine and in the order of their indexes; a million members with their ten
million grams take minutes. Everybody shares one encrypted number: what is measured never reads it.
"""

from __future__ import annotations

import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import islice
from typing import Any

import psycopg
from sqlalchemy import Engine

from portal.core import search
from portal.core.encryption import blind_index, encrypt
from portal.demo.names import invent

PER_ASSOCIATION, PER_STREET, PER_DISTRICT = 100, 22, 10
DISTINCT_NAMES = 30_000
ROOT, DISTRICT, STREET = 1, 2, 3  # ids; the first grass-roots association follows the streets
SINCE, STAMP = date(2019, 1, 7), "2026-01-05 01:00:00"
PORTION = 20_000
Rows = Iterator[tuple[Any, ...]]


@dataclass(frozen=True)
class Named:
    """A name and how it is found."""

    name: str
    sort_key: str
    grams: tuple[str, ...]
    sex: str
    birth_on: date


class Crowd:
    """`size` members in a tree of federation, districts, streets and associations; the same for the same size."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.grassroots = -(-size // PER_ASSOCIATION)
        self.streets = -(-self.grassroots // PER_STREET)
        self.districts = -(-self.streets // PER_DISTRICT)

    @cached_property
    def names(self) -> list[Named]:
        chance, found = random.Random(self.size % 97), []
        for _ in range(min(DISTINCT_NAMES, self.size)):
            who = invent(chance, date(1940, 1, 1), date(2008, 1, 1))
            grams = tuple(sorted(search.name_grams(who.name)))
            found.append(Named(who.name, search.sort_key(who.name), grams, who.sex, who.birth_on))
        return found

    def named(self, person_id: int) -> Named:
        """Whoever has this id; neighbours have nothing in common."""
        return self.names[person_id * 7_919 % len(self.names)]

    def first_grassroots(self) -> int:
        return 1 + self.districts + self.streets + 1

    def association_of(self, person_id: int) -> int:
        return self.first_grassroots() + (person_id - 1) // PER_ASSOCIATION

    def associations(self) -> Rows:
        for row_id in range(1, self.first_grassroots() + self.grassroots):
            parent, path, level = self._place(row_id)
            name, code = f"第{row_id}协会", f"c-{row_id}"
            yield (row_id, f"a{row_id:011}", code, name, "", level, parent, path, "Asia/Shanghai", *[""] * 5, STAMP)

    def _place(self, row_id: int) -> tuple[int | None, str, str]:
        """Parent, path and level of an association."""
        if row_id == 1:
            return None, "1/", "federation"
        if row_id <= 1 + self.districts:
            return 1, f"1/{row_id}/", "town"
        streets_from = 2 + self.districts
        if row_id < self.first_grassroots():
            district = 2 + (row_id - streets_from) // PER_DISTRICT
            return district, f"1/{district}/{row_id}/", "town"
        street = streets_from + (row_id - self.first_grassroots()) // PER_STREET
        district = 2 + (street - streets_from) // PER_DISTRICT
        return street, f"1/{district}/{street}/{row_id}/", "grassroots"

    def people(self) -> Rows:
        secret = encrypt("13900000000")
        for row_id in range(1, self.size + 1):
            who, last4 = self.named(row_id), f"{row_id * 31 % 10_000:04}"
            index = blind_index(f"139{row_id:08}", "phone")
            yield (
                row_id, f"p{row_id:011}", who.name, who.sort_key, who.sex, who.birth_on.isoformat(), secret, index,
                last4, "", "", STAMP,
            )  # fmt: skip

    def grams(self) -> Rows:
        """In the order of the index, so that it is written from one end to the other."""
        bearers, bearing = defaultdict(list), defaultdict(set)
        for row_id in range(1, self.size + 1):
            bearers[self.named(row_id).name].append(row_id)
        known = {named.name: named for named in self.names if named.name in bearers}
        for named in known.values():
            for gram in named.grams:
                bearing[gram].add((named.sort_key, named.name))
        for gram in sorted(bearing):
            by_key = defaultdict(list)
            for key, name in bearing[gram]:
                by_key[key] += bearers[name]
            for key in sorted(by_key):
                yield from ((gram, key, row_id) for row_id in sorted(by_key[key]))

    def affiliations(self) -> Rows:
        for row_id in range(1, self.size + 1):
            yield (row_id, row_id, self.association_of(row_id), "member", self.joined_on(row_id))

    def memberships(self) -> Rows:
        for row_id in range(1, self.size + 1):
            yield (
                row_id, f"m{row_id:011}", f"C-{row_id:08}", 1, row_id, "", self.named(row_id).sort_key,
                self.association_of(row_id), self.joined_on(row_id), "", "", STAMP,
            )  # fmt: skip

    def stays(self) -> Rows:
        for row_id in range(1, self.size + 1):
            yield (row_id, row_id, self.association_of(row_id), self.joined_on(row_id))

    def joined_on(self, row_id: int) -> str:
        return (SINCE + timedelta(days=row_id * 13 % 2_400)).isoformat()

    def tables(self) -> Iterator[tuple[str, str, Rows]]:
        """Table, columns and rows, those that are referred to first."""
        yield (
            "association",
            "id, public_id, code, name, short_name, level, parent_id, path, time_zone, introduction, address, phone,"
            " email, office_hours, created_at",
            self.associations(),
        )
        kind = (1, "k00000000001", 1, "个人会员", "person", 0, True)
        yield "membership_kind", "id, public_id, association_id, name, holder, position, is_open", iter([kind])
        yield (
            "person",
            "id, public_id, name, sort_key, sex, birth_on, phone, phone_index, phone_last4, residence, guardian_name,"
            " created_at",
            self.people(),
        )
        yield "person_gram", "gram, sort_key, person_id", self.grams()
        yield "affiliation", "id, person_id, association_id, kind, start_on", self.affiliations()
        yield (
            "membership",
            "id, public_id, number, kind_id, person_id, organisation_name, sort_key, association_id, joined_on,"
            " suspension_reason, end_note, created_at",
            self.memberships(),
        )
        yield "membership_stay", "id, membership_id, association_id, start_on", self.stays()
        counter = (1, "C-{serial}", self.size)
        yield "number_counter", "id, stem, last", iter([counter])


def fill(engine: Engine, crowd: Crowd) -> None:
    """Write a crowd into a migrated, empty database, and let the engine look at what it has."""
    connection = engine.raw_connection()
    try:
        for table, columns, rows in crowd.tables():
            if engine.dialect.name == "sqlite":
                _insert(connection.driver_connection, table, columns, rows)
            else:
                _copy(connection.driver_connection, table, columns, rows)
        connection.commit()
    finally:
        connection.close()
    look(engine)


def look(engine: Engine) -> None:
    """PostgreSQL's autovacuum comes by itself after so many rows; only then do its indexes answer alone. SQLite is
    always in a transaction here, and forgets what it saw in one that is not committed.
    """
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def _insert(connection: Any, table: str, columns: str, rows: Rows) -> None:
    assert isinstance(connection, sqlite3.Connection)
    marks = ", ".join("?" * (columns.count(",") + 1))
    connection.execute("BEGIN")
    while portion := list(islice(rows, PORTION)):
        connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", portion)
    connection.execute("COMMIT")


def _copy(connection: Any, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    assert isinstance(connection, psycopg.Connection)
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:  # type: ignore[arg-type]
            for row in rows:
                copy.write_row(row)
        if columns.startswith("id,"):
            moved = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            cursor.execute(moved)  # type: ignore[arg-type]
