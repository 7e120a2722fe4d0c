"""What a collector cannot bring any more can be written off, by whoever signs and did not count it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

CREDITED = "credited_fen <= expected_fen AND credited_fen <= counted_fen"
EITHER = "credited_fen <= expected_fen AND (is_write_off OR credited_fen <= counted_fen)"
ALL_OF_IT = "NOT is_write_off OR (counted_fen = 0 AND credited_fen = expected_fen)"


def upgrade() -> None:
    with op.batch_alter_table("hand_over") as table:
        table.add_column(sa.Column("is_write_off", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.drop_constraint(op.f("ck_hand_over_credited"), type_="check")
        table.create_check_constraint(op.f("ck_hand_over_credited"), EITHER)
        table.create_check_constraint(op.f("ck_hand_over_write_off"), ALL_OF_IT)
    with op.batch_alter_table("hand_over") as table:
        table.alter_column("is_write_off", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("hand_over") as table:
        table.drop_constraint(op.f("ck_hand_over_write_off"), type_="check")
        table.drop_constraint(op.f("ck_hand_over_credited"), type_="check")
        table.create_check_constraint(op.f("ck_hand_over_credited"), CREDITED)
        table.drop_column("is_write_off")
