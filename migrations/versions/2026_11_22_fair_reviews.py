"""Why a reviewer's part was ended, the privacy notice of a suggestion, and nobody commended in an undecided call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.upkeep.guards import keeping_guards

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# The nomination follows its call: the call is decided first, within the same transaction.
IS_DECIDED = "EXISTS (SELECT 1 FROM commendation_call WHERE commendation_call.id = new.call_id AND state = 'decided')"
BECOMES = "new.state = 'honoured' AND old.state <> 'honoured'"
WORDS = "nobody is commended before the call is decided"


def upgrade() -> None:
    op.add_column("reviewer", sa.Column("end_reason", sa.String(), server_default="", nullable=False))
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("suggestion", sa.Column("notice_version", number, nullable=True))
    is_postgresql = op.get_context().dialect.name == "postgresql"
    for statement in _on_postgresql() if is_postgresql else _on_sqlite():
        op.execute(statement)


def _on_postgresql() -> list[str]:
    function = f"""CREATE FUNCTION refuse_undecided() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT {IS_DECIDED} THEN
            RAISE EXCEPTION '{WORDS}';
        END IF;
        RETURN new;
    END $$"""
    when = f"BEFORE UPDATE OF state ON nomination FOR EACH ROW WHEN ({BECOMES})"
    return [function, f"CREATE TRIGGER nomination_undecided {when} EXECUTE FUNCTION refuse_undecided()"]


def _on_sqlite() -> list[str]:
    when = f"BEFORE UPDATE OF state ON nomination WHEN {BECOMES} AND NOT {IS_DECIDED}"
    return [f"CREATE TRIGGER nomination_undecided {when} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"]


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP TRIGGER nomination_undecided ON nomination")
        op.execute("DROP FUNCTION refuse_undecided()")
    else:
        op.execute("DROP TRIGGER nomination_undecided")
    for table, column in (("suggestion", "notice_version"), ("reviewer", "end_reason")):
        with keeping_guards(table), op.batch_alter_table(table) as changed:
            changed.drop_column(column)
