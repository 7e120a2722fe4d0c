"""A PostgreSQL database that goes from one test to the next: emptied and filled again, which takes a tenth of the
time of a new one.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
# A file without a page holds no row: most tables have none, and PostgreSQL need not plan what empties them.
FILLED = TABLES.replace("ORDER BY", "AND pg_relation_size(oid) > 0 ORDER BY")
# What a test could change beside rows: columns, indexes, constraints and triggers.
SHAPE = """
SELECT (SELECT md5(string_agg(format('%s %s %s %s', attrelid, attname, atttypid, attnotnull), ','
                              ORDER BY attrelid, attnum))
          FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid AND relnamespace = 'public'::regnamespace
         WHERE attnum > 0),
       (SELECT md5(string_agg(format('%s %s', oid, convalidated), ',' ORDER BY oid)) FROM pg_constraint),
       (SELECT md5(string_agg(format('%s %s', oid, tgenabled), ',' ORDER BY oid)) FROM pg_trigger),
       (SELECT md5(string_agg(format('%s %s', oid, prosrc), ',' ORDER BY oid)) FROM pg_proc
         WHERE pronamespace = 'public'::regnamespace)
"""
OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Contents:
    """The rows and the shape of a database, as they were when it was made."""

    def __init__(self, address: str) -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            self.shape = connection.execute(SHAPE).fetchone()
            tables = [row[0] for row in connection.execute(TABLES)]
            self.rows = {name: rows for name in tables if (rows := _rows(connection, name))}

    def restore(self, address: str) -> bool:
        """Whether the database is as it was; not when its tables were changed, or this needs a mightier user."""
        try:
            return self._restore(address)
        except psycopg.errors.InsufficientPrivilege:
            return False

    def _restore(self, address: str) -> bool:
        with psycopg.connect(address) as connection:
            connection.execute(OTHERS)
            if connection.execute(SHAPE).fetchone() != self.shape:
                return False
            connection.execute("SET session_replication_role = replica")  # no trigger, no order among the tables
            filled = [name for (name,) in connection.execute(FILLED)]
            emptied = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in filled]
            connection.execute(sql.SQL("; ").join(emptied))
            for name, rows in self.rows.items():
                with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
                    copy.write(rows)
        return True


def _rows(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return b"".join(bytes(part) for part in copy)
