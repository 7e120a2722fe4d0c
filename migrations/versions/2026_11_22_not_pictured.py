"""A participant can be stated to be in none of an activity's public photos."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("activity_participant") as table:
        table.add_column(sa.Column("not_pictured", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("activity_participant") as table:
        table.drop_column("not_pictured")
