"""`portal check` names everything that is wrong at once, and nothing on a sound installation."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import closing

import pytest
import sqlalchemy

from tests.harness.installation import Installation

PRODUCTION = {
    "PORTAL_MODE": "production",
    "PORTAL_BASE_URL": "https://portal.example.org",
    "PORTAL_TRUSTED_HOSTS": "portal.example.org",
}


def faults(result) -> list[str]:
    """What was found, from the command's lines."""
    assert result.returncode == 1
    *lines, last = result.stderr.splitlines()
    assert all(line.startswith("- ") for line in lines), result.stderr
    assert last == f"portal: {len(lines)} thing{'s' if len(lines) > 1 else ''} to mend."
    return [line.removeprefix("- ") for line in lines]


def change(installation: Installation, *statements: str) -> None:
    engine = sqlalchemy.create_engine(installation.url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_sound_installation(installation):
    installation.data.mkdir(mode=0o700)
    for mode in ({}, PRODUCTION):
        result = installation.run("check", **mode)
        assert (result.returncode, result.stdout) == (0, "All is well.\n"), result.stderr


def test_everything_that_production_refuses_at_once(bare):
    """The list of what must never go out: secret, debug, hosts, cookies, folder, migration."""
    found = faults(
        bare.run(
            "check",
            PORTAL_MODE="production",
            PORTAL_SECRET_KEY="change-me",
            PORTAL_BASE_URL="http://portal.example.org",
            FLASK_DEBUG="1",
        )
    )
    for words in ("https://", "PORTAL_TRUSTED_HOSTS is not set", "32 random characters", "FLASK_DEBUG", "db upgrade"):
        assert sum(words in fault for fault in found) == 1, (words, found)
    assert len(found) == 5


def test_the_first_command_of_all_makes_the_folder(bare):
    result = bare.run("db", "upgrade", **PRODUCTION)
    assert result.returncode == 0, result.stderr
    assert bare.data.stat().st_mode & 0o777 == 0o700


@pytest.mark.engines("sqlite")  # no database has a part in it
def test_a_data_folder_that_everybody_may_read(installation):
    installation.data.mkdir(mode=0o755)
    installation.data.chmod(0o755)
    assert ["chmod o-rwx" in fault for fault in faults(installation.run("check", **PRODUCTION))] == [True]


def test_a_database_of_a_newer_version(installation):
    change(installation, "UPDATE alembic_version SET version_num = 'later'")
    assert ["newer version" in fault for fault in faults(installation.run("check"))] == [True]
    result = installation.run("serve", "--port", "1")
    assert result.returncode == 1


def test_a_key_that_is_missing_and_a_photo_that_is_gone(installation, apps, engine_kind):
    """What the rows refer to is there: the key that they were encrypted with, the files that they name."""
    from portal.upkeep.check import list_faults

    with apps.live(engine_kind, data_dir=installation.data) as app:
        from portal.core.database import db
        from portal.core.encryption import keyring
        from tests.harness.cast import build_cast
        from tests.harness.rows import fill

        build_cast()
        fill(db.engine, db.metadata)
        keyring.configure((secrets.token_urlsafe(48),))
        try:
            found = list_faults(app.extensions["portal.settings"])
        finally:
            keyring.configure(app.extensions["portal.settings"].encryption_keys)
    assert [word for fault in found for word in ("encrypted", "photos are missing") if word in fault] == [
        "encrypted",
        "photos are missing",
    ]


@pytest.mark.engines("sqlite")  # PostgreSQL keeps this itself
def test_rows_that_refer_to_nothing_and_a_torn_file(installation):
    path = installation.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "INSERT INTO affiliation (person_id, association_id, kind, start_on) VALUES (7, 7, 'member', 1)"
        )
    assert ["1 rows refer" in fault or "2 rows refer" in fault for fault in faults(installation.run("check"))] == [
        True
    ]
    with open(path, "r+b") as file:  # noqa: PTH123 - in place
        file.seek(4096 * 9)
        file.write(b"\xff" * 4096 * 3)
    assert any("damaged" in fault or "does not answer" in fault for fault in faults(installation.run("check")))
