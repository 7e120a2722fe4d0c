"""Few notices supersede another: SQLite, which counted all that do not, read every notice for one page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NAME, OF = "ix_notice_supersedes_id", ["supersedes_id"]
DOES = sa.text("supersedes_id IS NOT NULL")


def upgrade() -> None:
    op.drop_index(NAME, table_name="notice")
    op.create_index(NAME, "notice", OF, sqlite_where=DOES, postgresql_where=DOES)


def downgrade() -> None:
    op.drop_index(NAME, table_name="notice")
    op.create_index(NAME, "notice", OF)
