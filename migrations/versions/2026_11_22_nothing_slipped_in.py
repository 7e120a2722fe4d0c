"""Nothing is slipped into a settled draft of a charter: no paragraph is added or moved there, no draft replaced."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SETTLED = "EXISTS (SELECT 1 FROM charter_draft WHERE charter_draft.id = new.draft_id AND settled_at IS NOT NULL)"
# REPLACE removes the row in the way without asking what refuses its deletion.
REPLACED = (
    "EXISTS (SELECT 1 FROM charter_draft AS old WHERE old.settled_at IS NOT NULL "
    "AND (old.id = new.id OR (old.charter_id = new.charter_id AND old.number = new.number)))"
)
REPLACED_TEXT = (
    "EXISTS (SELECT 1 FROM charter_paragraph AS old JOIN charter_draft ON charter_draft.id = old.draft_id "
    "WHERE settled_at IS NOT NULL AND (old.id = new.id OR old.public_id = new.public_id))"
)
ON_POSTGRESQL = (
    f"""CREATE FUNCTION refuse_in_settled() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {SETTLED} THEN
            RAISE EXCEPTION 'a settled draft stays as it is';
        END IF;
        RETURN new;
    END $$""",
    """CREATE TRIGGER charter_paragraph_no_addition BEFORE INSERT OR UPDATE OF draft_id ON charter_paragraph
    FOR EACH ROW EXECUTE FUNCTION refuse_in_settled()""",
)
REFUSE = "BEGIN SELECT RAISE(ABORT, 'a settled draft stays as it is'); END"
ON_SQLITE = (
    "CREATE TRIGGER charter_paragraph_no_addition BEFORE INSERT ON charter_paragraph "
    f"WHEN {SETTLED} OR {REPLACED_TEXT} {REFUSE}",
    "CREATE TRIGGER charter_paragraph_not_moved BEFORE UPDATE OF draft_id ON charter_paragraph "
    f"WHEN {SETTLED} {REFUSE}",
    f"CREATE TRIGGER charter_draft_no_replace BEFORE INSERT ON charter_draft WHEN {REPLACED} {REFUSE}",
)


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in ON_POSTGRESQL if is_postgresql else ON_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER charter_paragraph_no_addition ON charter_paragraph")
        op.execute("DROP FUNCTION refuse_in_settled()")
        return
    for name in ("paragraph_no_addition", "paragraph_not_moved", "draft_no_replace"):
        op.execute(f"DROP TRIGGER charter_{name}")
