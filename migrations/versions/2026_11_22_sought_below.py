"""A name in a branch of a large federation: a person's grams answer from the index alone, organisations have one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

GRAMS = "ix_person_gram_person_id"
ORGANISED = sa.text("organisation_name <> ''")


def upgrade() -> None:
    op.drop_index(GRAMS, table_name="person_gram")
    op.create_index(GRAMS, "person_gram", ["person_id", "gram"])
    op.create_index(
        "ix_membership_organisation",
        "membership",
        ["association_id"],
        sqlite_where=ORGANISED,
        postgresql_where=ORGANISED,
    )


def downgrade() -> None:
    op.drop_index("ix_membership_organisation", table_name="membership")
    op.drop_index(GRAMS, table_name="person_gram")
    op.create_index(GRAMS, "person_gram", ["person_id"])
