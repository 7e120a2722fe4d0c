"""`portal check`: everything that is wrong with an installation, each in one sentence with the way out."""

from __future__ import annotations

import os
from collections.abc import Iterable

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from portal.core.database import db, reading
from portal.settings import Settings
from portal.upkeep import Failure, keys, migration


def list_faults(settings: Settings) -> list[str]:
    """What is wrong beyond the settings themselves: folder, queue, database, keys, files."""
    found = [*_folder(settings), *_queue(settings)]
    try:
        if migration.is_pending():
            return [*found, "The database waits for a migration: run `portal db upgrade`."]
        with reading():
            found += [*_database(settings), *_secrets(), *_files(settings)]
    except Failure as error:
        found.append(f"{str(error)[0].upper()}{str(error)[1:]}")
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        found.append(f"The database does not answer ({reason}): see PORTAL_DATABASE_URL.")
    return found


def _folder(settings: Settings) -> list[str]:
    folder = settings.data_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        return [f"The data folder {folder} cannot be written: see PORTAL_DATA_DIR."]
    if settings.mode == "production" and folder.stat().st_mode & 0o007:
        return [f"Everybody on this machine can look into the data folder: chmod o-rwx {folder}"]
    return []


def _queue(settings: Settings) -> Iterable[str]:
    """In a file it lies beside the database; a Redis has to answer."""
    if not settings.redis_url:
        return
    from redis import RedisError

    from portal.core.jobs import queue

    try:
        queue.huey.pending_count()
    except RedisError as error:
        yield f"The queue of background work does not answer ({error}): see PORTAL_REDIS_URL."


def _database(settings: Settings) -> Iterable[str]:
    with db.engine.connect() as connection:
        if not settings.is_sqlite:
            if connection.scalar(text("SHOW server_encoding")) != "UTF8":
                yield "The database is not in UTF-8: create it with --encoding=UTF8 --template=template0."
            return
        verdict = " ".join(str(connection.scalar(text("PRAGMA quick_check"))).split())
        orphans = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
    if verdict != "ok":
        yield f"The database file is damaged ({verdict}): restore a backup."
    if orphans:
        yield f"{len(orphans)} rows refer to rows that do not exist: restore a backup."
    if settings.mode == "production" and settings.workers > 4:
        yield "SQLite serves a village, not a federation: set PORTAL_DATABASE_URL to PostgreSQL."


def _secrets() -> Iterable[str]:
    count = keys.count_unreadable()
    if count:
        yield f"{count} values were encrypted with a key that is not there: add it to PORTAL_ENCRYPTION_KEYS."


def _files(settings: Settings) -> Iterable[str]:
    """Photos whose file is gone."""
    from portal.activities.models import ActivityPhoto
    from portal.core.files import store

    named = db.session.execute(select(ActivityPhoto.key, ActivityPhoto.thumb_key)).all()
    missing = sum(not store.has(key) for row in named for key in row)
    if missing:
        yield f"{missing} files of photos are missing in {settings.files_dir}: restore them from a backup."
