"""Backup and restore, with a writer at work: what is put back elsewhere is what was there, to the last byte."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import shutil
import sqlite3
import tarfile
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy
from flask import Flask
from sqlalchemy import MetaData, select

from portal import create_app
from portal.core.database import db
from portal.core.files import store
from portal.core.identity import demo_identity
from portal.people import services as people
from portal.people.models import Person
from portal.settings import from_environment
from portal.upkeep import Failure, backup, presence
from portal.upkeep.backup import verify
from portal.upkeep.check import list_faults
from portal.upkeep.restore import restore, unpack
from tests.harness.cast import Cast, build_cast
from tests.harness.client import client_of
from tests.harness.factory import PASSWORD
from tests.harness.installation import Installation, wait_until

NUMBER = demo_identity(1, date(1990, 3, 7), "male")


@pytest.fixture
def portal(apps, engine_kind, tmp_path) -> Iterator[Flask]:
    """A portal with people, an encrypted number and files, and its own data folder."""
    with apps.live(engine_kind, peopled=True, data_dir=tmp_path / "data") as app:
        yield app


@pytest.fixture
def cast(portal) -> Cast:
    cast = build_cast()
    person = db.session.get(Person, cast.member.person_id)
    people.correct_person(cast.secretary, person, identity_number=NUMBER)
    db.session.commit()
    for content in (b"a photo", b"another photo" * 10_000):
        store.keep(content, ".jpg")
    return cast


@pytest.fixture
def here(portal, cast) -> Installation:
    return installation_of(portal)


@pytest.fixture
def elsewhere(apps, engine_kind, tmp_path) -> Iterator[Installation]:
    """Another machine: a data folder and a database of its own, keys of its own, nothing in them."""
    database = apps.databases.empty(engine_kind)
    yield Installation(tmp_path / "elsewhere", database.url, {"PORTAL_SECRET_KEY": "", "PORTAL_ENCRYPTION_KEYS": ""})
    database.drop()


def installation_of(app: Flask) -> Installation:
    settings = app.extensions["portal.settings"]
    keys = {
        "PORTAL_SECRET_KEY": settings.secret_key,
        "PORTAL_ENCRYPTION_KEYS": ",".join(settings.encryption_keys),
        "PORTAL_PASSWORD_COST": "cheap",
    }
    return Installation(settings.data_dir, settings.database_url, keys)


def act(there: Installation, function: Callable[..., str], *arguments: object) -> str:
    """What a command does, without the start of a process; it raises what the command would say."""
    with opened(there) as app:
        return function(app.extensions["portal.settings"], *arguments)


@contextmanager
def opened(there: Installation) -> Iterator[Flask]:
    """The portal of an installation, in this process."""
    environment = {name: value for name, value in there.environment.items() if value}
    app = create_app(from_environment({**environment, "PORTAL_MODE": "test", "PORTAL_BASE_URL": "http://localhost"}))
    with app.app_context():
        try:
            yield app
        finally:
            presence.release()
            db.session.remove()
            db.engine.dispose()


def digests(url: str) -> dict[str, str]:
    """One digest for each table, of all its rows in the order of their text."""
    engine = sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    found, tables = {}, MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        for table in tables.sorted_tables:
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    engine.dispose()
    return found


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_there_and_back(here, elsewhere, tmp_path, engine_kind):
    """Elsewhere, under other keys: tables and files equal, the number readable, sign-in works."""
    archive = tmp_path / "archive.tar.gz"
    run = here.execute if engine_kind == "sqlite" else here.run
    made = run("backup", str(archive))
    assert made.returncode == 0, made.stderr
    assert archive.stat().st_mode & 0o777 == 0o600
    before = digests(here.url)
    restored = elsewhere.run("restore", str(archive))
    assert restored.returncode == 0, restored.stderr
    assert digests(elsewhere.url) == before
    assert content(elsewhere.data / "files") == content(here.data / "files") != {}
    assert (elsewhere.data / "encryption.key").stat().st_mode & 0o777 == 0o600
    check_that_it_works(elsewhere)


def check_that_it_works(there: Installation) -> None:
    """A portal that knows only the restored folder: its keys are those of the backup."""
    with opened(there) as app:
        assert list_faults(app.extensions["portal.settings"]) == []
        person = db.session.scalars(select(Person).where(Person.identity_number.is_not(None))).one()
        assert person.identity_number == NUMBER
        client = client_of(app)
        answer = client.submit("/sign-in", {"login": person.phone, "password": PASSWORD})
        assert answer.status_code == 303
        assert client.get("/me").status_code == 200


def test_a_writer_at_work_does_not_tear_it(portal, here, elsewhere, tmp_path):
    """Each act writes a person, grams and an audit entry in one transaction: the copy holds all of it or none."""
    stop, made = threading.Event(), []

    def write() -> None:
        with portal.app_context():
            while not stop.is_set():
                made.append(people.create_person(None, f"刘{len(made)}").id)
                db.session.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert wait_until(lambda: len(made) > 3)
        backup.write(portal.extensions["portal.settings"], tmp_path / "archive")
    finally:
        stop.set()
        writer.join()
    act(elsewhere, restore, tmp_path / "archive", False)
    engine = sqlalchemy.create_engine(elsewhere.url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        written = {
            connection.scalar(sqlalchemy.text(f"SELECT count(DISTINCT {what}"))
            for what in (
                "person.id) FROM person JOIN person_gram ON person_id = person.id WHERE name LIKE '刘%'",
                "target_id) FROM audit_entry JOIN person ON target_id = public_id WHERE name LIKE '刘%'",
                "id) FROM person WHERE name LIKE '刘%'",
            )
        }
    engine.dispose()
    assert len(written) == 1
    assert 0 < written.pop() < len(made)


@pytest.mark.engines("sqlite")  # refused before the database is asked
def test_what_stands_there_is_not_overwritten(here, tmp_path):
    archive = tmp_path / "archive"
    archive.write_text("last year's")
    assert "exists already" in here.run("backup", str(archive)).stderr
    assert archive.read_text() == "last year's"
    with pytest.raises(Failure, match="does not exist"):
        act(here, backup.write, tmp_path / "no/archive")
    act(here, backup.write, tmp_path / "new")
    before = digests(here.url)
    assert "already holds data" in here.run("restore", str(tmp_path / "new")).stderr
    assert digests(here.url) == before


def test_replaced_data_is_moved_aside(portal, here, tmp_path):
    archive = tmp_path / "archive"
    act(here, backup.write, archive)
    before, files = digests(here.url), content(here.data / "files")
    people.create_person(None, "后来者")
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    later = store.keep(b"kept after the backup", ".jpg")
    told = act(here, restore, archive, True)
    assert digests(here.url) == before
    assert content(here.data / "files") == files
    (aside,) = here.data.glob("replaced-*")
    assert str(aside) in told
    assert (aside / "files" / later[:2] / later).read_bytes() == b"kept after the backup"


@pytest.mark.engines("sqlite")  # refused before the database is asked
def test_a_portal_that_runs_is_not_restored_under(here, tmp_path):
    archive = tmp_path / "archive"
    act(here, backup.write, archive)
    with here.serving("--without-worker"), pytest.raises(Failure, match="the portal is running"):
        act(here, restore, archive, True)
    assert not list(here.data.glob("replaced-*"))


@pytest.mark.engines("sqlite")  # refused before the database is asked
def test_keys_that_the_environment_names_must_be_there(here, elsewhere, tmp_path):
    """Elsewhere with a key of its own in the environment: refused, until the backup's key stands beside it."""
    archive = tmp_path / "archive"
    act(here, backup.write, archive)
    own = "an encryption key of the other machine itself"
    result = elsewhere.run("restore", str(archive), PORTAL_ENCRYPTION_KEYS=own)
    assert "PORTAL_ENCRYPTION_KEYS does not hold the keys of the backup" in result.stderr
    assert not (elsewhere.data / "files").exists()
    both = f"{own},{here.environment['PORTAL_ENCRYPTION_KEYS']}"
    assert elsewhere.execute("restore", str(archive), PORTAL_ENCRYPTION_KEYS=both).returncode == 0


