"""Restore: put back what a backup holds, all of it or nothing; what stood there before is moved aside."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from portal.core.calendar import now
from portal.core.database import db
from portal.core.encryption import keyring
from portal.settings import KEY_FILES, Settings
from portal.upkeep import Failure, migration, presence, setup
from portal.upkeep.backup import DATABASES, keys_of, run_postgres, run_tool, sqlite_path, verify

# Tables that the backup does not know (of a newer version) would be in the way of the next migration.
CLEAR = """DO $$ DECLARE name text; BEGIN
FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = current_schema() LOOP
EXECUTE 'DROP TABLE ' || name || ' CASCADE'; END LOOP; END $$"""


def restore(settings: Settings, source: Path, replace: bool) -> str:
    """Check everything, then put database, files and keys in place; returns what to tell."""
    count = verify(source)
    if not presence.hold(settings, presence.SERVING, alone=True):
        raise Failure("the portal is running; stop it first. Nothing was changed.")
    if not replace and not setup.is_empty():
        raise Failure("the portal already holds data; --replace puts the backup in its place. Nothing was changed.")
    db.session.remove()
    db.engine.dispose()
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".restore-") as name:
        folder = Path(name)
        unpack(source, folder)
        keys = _keys_to_put(settings, folder)
        aside = settings.data_dir / f"replaced-{now():%Y%m%d-%H%M%S}"
        _put_database(settings, folder, aside)
        _put_files(settings, folder, aside)
        for key, value in keys.items():
            _move(settings.data_dir / key, aside)
            _put_key(settings.data_dir / key, value)
    return "\n".join([f"{count} files restored from {source}.", *_advice(settings, keys, aside)])


def unpack(source: Path, folder: Path) -> None:
    """The files of a backup that was verified: nothing but plain files, each at its own place below the folder. (The
    filters of tarfile came with Python 3.11.4; Debian 12 has 3.11.2.)
    """
    with tarfile.open(source) as archive:
        for member in archive.getmembers():
            target, packed = folder / member.name, archive.extractfile(member)
            if not target.resolve().is_relative_to(folder.resolve()) or packed is None:
                raise Failure(f"{source} holds {member.name!r}, which is no file below it. Nothing was changed.")
            target.parent.mkdir(parents=True, exist_ok=True)
            with packed, target.open("wb") as file:
                shutil.copyfileobj(packed, file)


def _advice(settings: Settings, keys: dict[str, str], aside: Path) -> list[str]:
    """What else the person at the keyboard should know."""
    lines = [f"What stood here before is in {aside}."] if aside.exists() else []
    if "encryption.key" in keys:
        keyring.configure(tuple(keys["encryption.key"].split(",")))
    if migration.is_pending():
        lines.append("The backup is of an older version: run `portal db upgrade` next.")
    return lines


def _keys_to_put(settings: Settings, folder: Path) -> dict[str, str]:
    """The backup's keys that are kept in the data folder and differ there.

    A key that the environment names cannot be put back from here: values encrypted with one that is missing
    would be lost, so that is refused. A different secret key only ends the sessions.
    """
    kept = {name: (folder / "keys" / name).read_text(encoding="ascii") for name in KEY_FILES}
    mine, from_environment = keys_of(settings), {n for n, v in KEY_FILES.items() if os.environ.get(v, "").strip()}
    missing = set(kept["encryption.key"].split(",")) - set(settings.encryption_keys)
    if missing and ("encryption.key" in from_environment or settings.mode == "production"):
        raise Failure(
            "PORTAL_ENCRYPTION_KEYS does not hold the keys of the backup (keys/encryption.key in it);"
            " add them behind your own, with a comma. Nothing was changed."
        )
    return {
        name: value
        for name, value in kept.items()
        if value != mine[name] and name not in from_environment and settings.mode != "production"
    }


def _put_database(settings: Settings, folder: Path, aside: Path) -> None:
    database = folder / DATABASES[settings.is_sqlite]
    if not database.exists():
        raise Failure("the backup is of the other database engine; set PORTAL_DATABASE_URL to match it.")
    if settings.is_sqlite:
        _put_sqlite(database, sqlite_path(settings), aside)
        return
    script = folder / "database.sql"
    run_tool("pg_restore", "--clean", "--if-exists", "--no-owner", f"--file={script}", str(database))
    whole = ("--single-transaction", "--set=ON_ERROR_STOP=1", f"--command={CLEAR}", f"--file={script}")
    run_postgres(settings, "psql", "--quiet", "--no-psqlrc", "--output=/dev/null", *whole)


def _put_sqlite(database: Path, target: Path, aside: Path) -> None:
    with closing(sqlite3.connect(database)) as copy:
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise Failure("the database in the backup is damaged. Nothing was changed.")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.restored")  # the folder may lie on another disk
    shutil.copyfile(database, beside)
    beside.chmod(0o600)
    for suffix in ("-wal", "-shm", ""):
        _move(target.with_name(target.name + suffix), aside)
    beside.rename(target)


def _put_files(settings: Settings, folder: Path, aside: Path) -> None:
    kept = folder / "files"
    kept.mkdir(exist_ok=True)
    _move(settings.files_dir, aside)
    kept.rename(settings.files_dir)


def _move(path: Path, aside: Path) -> None:
    if path.exists():
        aside.mkdir(mode=0o700, exist_ok=True)
        shutil.move(path, aside / path.name)


def _put_key(target: Path, value: str) -> None:
    target.touch(mode=0o600)
    target.write_text(value, encoding="ascii")
