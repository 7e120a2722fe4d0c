"""Tables keep the house's rules: the migrations make them, keys are indexed, relations say what they load."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    create_engine,
    inspect,
)
from sqlalchemy.orm import DeclarativeBase, Mapper, relationship

from portal.core.database import Base, db
from tests.harness.findings import none_of
from tests.harness.schema import schema_of
from tests.harness.source import import_models

# The boundary: what associations of this kind once kept about people's bodies and families is in no table.
FORBIDDEN = re.compile(
    r"marri|marital|spouse|wedding|pregnan|birth|contracep|abort|steril|fertil|menstru|gyn|obstet"
    r"|health|medical|disease|illness|sick|hospital|surgery|quota|penalt|informer|migrant"
)
# The date of birth that registration asks for: no other person's.
ALLOWED = {"person.birth_on", "membership_application.birth_on", "volunteer_registration.birth_on"}

KEYS = (UniqueConstraint, PrimaryKeyConstraint)
PREFIXES = {
    CheckConstraint: "ck",
    ForeignKeyConstraint: "fk",
    PrimaryKeyConstraint: "pk",
    UniqueConstraint: "uq",
}


@pytest.fixture(scope="module", autouse=True)
def every_model() -> None:
    """The tables stand in the metadata once their modules are imported."""
    import_models()


def over_the_boundary(metadata: MetaData) -> list[str]:
    names = [table.name for table in metadata.tables.values()]
    names += [f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns]
    return [name for name in names if FORBIDDEN.search(name.replace("_", "")) and name not in ALLOWED]


def unindexed(metadata: MetaData) -> list[str]:
    """Foreign keys that no index, unique constraint or primary key begins with."""
    found = []
    for table in metadata.tables.values():
        leading = {next(iter(index.columns)).name for index in table.indexes if len(index.columns)}
        keys = (constraint for constraint in table.constraints if isinstance(constraint, KEYS))
        leading |= {next(iter(key.columns)).name for key in keys if len(key.columns)}
        leading |= {column.name for column in table.columns if column.unique}
        found += [f"{table.name}.{key.parent.name}" for key in table.foreign_keys if key.parent.name not in leading]
    return found


def badly_named(metadata: MetaData) -> list[str]:
    """Constraints and indexes that the naming convention did not name, and tables that are not in the singular."""
    found = [table.name for table in metadata.tables.values() if not re.fullmatch(r"[a-z]+(_[a-z]+)*", table.name)]
    for table in metadata.tables.values():
        expected = [(c.name, f"{PREFIXES[type(c)]}_{table.name}") for c in table.constraints]
        expected += [(i.name, f"{'uq' if i.unique else 'ix'}_{table.name}") for i in table.indexes]
        found += [f"{table.name}: {name}" for name, start in expected if not str(name).startswith(start)]
    return found


def careless_relations(mappers: list[Mapper[Any]]) -> list[str]:
    """Relations that would load row by row without anybody having said so."""
    return [
        f"{mapper.class_.__name__}.{relation.key}"
        for mapper in mappers
        for relation in mapper.relationships
        if relation.lazy != "raise_on_sql"
    ]


def test_models_equal_migrations(app, empty_database):
    """Tables made by the models and tables made by the migrations are the same, checks and partial indexes too."""
    migrated = schema_of(inspect(db.session.connection()))
    engine = create_engine(empty_database.url)
    db.metadata.create_all(engine)
    with engine.connect() as connection:
        declared = schema_of(inspect(connection))
    engine.dispose()
    assert migrated == declared


def test_control_a_difference_is_found(empty_database):
    engine = create_engine(empty_database.url)
    with engine.begin() as connection:
        Table("a", MetaData(), Column("id", Integer, primary_key=True), Column("n", Integer)).create(connection)
        before = schema_of(inspect(connection))
        connection.exec_driver_sql("CREATE UNIQUE INDEX ix_a_n ON a (n) WHERE n > 0")
        after = schema_of(inspect(connection))
    engine.dispose()
    assert before != after


def test_nothing_over_the_boundary():
    none_of(over_the_boundary(Base.metadata))


def test_every_foreign_key_is_indexed():
    none_of(unindexed(Base.metadata))


def test_names_follow_the_convention():
    none_of(badly_named(Base.metadata))


def test_relations_state_what_they_load():
    none_of(careless_relations(list(Base.registry.mappers)))


def planted() -> MetaData:
    metadata = MetaData()
    Table("person", metadata, Column("id", Integer, primary_key=True), Column("marital_status", Integer))
    Table("Visits", metadata, Column("id", Integer, primary_key=True), Column("p", ForeignKey("person.id")))
    return metadata


def test_control_planted_tables_are_found():
    assert over_the_boundary(planted()) == ["person.marital_status"]
    assert unindexed(planted()) == ["Visits.p"]
    assert "Visits" in badly_named(planted())


def test_control_a_careless_relation_is_found():
    metadata = MetaData()
    table = Table("node", metadata, Column("key", Integer, primary_key=True), Column("up", ForeignKey("node.key")))

    class Roots(DeclarativeBase):
        pass

    class Planted(Roots):
        __table__ = table
        above = relationship("Planted", remote_side=[table.c.key])

    assert careless_relations(list(Planted.registry.mappers)) == ["Planted.above"]
