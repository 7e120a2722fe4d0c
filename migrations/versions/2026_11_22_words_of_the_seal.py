"""An association sets the words of the seal that its certificates are printed with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.upkeep.guards import keeping_guards

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("association", sa.Column("seal_text", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    with keeping_guards("association"), op.batch_alter_table("association") as table:
        table.drop_column("seal_text")
