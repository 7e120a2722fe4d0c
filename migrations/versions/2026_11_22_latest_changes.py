"""What was last changed, and what was last answered in public, is found without sorting all of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

AIMED, AT = "ix_notice_target_id", ["target_id", "status", "published_at"]
IS_AIMED = sa.text("target_id IS NOT NULL")
IN_PUBLIC = sa.text("published_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_notice_updated_at", "notice", ["updated_at", "id"])
    op.drop_index(AIMED, table_name="notice")
    op.create_index(AIMED, "notice", AT, sqlite_where=IS_AIMED, postgresql_where=IS_AIMED)
    op.create_index(
        "ix_letter_published_at",
        "letter",
        ["published_at", "id"],
        sqlite_where=IN_PUBLIC,
        postgresql_where=IN_PUBLIC,
    )


def downgrade() -> None:
    op.drop_index("ix_letter_published_at", table_name="letter")
    op.drop_index(AIMED, table_name="notice")
    op.create_index(AIMED, "notice", AT)
    op.drop_index("ix_notice_updated_at", table_name="notice")
