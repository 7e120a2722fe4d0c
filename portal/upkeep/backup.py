"""Backup: database, files and keys in one verified archive, made while the portal runs."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from contextlib import closing
from pathlib import Path
from typing import IO

from sqlalchemy.engine import make_url

from portal.core.calendar import now
from portal.settings import KEY_FILES, Settings
from portal.upkeep import Failure

MANIFEST = "manifest.json"
DATABASES = {True: "database.sqlite3", False: "database.dump"}  # by Settings.is_sqlite


def write(settings: Settings, target: Path) -> str:
    """Write the archive beside its final name, read it back, then move it into place; returns what to tell."""
    if target.exists():
        raise Failure(f"{target} exists already; choose another name.")
    if not target.absolute().parent.is_dir():
        raise Failure(f"the folder {target.absolute().parent} does not exist.")
    with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".backup-") as name:
        partial = _pack(_collect(settings, Path(name)), Path(name))
        count = verify(partial)
        partial.chmod(0o600)
        os.link(partial, target)  # never over a file that came meanwhile
    return f"{target}: {count} files, {target.stat().st_size / 1e6:.1f} MB, read back and found whole."


def verify(path: Path) -> int:
    """Read the whole archive and compare every digest; returns the number of files."""
    try:
        with gzip.open(path) as stream:  # to its very end, where its own checksum stands
            while stream.read(1 << 20):
                pass
        with tarfile.open(path) as archive:
            members = {member.name: member for member in archive if member.isreg()}
            expected: dict[str, str] = json.load(_open(archive, members[MANIFEST]))["files"]
            if set(members) != {*expected, MANIFEST} or len(archive.getmembers()) != len(members):
                raise Failure(f"{path} is damaged: its files are not those it lists. Nothing was changed.")
            for name, digest in expected.items():
                if _digest(_open(archive, members[name])) != digest:
                    raise Failure(f"{path} is damaged at {name}. Nothing was changed.")
    except (tarfile.TarError, zlib.error, KeyError, ValueError, TypeError, EOFError, OSError) as error:
        reason = str(error).split(":\n")[0]  # tarfile tells of each way in which it tried, a line for each
        raise Failure(f"{path} is no whole backup of the portal ({reason}). Nothing was changed.") from None
    return len(expected)


def keys_of(settings: Settings) -> dict[str, str]:
    """The keys in force, by the names of their files."""
    return dict(zip(KEY_FILES, (settings.secret_key, ",".join(settings.encryption_keys)), strict=True))


def sqlite_path(settings: Settings) -> Path:
    return Path(str(make_url(settings.database_url).database))


def run_postgres(settings: Settings, *command: str) -> None:
    """A PostgreSQL tool against the configured database; the password travels in the environment."""
    url = make_url(settings.database_url).set(drivername="postgresql")
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    run_tool(*command, f"--dbname={url.set(password=None).render_as_string(hide_password=False)}", **secret)


def run_tool(*command: str, **environment: str) -> None:
    try:
        subprocess.run(command, env={**os.environ, **environment}, check=True, capture_output=True)  # noqa: S603
    except FileNotFoundError:
        raise Failure(f"{command[0]} is not installed (Debian: postgresql-client).") from None
    except subprocess.CalledProcessError as error:
        reason = " ".join(error.stderr.decode(errors="replace").split())
        raise Failure(f"{command[0]} failed, nothing was changed: {reason[:300]}") from None


def _collect(settings: Settings, folder: Path) -> dict[str, Path]:
    """What goes into the archive: names in it and where each stands now. The database first: a file is written
    before the row that names it, so whatever this copy names is there.
    """
    database = folder / DATABASES[settings.is_sqlite]
    if settings.is_sqlite:
        _copy_sqlite(settings, database)
    else:
        run_postgres(settings, "pg_dump", "--format=custom", "--no-owner", f"--file={database}")
    content = {database.name: database}
    for path in sorted(settings.files_dir.rglob("*")) if settings.files_dir.exists() else []:
        if path.is_file():
            content[f"files/{path.relative_to(settings.files_dir)}"] = path
    for name, value in keys_of(settings).items():
        (folder / name).write_text(value, encoding="ascii")
        content[f"keys/{name}"] = folder / name
    return content


def _copy_sqlite(settings: Settings, target: Path) -> None:
    """SQLite's own online copy: whole even with a writer at work, then checked."""
    path = sqlite_path(settings)
    if not path.is_file():
        raise Failure(f"there is no database at {path} to back up.")
    try:
        with closing(sqlite3.connect(path, timeout=30)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy, pages=-1)
            verdict = copy.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.DatabaseError as error:
        verdict = (str(error),)
    if verdict != ("ok",):
        raise Failure(f"the database cannot be copied whole ({verdict[0]}); restore an earlier backup.")


def _pack(content: dict[str, Path], folder: Path) -> Path:
    """The archive of what is there; a file that its owner removed meanwhile is left out."""
    digests, manifest, target = {}, folder / MANIFEST, folder / "archive"
    with target.open("xb") as out:
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=3) as archive:
            for name, path in content.items():
                try:
                    with path.open("rb") as file:
                        archive.addfile(archive.gettarinfo(arcname=name, fileobj=file), file)
                        file.seek(0)
                        digests[name] = _digest(file)
                except FileNotFoundError:
                    continue
            manifest.write_text(json.dumps({"made_at": now().isoformat(), "files": digests}, indent=1), "utf-8")
            archive.add(manifest, MANIFEST)
        out.flush()
        os.fsync(out.fileno())
    return target


def _open(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = archive.extractfile(member)
    assert file is not None, "only plain files are asked for"
    return file


def _digest(file: IO[bytes]) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
