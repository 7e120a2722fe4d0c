"""The database: one Base, engine events for SQLite, and the column types that every feature shares."""

from __future__ import annotations

import secrets
import select as sockets
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from time import monotonic
from typing import Annotated, Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import (
    BigInteger,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    Pool,
    Select,
    String,
    event,
    exc,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
# Crockford's alphabet without letters that are mistaken for one another when read aloud.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

LARGE = 65_536  # pages of 4 KiB: of a database beyond 256 MiB, SQLite's 2 MiB of cache hold too little
CACHE = 64_000  # KiB for each connection to such a one, where they are used
IDLE = 5.0  # seconds without use after which a connection to PostgreSQL is asked whether it is still there

TURNS = 3  # so often somebody waits for the write lock, ten seconds each

# Whether the work under way may write. GET requests turn it off; commands and jobs leave it on.
writing: ContextVar[bool] = ContextVar("writing", default=True)


def new_public_id() -> str:
    """A short random id for addresses: 12 characters, 60 bits; never a row number."""
    return drawn(12)


def drawn(count: int) -> str:
    """So many characters of the alphabet of 32, five bits each from the system's own chance."""
    bits = secrets.randbits(5 * count)
    return "".join([ALPHABET[bits >> at & 31] for at in range(0, 5 * count, 5)])


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC. Refuses a naive datetime; gives back an aware one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigInt = BigInteger().with_variant(Integer, "sqlite")
# Text compared byte by byte on both engines: sort keys, grams, paths in the tree.
Bytewise = String().with_variant(String(collation="C"), "postgresql")

PrimaryKey = Annotated[int, mapped_column(BigInt, primary_key=True)]
PublicId = Annotated[str, mapped_column(String(12), unique=True, default=new_public_id)]
Fen = Annotated[int, mapped_column(BigInt)]


class Base(DeclarativeBase):
    """Every table. Names of constraints come from one convention; a page states what it loads."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UTCDateTime(), int: BigInt},
    )

    id: Mapped[PrimaryKey]


Row = TypeVar("Row", bound=Base)


class _Session(Session):
    """There is one database: Flask-SQLAlchemy need not look into each statement to know where it goes."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Any:
        return self._db.engines[None] if bind is None else bind


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "class_": _Session})


