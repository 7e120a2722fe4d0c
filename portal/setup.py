"""Installing and tending an installation: migrations, the first administrator, the check, new keys."""

from __future__ import annotations

import os
from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade
from sqlalchemy import func, select, update

from portal.core.application import MIGRATIONS
from portal.core.database import db, reading
from portal.core.encryption import EncryptedText, blind_index
from portal.core.errors import RuleError
from portal.settings import Settings


def migrate() -> None:
    """Bring the database to the newest form; on SQLite its folder is made."""
    database = db.engine.url.database
    if db.engine.dialect.name == "sqlite" and database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    upgrade()


def is_pending() -> bool:
    """Whether migrations wait to be applied."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    database = db.engine.url.database
    if db.engine.dialect.name == "sqlite" and database and not Path(database).exists():
        return True
    with reading(), db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    return set(current) != set(ScriptDirectory.from_config(config).get_heads())


def is_empty() -> bool:
    """Whether no association has been set up yet."""
    from portal.associations.models import Association

    with reading():
        empty = not db.session.scalar(select(func.count()).select_from(Association))
        db.session.rollback()
    return empty


def first_administrator(association: str, code: str, name: str, phone: str, password: str) -> None:
    """An association, a person, an account and an appointment as chair and administrator over all below."""
    from portal.accounts import services as accounts
    from portal.associations import services as associations
    from portal.associations.models import Formation, Level
    from portal.core.calendar import today
    from portal.core.identity import PhoneError, normalise_phone
    from portal.offices.models import Appointment
    from portal.offices.rights import Position
    from portal.people import services as people

    if not is_empty():
        raise RuleError("", "The database already holds an association.")
    try:
        number = normalise_phone(phone)
    except PhoneError:
        raise RuleError("phone", f"{phone!r} is not a phone number.") from None
    home = associations.create_association(
        None, None, name=association, code=code, level=Level.FEDERATION, formation=Formation.INDEPENDENT
    )
    person = people.create_person(None, name, phone=number)
    accounts.create_account(None, person, password)
    for position in (Position.CHAIR, Position.ADMINISTRATOR):
        db.session.add(
            Appointment(
                person_id=person.id,
                association_id=home.id,
                position=position,
                covers_subtree=True,
                start_on=today(),
            )
        )
    db.session.commit()


def faults(settings: Settings) -> list[str]:
    """What `portal check` finds wrong, each in one sentence with the way out."""
    found = []
    if is_pending():
        found.append("The database waits for a migration: run `portal db upgrade`.")
    else:
        found += _database_faults()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.data_dir, os.W_OK):
        found.append(f"The data folder {settings.data_dir} cannot be written.")
    if settings.mode != "production":
        return found
    if settings.is_sqlite and settings.workers > 4:
        found.append("SQLite serves a village, not a federation: set PORTAL_DATABASE_URL to PostgreSQL.")
    return found


def _database_faults() -> list[str]:
    with db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            return []
        verdict = connection.exec_driver_sql("PRAGMA quick_check").scalar()
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    found = [] if verdict == "ok" else [f"The database file is damaged: {verdict}. Restore a backup."]
    return found + ([f"{len(orphans)} rows refer to rows that do not exist."] if orphans else [])


def rotate_keys() -> int:
    """Write every encrypted value and blind index anew under the first key; returns the number of rows."""
    count = 0
    for table in db.metadata.sorted_tables:
        secret = [column for column in table.columns if isinstance(column.type, EncryptedText)]
        if secret:
            for row in db.session.execute(select(table.c.id, *secret)).all():
                values = {column.name: getattr(row, column.name) for column in secret}
                db.session.execute(update(table).where(table.c.id == row.id).values(**values, **_indexes(values)))
                count += 1
    _follow_phones()
    db.session.commit()
    return count


def _indexes(values: dict[str, str | None]) -> dict[str, str | None]:
    """The blind indexes that stand beside encrypted values: of a person's number and phone."""
    kinds = {"identity_number": ("identity_index", "identity"), "phone": ("phone_index", "phone")}
    return {
        index: blind_index(value, kind) if value else None
        for name, value in values.items()
        if name in kinds
        for index, kind in [kinds[name]]
    }


def _follow_phones() -> None:
    """Accounts that sign in by phone carry the index of their person's phone."""
    from portal.accounts.models import Account
    from portal.people.models import Person

    phone = select(Person.phone_index).where(Person.id == Account.person_id).scalar_subquery()
    db.session.execute(update(Account).where(Account.phone_index.is_not(None)).values(phone_index=phone))
