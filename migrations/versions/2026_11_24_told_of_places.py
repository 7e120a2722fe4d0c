"""A sign-up keeps when somebody else offered, gave or took the place, until the person has heard of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import portal.core.database

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_up", sa.Column("placed_at", portal.core.database.UTCDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sign_up") as table:
        table.drop_column("placed_at")
