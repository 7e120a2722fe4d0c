"""A levy can be taken back: it stays with its reason, and another can be laid for the period."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import portal.core.database

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STANDS = sa.text("voided_at IS NULL")
OF = ["association_id", "period_id"]


def upgrade() -> None:
    with op.batch_alter_table("levy") as table:
        table.add_column(sa.Column("voided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("void_reason", sa.String(), server_default="", nullable=False))
        table.drop_constraint("uq_levy_association_id_period_id", type_="unique")
        table.create_check_constraint(op.f("ck_levy_void_reason"), "(voided_at IS NULL) = (void_reason = '')")
    with op.batch_alter_table("levy") as table:
        table.alter_column("void_reason", server_default=None)
    op.create_index("uq_levy_live", "levy", OF, unique=True, sqlite_where=STANDS, postgresql_where=STANDS)


def downgrade() -> None:
    op.drop_index("uq_levy_live", "levy")
    with op.batch_alter_table("levy") as table:
        table.drop_constraint(op.f("ck_levy_void_reason"), type_="check")
        table.create_unique_constraint("uq_levy_association_id_period_id", OF)
        table.drop_column("void_reason")
        table.drop_column("voided_at")
