"""A settled draft of a charter stays as it is, by the database itself; a federation sets its index numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SETTLED = "EXISTS (SELECT 1 FROM charter_draft WHERE charter_draft.id = old.draft_id AND settled_at IS NOT NULL)"
KEPT = "charter_id", "number", "note", "settled_at"
CHANGED = " OR ".join(f"old.{one} IS DISTINCT FROM new.{one}" for one in KEPT)
# Who wrote a draft may be forgotten; a paragraph that follows another may not be told to follow none.
TEXT = "draft_id", "position", "is_heading", "body", "public_id"
ON_POSTGRESQL = (
    f"""CREATE FUNCTION refuse_settled() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {SETTLED} THEN
            RAISE EXCEPTION 'a settled draft stays as it is';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN old;
        END IF;
        RETURN new;
    END $$""",
    f"""CREATE TRIGGER charter_paragraph_settled BEFORE DELETE OR UPDATE OF {", ".join(TEXT)} ON charter_paragraph
    FOR EACH ROW EXECUTE FUNCTION refuse_settled()""",
    f"""CREATE TRIGGER charter_draft_settled BEFORE UPDATE OF {", ".join(KEPT)} ON charter_draft
    FOR EACH ROW WHEN (old.settled_at IS NOT NULL AND ({CHANGED})) EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER charter_draft_no_delete BEFORE DELETE ON charter_draft
    FOR EACH ROW WHEN (old.settled_at IS NOT NULL) EXECUTE FUNCTION refuse_change()""",
)
REFUSE = "BEGIN SELECT RAISE(ABORT, 'a settled draft stays as it is'); END"
ON_SQLITE = (
    f"CREATE TRIGGER charter_paragraph_settled BEFORE UPDATE OF {', '.join(TEXT)} ON charter_paragraph "
    f"WHEN {SETTLED} {REFUSE}",
    f"CREATE TRIGGER charter_paragraph_no_delete BEFORE DELETE ON charter_paragraph WHEN {SETTLED} {REFUSE}",
    f"CREATE TRIGGER charter_draft_settled BEFORE UPDATE OF {', '.join(KEPT)} ON charter_draft "
    f"WHEN old.settled_at IS NOT NULL AND ({CHANGED.replace('IS DISTINCT FROM', 'IS NOT')}) {REFUSE}",
    f"CREATE TRIGGER charter_draft_no_delete BEFORE DELETE ON charter_draft WHEN old.settled_at IS NOT NULL {REFUSE}",
)


def upgrade() -> None:
    op.create_table(
        "index_scheme",
        sa.Column("association_id", ID, nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("digits", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_index_scheme_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_scheme")),
        sa.UniqueConstraint("association_id", name=op.f("uq_index_scheme_association_id")),
    )
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in ON_POSTGRESQL if is_postgresql else ON_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, name in (
            ("charter_paragraph", "settled"), ("charter_draft", "settled"), ("charter_draft", "no_delete"),
        ):  # fmt: skip
            op.execute(f"DROP TRIGGER {table}_{name} ON {table}")
        op.execute("DROP FUNCTION refuse_settled()")
    else:
        for name in ("paragraph_settled", "paragraph_no_delete", "draft_settled", "draft_no_delete"):
            op.execute(f"DROP TRIGGER charter_{name}")
    op.drop_table("index_scheme")
