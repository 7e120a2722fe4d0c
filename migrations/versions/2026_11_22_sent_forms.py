"""Forms that were sent say in which language, and when they were emptied."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.core.database import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("membership_application", "volunteer_registration")


def upgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("language", sa.String(), server_default="", nullable=False))
            table.add_column(sa.Column("emptied_at", UTCDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_column("emptied_at")
            table.drop_column("language")
