"""The age of whoever stands in a list by name is read in an index in that order."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NAME, OF = "ix_person_sort_key", ["sort_key", "id"]


def upgrade() -> None:
    op.drop_index(NAME, table_name="person")
    op.create_index(NAME, "person", [*OF, "birth_on"])


def downgrade() -> None:
    op.drop_index(NAME, table_name="person")
    op.create_index(NAME, "person", OF)
