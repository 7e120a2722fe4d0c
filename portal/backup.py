"""Backup and restore: database, files and keys in one verified archive, made while the portal runs."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from portal.cli import Failure
from portal.core.calendar import now
from portal.core.database import db
from portal.settings import Settings

KEYS = ("secret.key", "encryption.key")
MANIFEST = "manifest.json"


def write(settings: Settings, target: Path) -> str:
    """Write the archive beside its final name, read it back, then move it into place."""
    if target.exists():
        raise Failure(f"{target} exists already; choose another name.")
    if not target.parent.is_dir():
        raise Failure(f"the folder {target.parent} does not exist.")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as name:
        folder = Path(name)
        content = _collect(settings, folder)
        partial = folder / "archive"
        _pack(content, partial)
        count = _verify(partial)
        partial.chmod(0o600)
        partial.rename(target)
    return f"{target}: {count} files, {target.stat().st_size / 1e6:.1f} MB, read back and found whole."


def restore(settings: Settings, source: Path, replace: bool) -> str:
    """Put everything back; what the portal held before is refused, or with `replace` moved aside."""
    from portal import setup

    holds_data = not setup.is_pending() and not setup.is_empty()
    db.session.remove()
    db.engine.dispose()
    if holds_data and not replace:
        raise Failure("the portal already holds data; use --replace to overwrite it.")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".restore-") as name:
        folder = Path(name)
        count = _verify(source)
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        keys = _differing_keys(settings, folder)
        _put_database(settings, folder)
        _put_files(settings, folder)
        for name, value in keys.items():
            _put_key(settings.data_dir / name, value)
    return f"{count} files restored from {source}."


def _collect(settings: Settings, folder: Path) -> dict[str, Path]:
    """What goes into the archive: names in it and where each stands now."""
    database = folder / ("database.sqlite3" if settings.is_sqlite else "database.dump")
    if settings.is_sqlite:
        _copy_sqlite(settings, database)
    else:
        _run_postgres(settings, ["pg_dump", "--format=custom", "--no-owner", f"--file={database}"])
    content = {database.name: database}
    for path in sorted(settings.files_dir.rglob("*")) if settings.files_dir.exists() else []:
        if path.is_file():
            content[f"files/{path.relative_to(settings.files_dir)}"] = path
    keys = dict(zip(KEYS, (settings.secret_key, ",".join(settings.encryption_keys)), strict=True))
    for name, value in keys.items():
        (folder / name).write_text(value, encoding="ascii")
        content[f"keys/{name}"] = folder / name
    return content


def _copy_sqlite(settings: Settings, target: Path) -> None:
    """SQLite's own online copy: whole even with a writer at work, then checked."""
    path = str(make_url(settings.database_url).database)
    with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy, pages=-1)
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise Failure("the database file is damaged; restore an earlier backup.")


def _pack(content: dict[str, Path], target: Path) -> None:
    digests = {name: _digest(path) for name, path in content.items()}
    manifest = target.with_name(MANIFEST)
    manifest.write_text(json.dumps({"made_at": now().isoformat(), "files": digests}, indent=1), encoding="utf-8")
    with tarfile.open(target, "w:gz", compresslevel=3) as archive:
        archive.add(manifest, MANIFEST)
        for name, path in content.items():
            archive.add(path, name)


def _verify(path: Path) -> int:
    """Read the whole archive and compare every digest; returns the number of files."""
    try:
        with tarfile.open(path) as archive:
            first = archive.extractfile(MANIFEST)
            assert first is not None
            expected: dict[str, str] = json.load(first)["files"]
            for name, digest in expected.items():
                member = archive.extractfile(name)
                if member is None or hashlib.sha256(member.read()).hexdigest() != digest:
                    raise Failure(f"{path} is damaged at {name}.")
    except (tarfile.TarError, KeyError, ValueError, EOFError, OSError) as error:
        raise Failure(f"{path} is no whole backup of the portal ({error}).") from None
    return len(expected)


def _put_database(settings: Settings, folder: Path) -> None:
    kind = "database.sqlite3" if settings.is_sqlite else "database.dump"
    if not (folder / kind).exists():
        raise Failure("the backup is of the other database engine; set PORTAL_DATABASE_URL accordingly.")
    if settings.is_sqlite:
        target = Path(str(make_url(settings.database_url).database))
        target.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("-wal", "-shm"):
            Path(f"{target}{suffix}").unlink(missing_ok=True)
        (folder / kind).replace(target)
    else:
        restore = ["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(folder / kind)]
        _run_postgres(settings, restore)


def _put_files(settings: Settings, folder: Path) -> None:
    """The files replace the old ones as a folder."""
    kept = folder / "files"
    kept.mkdir(exist_ok=True)
    if settings.files_dir.exists():
        shutil.rmtree(settings.files_dir)
    kept.rename(settings.files_dir)


def _differing_keys(settings: Settings, folder: Path) -> dict[str, str]:
    """The backup's keys that are not in force here; in production only the settings may name them."""
    mine = dict(zip(KEYS, (settings.secret_key, ",".join(settings.encryption_keys)), strict=True))
    kept = {name: (folder / "keys" / name).read_text(encoding="ascii") for name in KEYS}
    differing = {name: value for name, value in kept.items() if value != mine[name]}
    if differing and settings.mode == "production":
        names = ", ".join(f"{_variable(name)} (keys/{name})" for name in differing)
        raise Failure(f"first set to the values in the backup: {names}. Nothing was changed.")
    return differing


def _put_key(target: Path, value: str) -> None:
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    target.write_text(value, encoding="ascii")


def _variable(name: str) -> str:
    return {"secret.key": "PORTAL_SECRET_KEY", "encryption.key": "PORTAL_ENCRYPTION_KEYS"}[name]


def _run_postgres(settings: Settings, command: list[str]) -> None:
    """A PostgreSQL tool against the configured database; the password travels in the environment."""
    url = make_url(settings.database_url).set(drivername="postgresql")
    environment = {**os.environ, "PGPASSWORD": str(url.password or "")}
    address = url.set(password=None).render_as_string(hide_password=False)
    try:
        subprocess.run([*command, f"--dbname={address}"], env=environment, check=True, capture_output=True)  # noqa: S603
    except FileNotFoundError:
        raise Failure(f"{command[0]} is not installed (Debian: postgresql-client).") from None
    except subprocess.CalledProcessError as error:
        raise Failure(f"{command[0]} failed: {error.stderr.decode(errors='replace').strip()[:300]}") from None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