def damaged(archive: bytes) -> dict[str, bytes]:
    """Ways in which an archive comes back from a bad disk, or from somebody who means ill."""
    chance, plain = random.Random(7), gzip.decompress(archive)
    bad = {f"cut at {part} of 10": archive[: len(archive) * part // 10] for part in range(10)}
    while len(bad) < 20:
        torn, place = bytearray(archive), chance.randrange(20, len(archive) - 20)
        torn[place] ^= 0x10
        if not unpacks_to(torn, plain):
            bad[f"one bit, at {place}"] = bytes(torn)
    bad["a file changed"] = gzip.compress(plain.replace(b"another photo", b"another PHOTO"))
    bad["no list"] = gzip.compress(b"\0" * 10240)
    bad["no archive"] = b"a letter to the secretary"
    bad["a file more"] = with_member(plain, "files/../../escaped.txt")
    bad["a link"] = with_member(plain, "files/link", tarfile.SYMTYPE)
    return bad


def unpacks_to(packed: bytes, plain: bytes) -> bool:
    """Whether it holds the same all the same: among equal bytes gzip may copy from here or from there."""
    try:
        return gzip.decompress(packed) == plain
    except (EOFError, OSError, zlib.error):
        return False


def raise_unless_refused(archive: Path, way: str) -> None:
    verify(archive)
    pytest.fail(f"accepted: {way}")


def with_member(plain: bytes, name: str, kind: bytes = tarfile.REGTYPE) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(plain)) as source, tarfile.open(fileobj=out, mode="w:gz") as target:
        for member in source.getmembers():
            target.addfile(member, source.extractfile(member))
        extra = tarfile.TarInfo(name)
        extra.type, extra.linkname = kind, "/etc/passwd"
        target.addfile(extra)
    return out.getvalue()


@pytest.mark.engines("sqlite")  # the archive is read before the database is touched
def test_a_damaged_archive_is_refused_before_anything_changes(here, elsewhere, tmp_path):
    archive = tmp_path / "archive"
    act(here, backup.write, archive)
    assert verify(archive) >= 5
    bad = tmp_path / "bad"
    for way, torn in damaged(archive.read_bytes()).items():
        bad.write_bytes(torn)
        with pytest.raises(Failure, match=r"\A[^\n]* Nothing was changed\.\Z"):
            raise_unless_refused(bad, way)
    before, files = digests(here.url), content(here.data)
    result = here.run("restore", str(bad), "--replace")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert (digests(here.url), content(here.data)) == (before, files)


@pytest.mark.engines("postgresql")
def test_a_dump_that_fails_half_way_leaves_the_database_as_it_was(here, tmp_path):
    """A sound archive whose dump PostgreSQL cannot load: one transaction, so nothing of it stays."""
    archive, folder = tmp_path / "archive", tmp_path / "unpacked"
    act(here, backup.write, archive)
    unpack(archive, folder)
    dump = folder / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-2000])
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["database.dump"] = hashlib.sha256(dump.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with tarfile.open(tmp_path / "bad", "w:gz") as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.add(path, str(path.relative_to(folder)))
    before, files = digests(here.url), content(here.data / "files")
    with pytest.raises(Failure, match="nothing was changed"):
        act(here, restore, tmp_path / "bad", True)
    assert (digests(here.url), content(here.data / "files")) == (before, files)


@pytest.mark.engines("sqlite")
def test_copying_the_file_of_a_database_in_use_is_not_a_backup(portal, here, tmp_path):
    """The control: what stands in the write-ahead log is not in the file, and a plain copy lacks it."""
    source = Path(here.url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(source)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM person").fetchone()  # keeps the log from being folded in
        people.create_person(None, "未入库")
        db.session.commit()
        shutil.copyfile(source, tmp_path / "copy.sqlite3")
        act(here, backup.write, tmp_path / "archive")
    unpack(tmp_path / "archive", tmp_path / "unpacked")
    names = [
        digests(f"sqlite:///{tmp_path / name}")["person"] for name in ("copy.sqlite3", "unpacked/database.sqlite3")
    ]
    assert names[0] != names[1] == digests(here.url)["person"]
