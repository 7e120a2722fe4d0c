"""Changing the encryption key without a day off: readable before, during and after, and found at each stage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select, text

from portal.accounts import queries as accounts
from portal.core.database import db
from portal.core.encryption import EncryptedText, keyring
from portal.core.errors import RuleError
from portal.core.identity import demo_identity
from portal.people import queries as people
from portal.people import services
from portal.people.models import Person
from portal.upkeep import keys
from tests.harness.factory import make_account, make_person
from tests.harness.installation import Installation

OLD, NEW = "the old key of at least thirty-two characters", "the new key of at least thirty-two characters"
NUMBER, OTHER = (demo_identity(serial, date(1990, 3, 7), "male") for serial in (1, 2))
PHONE = "13912345678"


@pytest.fixture(autouse=True)
def ring(app, cast) -> Iterator[None]:
    """Everything stands under the old key; the keys of the other tests come back at the end."""
    usual = app.extensions["portal.settings"].encryption_keys
    keyring.configure((OLD, *usual))
    keys.rotate_keys()
    keyring.configure((OLD,))
    yield
    keyring.configure(usual)


@pytest.fixture
def person(app, cast) -> Person:
    person = services.create_person(None, "王秀英", phone=PHONE, identity_number=NUMBER, guardian_phone="13900000001")
    make_account(person, totp_secret="JBSWY3DPEHPK3PXP")
    make_account(make_person("李建国"))
    db.session.commit()
    return person


def is_found() -> bool:
    """By identity number, by phone, and at the sign-in."""
    db.session.expire_all()
    by_login = accounts.get_by_login(PHONE)
    number = people.get_by_identity(NUMBER)
    return number is not None and by_login is not None and by_login.person_id == number.id and is_readable()


def is_readable() -> bool:
    person = db.session.scalars(select(Person).where(Person.name == "王秀英", Person.phone_last4 == PHONE[-4:])).one()
    account = accounts.get_by_login(PHONE)
    read = (person.identity_number, person.phone, person.guardian_phone, account and account.totp_secret)
    return read == (NUMBER, PHONE, "13900000001", "JBSWY3DPEHPK3PXP")


def test_found_and_readable_at_each_stage(person):
    assert is_found()
    keyring.configure((NEW, OLD))
    assert is_found(), "the new key is in force, nothing is written anew yet"
    services.correct_person(None, person, phone="13987654321")
    services.correct_person(None, person, phone=PHONE)
    db.session.commit()
    assert keys.rotate_keys() > 5
    assert is_found(), "both keys still there"
    keyring.configure((NEW,))
    assert is_found(), "the old key is gone"
    assert keys.count_unreadable() == 0


def test_the_command(person, live_app, engine_kind):
    """The new key first in the environment; afterwards the old one can go."""
    settings = live_app.extensions["portal.settings"]
    here = Installation(settings.data_dir, settings.database_url, {"PORTAL_SECRET_KEY": settings.secret_key})
    run = here.execute if engine_kind == "sqlite" else here.run
    done = run("rotate-keys", PORTAL_ENCRYPTION_KEYS=f"{NEW},{OLD}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(" records encrypted with the first key; the other keys can go.\n")
    assert not is_found_under(OLD)
    assert is_found_under(NEW)


def is_found_under(key: str) -> bool:
    db.session.expire_all()
    keyring.configure((key,))
    return people.get_by_identity(NUMBER) is not None and is_found() and keys.count_unreadable() == 0


def test_half_way_through(person, monkeypatch):
    """Stopped after the first batch, everybody is found: those done and those not; a second run ends it."""
    keyring.configure((NEW, OLD))
    monkeypatch.setattr(keys, "BATCH", 2)
    follow, batches = keys._follow, iter([True, False])
    monkeypatch.setattr(keys, "_follow", lambda phones: follow(phones) if next(batches) else 1 / 0)
    with pytest.raises(ZeroDivisionError):
        keys.rotate_keys()
    db.session.rollback()
    assert is_found()
    monkeypatch.undo()
    keys.rotate_keys()
    keyring.configure((NEW,))
    assert is_found()


def test_nobody_stands_in_the_register_twice_while_keys_change(person):
    """A number under the old key's index is found by one entered under the new key."""
    keyring.configure((NEW, OLD))
    with pytest.raises(RuleError):
        services.create_person(None, "王秀英", identity_number=NUMBER)
    services.create_person(None, "张三", identity_number=OTHER)
    db.session.commit()
    keys.rotate_keys()
    keyring.configure((NEW,))
    assert people.get_by_identity(OTHER) is not None


def test_control_without_rotation_the_old_rows_are_lost(person):
    keyring.configure((NEW,))
    assert people.get_by_identity(NUMBER) is None
    assert accounts.get_by_login(PHONE) is None
    with pytest.raises(RuntimeError, match="key that is not configured"):
        is_readable()
    assert keys.count_unreadable() > 0


def test_rotated_twice_changes_nothing_that_is_read(person):
    keyring.configure((NEW, OLD))
    first = keys.rotate_keys()
    indexes = db.session.execute(select(Person.identity_index, Person.phone_index).order_by(Person.id)).all()
    assert keys.rotate_keys() == first
    assert db.session.execute(select(Person.identity_index, Person.phone_index).order_by(Person.id)).all() == indexes


def test_what_has_only_an_index_is_told(person):
    """A phone that the record no longer holds cannot be indexed anew; whoever signs in with it is counted."""
    services.correct_person(None, person, phone="")
    db.session.commit()
    keyring.configure((NEW, OLD))
    keys.rotate_keys()
    assert [line.split(" with ")[0] for line in keys.list_leftovers()] == ["1 accounts sign in"]


def test_every_index_of_a_secret_is_written_anew(app):
    """A column that ends in _index stands beside an encrypted one, or follows a person's phone; a phone by which
    nobody is sought has none.
    """
    known = {("account", "phone_index")}
    for table in db.metadata.sorted_tables:
        secret = {column.name for column in keys.secret_columns(table)}
        told = {index for name, (index, _) in keys.INDEXES.items() if name in secret}
        known |= {(table.name, index) for index in told & set(table.c.keys())}
    found = {(table.name, c.name) for table in db.metadata.sorted_tables for c in table.columns if "_index" in c.name}
    assert found == known


def test_nothing_encrypted_is_readable_in_the_database(person):
    """And the same text is encrypted differently each time."""
    columns = [
        (table.name, column.name)
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, EncryptedText)
    ]
    assert ("person", "identity_number") in columns
    for table, column in columns:
        stored = db.session.scalars(text(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")).all()
        assert len(set(stored)) == len(stored)
        assert all(value.startswith("gAAAA") for value in stored)