def engine_options(url: str) -> dict[str, Any]:
    """A PostgreSQL that went away and came back is found again by itself; one out of reach is given up on soon.

    SQLite runs where memory is short: of the statements it has put together, a tenth of a MiB each, it keeps fewer.
    """
    if url.startswith("sqlite"):
        return {"connect_args": {"check_same_thread": False}, "query_cache_size": 200}
    waits = {"connect_args": {"connect_timeout": 5}, "pool_timeout": 10}
    return {"pool_size": 10, "max_overflow": 10, **waits}


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Write-ahead log, waiting for a lock, foreign keys, and nothing acknowledged lost on power loss.

    `isolation_level = None` hands BEGIN to `_begin_sqlite`; the driver's own is too late and too weak.
    """
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in ("busy_timeout=10000", "journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    if connection.execute("PRAGMA page_count").fetchone()[0] > LARGE:
        connection.execute(f"PRAGMA cache_size=-{CACHE}")


@event.listens_for(Pool, "checkin")
def _note_use(_connection: Any, record: Any) -> None:
    record.info["used"] = monotonic()


@event.listens_for(Pool, "checkout")
def _check_postgresql(connection: Any, record: Any, _proxy: Any) -> None:
    """A connection that the server has ended makes room for a new one: its socket says so, which costs nothing. One
    that was idle is asked, for what lies between may have dropped it in silence.
    """
    if isinstance(connection, sqlite3.Connection):
        return
    is_idle = record.info.get("used", monotonic()) + IDLE < monotonic()
    if not is_idle and not _says_something(connection.fileno()):
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise exc.DisconnectionError from error


def _says_something(socket: int) -> bool:
    """Whether something came that nobody asked for: as a rule that the other side has hung up."""
    poll = sockets.poll()
    poll.register(socket, sockets.POLLIN)
    return bool(poll.poll(0))


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    """Whoever may write takes the write lock first: with a deferred BEGIN, updates are lost or refused. SQLite lets
    in whoever asks at the right moment: who waited in vain waits again before being refused.
    """
    if connection.dialect.name != "sqlite":
        return
    if not writing.get():
        connection.exec_driver_sql("BEGIN")
    elif not any(_has_begun(connection.connection.driver_connection) for _turn in range(TURNS - 1)):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _has_begun(driver: sqlite3.Connection) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    return True


def read(statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[Any]:
    """Rows of columns, without what the session does for objects: half the time of a small question."""
    session = db.session()
    session.flush()
    return session.connection().execute(statement, values)


def look(statement: Executable, values: Mapping[str, Any]) -> Any | None:
    """The first row of one question that stands for itself. Where nothing was asked before it needs no session, and
    on PostgreSQL no transaction: one way there and back instead of three.
    """
    engine = db.engine
    has_begun = db.session.registry.has() and db.session().in_transaction()
    if has_begun or not isinstance(engine, Engine):  # a session may be bound to one connection
        return read(statement, values).first()
    with _alone(engine).connect() as connection:
        return connection.execute(statement, values).first()


@lru_cache(maxsize=1)
def _alone(engine: Engine) -> Engine:
    """The engine whose connections begin no transaction, where that costs something."""
    is_sqlite = engine.dialect.name == "sqlite"
    return engine if is_sqlite else engine.execution_options(isolation_level="AUTOCOMMIT")


def change(statement: Executable) -> int:
    """How many rows an UPDATE, INSERT or DELETE changed. A conditional one decides between two who come at once:
    whoever changed no row came second. Objects that were loaded before know nothing of it: refresh or expire them.
    """
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


def hold(row: Base, *names: str, shared: bool = False) -> None:
    """Whoever else changes the row waits until this transaction ends, and it says what it says by now: the named
    columns, or all of it. Rows that refer to it are written meanwhile; `shared`, others hold it at the same time.
    """
    db.session.flush()  # refresh() would drop what is not written yet
    kept = names or [column.key for column in type(row).__mapper__.column_attrs]
    db.session.refresh(row, kept, with_for_update={"read" if shared else "key_share": True})


def add_single(*rows: Base) -> bool:
    """Add rows of which an index allows one. False for whoever comes second: then nothing of it was written."""
    try:
        with db.session.begin_nested():
            db.session.add_all(rows)
    except IntegrityError:
        return False
    return True


def add_once(row: Row, by_key: Callable[[], Row | None]) -> Row:
    """Add what a form makes. Of the same form sent twice at once the second gets what the first one made."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        first = by_key()
        if first is None:
            raise
        return first
    return row


def insert_all(entity: type[Base], rows: Sequence[dict[str, Any]], by: str = "") -> list[int]:
    """Many rows by one statement, past the session. Named a unique column that the rows fill, it gives back their ids
    in the order of the rows: SQLite would tell them one by one only.
    """
    db.session.flush()
    table: Any = entity.__table__
    connection = db.session.connection()
    if rows:
        connection.execute(table.insert(), rows)
    if not by:
        return []
    named = table.c[by].in_([row[by] for row in rows])
    found = {row[0]: row[1] for row in connection.execute(select(table.c[by], table.c.id).where(named))}
    return [found[row[by]] for row in rows]


def ask_together(questions: Mapping[str, Select[Any]]) -> Mapping[str, Any]:
    """The answers to questions of one value each, by name: many questions, one statement."""
    if not questions:
        return {}
    asked = [question.scalar_subquery().label(name) for name, question in questions.items()]
    return db.session.execute(select(*asked)).one()._mapping  # type: ignore[return-value]


@contextmanager
def reading() -> Iterator[None]:
    """Work that writes nothing, so that it waits for no writer."""
    token = writing.set(False)
    try:
        yield
    finally:
        writing.reset(token)
