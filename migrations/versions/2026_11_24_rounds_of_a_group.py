"""A round of reminders keeps the group that it was made for: its sums are of what is owed in that group."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

FOREIGN_KEY = "fk_reminder_round_group_id_association_group"


def upgrade() -> None:
    with op.batch_alter_table("reminder_round") as table:
        table.add_column(sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        table.create_foreign_key(FOREIGN_KEY, "association_group", ["group_id"], ["id"])
        table.create_index("ix_reminder_round_group_id", ["group_id"])


def downgrade() -> None:
    with op.batch_alter_table("reminder_round") as table:
        table.drop_index("ix_reminder_round_group_id")
        table.drop_constraint(FOREIGN_KEY, type_="foreignkey")
        table.drop_column("group_id")
