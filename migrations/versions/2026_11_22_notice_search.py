"""The index by which notices are found: FTS5 on SQLite, a tsvector with GIN on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from portal.core.search import text_words
from portal.core.text import plain

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The words of an entry stand in it as text, so that it can be taken out again; where they stand is asked by nobody.
FTS5 = "CREATE VIRTUAL TABLE notice_text USING fts5(words, tokenize='ascii', detail='none', columnsize=0)"
TSVECTOR = (
    "CREATE TABLE notice_text (rowid bigint NOT NULL CONSTRAINT pk_notice_text PRIMARY KEY "
    "CONSTRAINT fk_notice_text_rowid_notice REFERENCES notice (id) ON DELETE CASCADE, words tsvector NOT NULL)"
)
CURRENT = """
SELECT version.id, notice.id AS notice_id, version.title, notice.index_number, version.document_number,
       version.issuer, version.keywords, version.subject, version.html
  FROM notice JOIN notice_version AS version ON version.notice_id = notice.id
 WHERE notice.status = 'published' AND notice.id > :last
   AND version.number = (SELECT max(number) FROM notice_version AS latest
                          WHERE latest.notice_id = notice.id AND latest.published_at IS NOT NULL)
 ORDER BY notice.id LIMIT 500
"""
ATTACHED = "SELECT name, alternative FROM notice_attachment WHERE version_id = :id ORDER BY position"


def upgrade() -> None:
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    op.execute(FTS5 if is_sqlite else TSVECTOR)
    words = ":words" if is_sqlite else "array_to_tsvector(:words)"
    entry = sa.text(f"INSERT INTO notice_text (rowid, words) VALUES (:id, {words})")  # noqa: S608
    for portion in _published(connection):
        rows = [{"id": row.notice_id, "words": _words(connection, row)} for row in portion]
        connection.execute(entry, [{**row, "words": " ".join(row["words"])} for row in rows] if is_sqlite else rows)
    if not is_sqlite:
        # Not knowing how often a word occurs, the planner takes the index: to read all entries is to unpack each.
        op.execute("ALTER TABLE notice_text ALTER COLUMN words SET STATISTICS 0")
        op.execute("CREATE INDEX ix_notice_text_words ON notice_text USING gin (words)")
    op.create_index("ix_notice_kind", "notice", ["kind", "status", "published_at"])


def downgrade() -> None:
    op.drop_index("ix_notice_kind", "notice")
    op.execute("DROP TABLE notice_text")


def _published(connection: sa.Connection) -> Iterator[Any]:
    """What is published already, in portions."""
    last = 0
    while portion := connection.execute(sa.text(CURRENT), {"last": last}).all():
        yield portion
        last = portion[-1].notice_id


def _words(connection: sa.Connection, row: Any) -> list[str]:
    names = [name for names in connection.execute(sa.text(ATTACHED), {"id": row.id}) for name in names]
    fields = (row.title, row.index_number or "", row.document_number, row.issuer, row.keywords, row.subject)
    return text_words("\n".join((*fields, *names, plain(row.html))))
