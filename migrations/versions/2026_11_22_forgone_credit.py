"""Credit can be left to the association: a refund that nobody receives."""

from __future__ import annotations

from alembic import op

from portal.upkeep.guards import keeping_guards

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BEFORE = "method IN ('cash', 'transfer', 'mobile')"
SINCE = "method IN ('cash', 'transfer', 'mobile', 'forgone')"


def upgrade() -> None:
    _check(SINCE)


def downgrade() -> None:
    _check(BEFORE)


def _check(condition: str) -> None:
    name = op.f("ck_refund_method")
    with keeping_guards("refund"), op.batch_alter_table("refund") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, condition)
