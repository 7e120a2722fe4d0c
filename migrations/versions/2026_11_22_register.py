"""The register: memberships, applications, cards, imports, duplicates, requests about own data."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

import portal.core.database
import portal.core.encryption
from portal.core.database import new_public_id

# As the list of a new federation begins at this revision.
KINDS = (("个人会员", "person"), ("家庭会员", "household"), ("单位会员", "organisation"), ("荣誉会员", "person"))

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application_draft",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("answers", portal.core.encryption.EncryptedText(), nullable=False),
        sa.Column("updated_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_draft")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_application_draft_token_hash")),
    )
    with op.batch_alter_table("application_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_draft_updated_at"), ["updated_at"], unique=False)

    op.create_table(
        "number_counter",
        sa.Column("stem", sa.String(), nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_counter")),
        sa.UniqueConstraint("stem", name=op.f("uq_number_counter_stem")),
    )
    op.create_table(
        "verifiable_code",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifiable_code")),
        sa.UniqueConstraint("code", name=op.f("uq_verifiable_code_code")),
    )
    op.create_table(
        "membership_kind",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "holder IN ('person', 'household', 'organisation')", name=op.f("ck_membership_kind_holder")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_membership_kind_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_kind")),
        sa.UniqueConstraint("public_id", name=op.f("uq_membership_kind_public_id")),
    )
    with op.batch_alter_table("membership_kind", schema=None) as batch_op:
        batch_op.create_index(
            "uq_membership_kind_live_name",
            ["association_id", "name"],
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.create_table(
        "number_scheme",
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("digits", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_number_scheme_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_scheme")),
        sa.UniqueConstraint("association_id", name=op.f("uq_number_scheme_association_id")),
    )
    op.create_table(
        "person_merge",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("kept_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gone_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("log", portal.core.encryption.EncryptedText(), nullable=False),
        sa.Column("merged_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("undone_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_person_merge_association_id_association")
        ),
        sa.ForeignKeyConstraint(["gone_id"], ["person.id"], name=op.f("fk_person_merge_gone_id_person")),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"], name=op.f("fk_person_merge_kept_id_person")),
        sa.ForeignKeyConstraint(["merged_by_id"], ["person.id"], name=op.f("fk_person_merge_merged_by_id_person")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_person_merge_undone_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_merge_public_id")),
    )
    with op.batch_alter_table("person_merge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_merge_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_merge_gone_id"), ["gone_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_merge_kept_id"), ["kept_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_merge_merged_by_id"), ["merged_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_merge_undone_by_id"), ["undone_by_id"], unique=False)

    op.create_table(
        "personal_request",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wanted", portal.core.encryption.EncryptedText(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind IN ('correction', 'deletion')", name=op.f("ck_personal_request_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'refused', 'withdrawn')", name=op.f("ck_personal_request_state")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_personal_request_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_personal_request_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_personal_request_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_personal_request_public_id")),
    )
    with op.batch_alter_table("personal_request", schema=None) as batch_op:
        batch_op.create_index("ix_personal_request_association_id", ["association_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_personal_request_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_personal_request_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_personal_request_open",
            ["person_id", "kind"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "remembered_column",
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_remembered_column_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remembered_column")),
        sa.UniqueConstraint("association_id", "heading", name=op.f("uq_remembered_column_association_id_heading")),
    )
    op.create_table(
        "told_apart",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("first_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("second_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("by_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_told_apart_association_id_association")
        ),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"], name=op.f("fk_told_apart_by_person_id_person")),
        sa.ForeignKeyConstraint(["first_id"], ["person.id"], name=op.f("fk_told_apart_first_id_person")),
        sa.ForeignKeyConstraint(["second_id"], ["person.id"], name=op.f("fk_told_apart_second_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_apart")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_told_apart_first_id_second_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_told_apart_public_id")),
    )
    with op.batch_alter_table("told_apart", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_told_apart_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_told_apart_by_person_id"), ["by_person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_told_apart_second_id"), ["second_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_name", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("suspended_on", sa.Date(), nullable=True),
        sa.Column("suspension_reason", sa.String(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("end_note", sa.String(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name=op.f("ck_membership_end_reason")),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= joined_on", name=op.f("ck_membership_dates")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_membership_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_membership_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["membership_kind.id"], name=op.f("fk_membership_kind_id_membership_kind")
        ),
        sa.ForeignKeyConstraint(["payer_id"], ["person.id"], name=op.f("fk_membership_payer_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("number", name=op.f("uq_membership_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_membership_public_id")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(
            "ix_membership_association_id",
            ["association_id", "sort_key", "id", "ended_on", "person_id", "organisation_name"],
            unique=False,
        )
        batch_op.create_index("ix_membership_group_id", ["group_id", "sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_kind_id"), ["kind_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_payer_id"), ["payer_id"], unique=False)
        batch_op.create_index("ix_membership_person_id", ["person_id", "ended_on", "association_id"], unique=False)
        batch_op.create_index(
            "ix_membership_sort_key",
            ["sort_key", "id", "ended_on", "association_id", "joined_on", "person_id", "organisation_name"],
            unique=False,
        )
        for few in ("ended_on", "suspended_on"):
            present = sa.text(f"{few} IS NOT NULL")
            batch_op.create_index(
                f"ix_membership_{few}", [few], unique=False, sqlite_where=present, postgresql_where=present
            )
        batch_op.create_index(
            "uq_membership_live_person",
            ["person_id", "association_id", "kind_id"],
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL AND organisation_name = ''"),
            postgresql_where=sa.text("ended_on IS NULL AND organisation_name = ''"),
        )

    op.create_table(
        "register_import",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("done_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("undone_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_register_import_account_id_account")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_register_import_association_id_association")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_register_import_job_id_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_register_import_public_id")),
    )
    with op.batch_alter_table("register_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_register_import_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_register_import_association_id", ["association_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_register_import_job_id"), ["job_id"], unique=False)

    op.create_table(
        "member_card",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("membership_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("serial", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("handed_over_on", sa.Date(), nullable=True),
        sa.Column("voided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_member_card_void_reason")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_member_card_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["code_id"], ["verifiable_code.id"], name=op.f("fk_member_card_code_id_verifiable_code")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_member_card_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(["issued_by_id"], ["person.id"], name=op.f("fk_member_card_issued_by_id_person")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_member_card_membership_id_membership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_card")),
        sa.UniqueConstraint("code_id", name=op.f("uq_member_card_code_id")),
        sa.UniqueConstraint("membership_id", "serial", name=op.f("uq_member_card_membership_id_serial")),
        sa.UniqueConstraint("public_id", name=op.f("uq_member_card_public_id")),
    )
    with op.batch_alter_table("member_card", schema=None) as batch_op:
        batch_op.create_index("ix_member_card_association_id", ["association_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_card_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_card_issued_by_id"), ["issued_by_id"], unique=False)
        batch_op.create_index(
            "uq_member_card_live",
            ["membership_id"],
            unique=True,
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )

    op.create_table(
        "membership_application",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation_name", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("birth_on", sa.Date(), nullable=True),
        sa.Column("identity_number", portal.core.encryption.EncryptedText(), nullable=True),
        sa.Column("identity_index", sa.String(), nullable=True),
        sa.Column("identity_last4", sa.String(), nullable=True),
        sa.Column("phone", portal.core.encryption.EncryptedText(), nullable=True),
        sa.Column("phone_index", sa.String(), nullable=True),
        sa.Column("phone_last4", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("residence", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("guardian_name", sa.String(), nullable=False),
        sa.Column("guardian_phone", portal.core.encryption.EncryptedText(), nullable=True),
        sa.Column("consents", sa.JSON(), nullable=False),
        sa.Column("notice_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submitted_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("membership_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'accepted') = (membership_id IS NOT NULL)", name=op.f("ck_membership_application_accepted")
        ),
        sa.CheckConstraint("channel IN ('web', 'paper')", name=op.f("ck_membership_application_channel")),
        sa.CheckConstraint(
            "state IN ('submitted', 'asked', 'accepted', 'declined', 'withdrawn')",
            name=op.f("ck_membership_application_state"),
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_membership_application_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_membership_application_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name=op.f("fk_membership_application_entered_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_membership_application_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["membership_kind.id"], name=op.f("fk_membership_application_kind_id_membership_kind")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_membership_application_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_membership_application_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_application")),
        sa.UniqueConstraint("public_id", name=op.f("uq_membership_application_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_membership_application_reference")),
    )
    with op.batch_alter_table("membership_application", schema=None) as batch_op:
        batch_op.create_index(
            "ix_membership_application_association_id", ["association_id", "state", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_membership_application_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_application_entered_by_id"), ["entered_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_application_group_id"), ["group_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_membership_application_identity_index"), ["identity_index"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_membership_application_kind_id"), ["kind_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_application_membership_id"), ["membership_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_application_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_application_phone_index"), ["phone_index"], unique=False)

    op.create_table(
        "membership_cover",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("membership_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("end_on IS NULL OR end_on >= start_on", name=op.f("ck_membership_cover_dates")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_membership_cover_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_cover_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_cover")),
        sa.UniqueConstraint("public_id", name=op.f("uq_membership_cover_public_id")),
    )
    with op.batch_alter_table("membership_cover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_cover_membership_id"), ["membership_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_cover_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_membership_cover_live",
            ["membership_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("end_on IS NULL"),
            postgresql_where=sa.text("end_on IS NULL"),
        )

    op.create_table(
        "membership_stay",
        sa.Column("membership_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_membership_stay_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_membership_stay_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_membership_stay_membership_id_membership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_stay")),
    )
    with op.batch_alter_table("membership_stay", schema=None) as batch_op:
        batch_op.create_index("ix_membership_stay_association_id", ["association_id", "start_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_stay_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_stay_membership_id"), ["membership_id"], unique=False)
        batch_op.create_index(
            "uq_membership_stay_live",
            ["membership_id"],
            unique=True,
            sqlite_where=sa.text("end_on IS NULL"),
            postgresql_where=sa.text("end_on IS NULL"),
        )

    op.create_table(
        "membership_transfer",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("membership_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposed_by_association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'declined', 'withdrawn')", name=op.f("ck_membership_transfer_state")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_membership_transfer_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["from_association_id"],
            ["association.id"],
            name=op.f("fk_membership_transfer_from_association_id_association"),
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_membership_transfer_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_association_id"],
            ["association.id"],
            name=op.f("fk_membership_transfer_proposed_by_association_id_association"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_membership_transfer_proposed_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["to_association_id"],
            ["association.id"],
            name=op.f("fk_membership_transfer_to_association_id_association"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_transfer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_membership_transfer_public_id")),
    )
    with op.batch_alter_table("membership_transfer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_transfer_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_membership_transfer_from_association_id"), ["from_association_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_membership_transfer_membership_id"), ["membership_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_membership_transfer_proposed_by_association_id"),
            ["proposed_by_association_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_membership_transfer_proposed_by_id"), ["proposed_by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_membership_transfer_to_association_id"), ["to_association_id"], unique=False
        )
        batch_op.create_index(
            "uq_membership_transfer_open",
            ["membership_id"],
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )

    op.create_table(
        "register_import_row",
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("matched_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_membership_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("choice IN ('', 'new', 'same', 'skip')", name=op.f("ck_register_import_row_choice")),
        sa.CheckConstraint(
            "verdict IN ('new', 'same', 'possible', 'faulty')", name=op.f("ck_register_import_row_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["created_membership_id"],
            ["membership.id"],
            name=op.f("fk_register_import_row_created_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["created_person_id"], ["person.id"], name=op.f("fk_register_import_row_created_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["register_import.id"],
            name=op.f("fk_register_import_row_import_id_register_import"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["matched_id"], ["person.id"], name=op.f("fk_register_import_row_matched_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_import_row")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_register_import_row_import_id_number")),
    )
    with op.batch_alter_table("register_import_row", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_register_import_row_created_membership_id"), ["created_membership_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_register_import_row_created_person_id"), ["created_person_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_register_import_row_matched_id"), ["matched_id"], unique=False)
        batch_op.create_index("ix_register_import_row_verdict", ["import_id", "verdict", "number"], unique=False)

    op.create_table(
        "application_message",
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("is_from_applicant", sa.Boolean(), nullable=False),
        sa.Column("by_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["membership_application.id"],
            name=op.f("fk_application_message_application_id_membership_application"),
        ),
        sa.ForeignKeyConstraint(
            ["by_person_id"], ["person.id"], name=op.f("fk_application_message_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_message")),
    )
    with op.batch_alter_table("application_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_message_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_message_by_person_id"), ["by_person_id"], unique=False)

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(batch_op.f("ix_person_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index("ix_person_birth_on", ["birth_on", "sort_key"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_person_merged_into_id_person"), "person", ["merged_into_id"], ["id"]
        )
    with op.batch_alter_table("affiliation", schema=None) as batch_op:
        batch_op.create_index("ix_affiliation_person_id", ["person_id"], unique=False)
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index("ix_consent_person_id", ["person_id"], unique=False)
    _begin()


def _begin() -> None:
    """Every federation begins with a list of kinds; whoever is held as a member gets a membership and a number."""
    connection = op.get_bind()
    root = "SELECT id FROM association WHERE parent_id IS NULL"
    for (root_id,) in connection.execute(sa.text(root)).all():
        for position, (name, holder) in enumerate(KINDS):
            values: dict[str, Any] = {
                "public_id": new_public_id(),
                "association_id": root_id,
                "name": name,
                "holder": holder,
            }
            is_open = position < len(KINDS) - 1
            connection.execute(
                _table("membership_kind").insert(), values | {"position": position, "is_open": is_open}
            )
    held = """
        SELECT a.person_id, a.association_id, a.group_id, a.start_on, a.end_on, p.sort_key, s.code,
          (SELECT k.id FROM membership_kind k JOIN association r ON r.id = k.association_id
           WHERE s.path LIKE r.path || '%' AND k.position = 0) AS kind_id
        FROM affiliation a JOIN person p ON p.id = a.person_id JOIN association s ON s.id = a.association_id
        WHERE a.kind = 'member' ORDER BY a.association_id, a.start_on, a.id
    """
    counts: Counter[str] = Counter()
    typed = sa.text(held).columns(start_on=sa.Date, end_on=sa.Date)
    for row in connection.execute(typed).all():
        counts[row.code] += 1
        _become_member(connection, row, f"{row.code.upper()}-{counts[row.code]:05}")
    for code, last in counts.items():
        connection.execute(_table("number_counter").insert(), {"stem": f"{code.upper()}-{{serial}}", "last": last})


def _become_member(connection: sa.Connection, row: sa.Row[Any], number: str) -> None:
    place = {"association_id": row.association_id, "group_id": row.group_id}
    membership = {
        "public_id": new_public_id(),
        "number": number,
        "kind_id": row.kind_id,
        "person_id": row.person_id,
        "organisation_name": "",
        "sort_key": row.sort_key,
        "joined_on": row.start_on,
        "suspension_reason": "",
        "ended_on": row.end_on,
        "end_reason": "withdrew" if row.end_on else None,
        "end_note": "",
        "created_at": datetime.now(UTC),
    }
    inserted = connection.execute(_table("membership").insert().values(membership | place))
    stay = {"membership_id": inserted.inserted_primary_key[0], "start_on": row.start_on, "end_on": row.end_on}
    connection.execute(_table("membership_stay").insert().values(stay | place))


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_person_merged_into_id_person"), type_="foreignkey")
        batch_op.drop_index("ix_person_birth_on")
        batch_op.drop_index(batch_op.f("ix_person_merged_into_id"))
        batch_op.drop_column("merged_into_id")
    with op.batch_alter_table("affiliation", schema=None) as batch_op:
        batch_op.drop_index("ix_affiliation_person_id")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_person_id")

    with op.batch_alter_table("application_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_message_by_person_id"))
        batch_op.drop_index(batch_op.f("ix_application_message_application_id"))

    op.drop_table("application_message")
    with op.batch_alter_table("register_import_row", schema=None) as batch_op:
        batch_op.drop_index("ix_register_import_row_verdict")
        batch_op.drop_index(batch_op.f("ix_register_import_row_matched_id"))
        batch_op.drop_index(batch_op.f("ix_register_import_row_created_person_id"))
        batch_op.drop_index(batch_op.f("ix_register_import_row_created_membership_id"))

    op.drop_table("register_import_row")
    with op.batch_alter_table("membership_transfer", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_membership_transfer_open",
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )
        batch_op.drop_index(batch_op.f("ix_membership_transfer_to_association_id"))
        batch_op.drop_index(batch_op.f("ix_membership_transfer_proposed_by_id"))
        batch_op.drop_index(batch_op.f("ix_membership_transfer_proposed_by_association_id"))
        batch_op.drop_index(batch_op.f("ix_membership_transfer_membership_id"))
        batch_op.drop_index(batch_op.f("ix_membership_transfer_from_association_id"))
        batch_op.drop_index(batch_op.f("ix_membership_transfer_decided_by_id"))

    op.drop_table("membership_transfer")
    with op.batch_alter_table("membership_stay", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_membership_stay_live",
            sqlite_where=sa.text("end_on IS NULL"),
            postgresql_where=sa.text("end_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_membership_stay_membership_id"))
        batch_op.drop_index(batch_op.f("ix_membership_stay_group_id"))
        batch_op.drop_index("ix_membership_stay_association_id")

    op.drop_table("membership_stay")
    with op.batch_alter_table("membership_cover", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_membership_cover_live",
            sqlite_where=sa.text("end_on IS NULL"),
            postgresql_where=sa.text("end_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_membership_cover_person_id"))
        batch_op.drop_index(batch_op.f("ix_membership_cover_membership_id"))

    op.drop_table("membership_cover")
    with op.batch_alter_table("membership_application", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_application_phone_index"))
        batch_op.drop_index(batch_op.f("ix_membership_application_person_id"))
        batch_op.drop_index(batch_op.f("ix_membership_application_membership_id"))
        batch_op.drop_index(batch_op.f("ix_membership_application_kind_id"))
        batch_op.drop_index(batch_op.f("ix_membership_application_identity_index"))
        batch_op.drop_index(batch_op.f("ix_membership_application_group_id"))
        batch_op.drop_index(batch_op.f("ix_membership_application_entered_by_id"))
        batch_op.drop_index(batch_op.f("ix_membership_application_decided_by_id"))
        batch_op.drop_index("ix_membership_application_association_id")

    op.drop_table("membership_application")
    with op.batch_alter_table("member_card", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_member_card_live",
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_member_card_issued_by_id"))
        batch_op.drop_index(batch_op.f("ix_member_card_group_id"))
        batch_op.drop_index("ix_member_card_association_id")

    op.drop_table("member_card")
    with op.batch_alter_table("register_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_import_job_id"))
        batch_op.drop_index("ix_register_import_association_id")
        batch_op.drop_index(batch_op.f("ix_register_import_account_id"))

    op.drop_table("register_import")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_membership_live_person",
            sqlite_where=sa.text("ended_on IS NULL AND organisation_name = ''"),
            postgresql_where=sa.text("ended_on IS NULL AND organisation_name = ''"),
        )
        for few in ("suspended_on", "ended_on"):
            batch_op.drop_index(f"ix_membership_{few}")
        batch_op.drop_index("ix_membership_sort_key")
        batch_op.drop_index("ix_membership_person_id")
        batch_op.drop_index(batch_op.f("ix_membership_payer_id"))
        batch_op.drop_index(batch_op.f("ix_membership_kind_id"))
        batch_op.drop_index("ix_membership_group_id")
        batch_op.drop_index("ix_membership_association_id")

    op.drop_table("membership")
    with op.batch_alter_table("told_apart", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_told_apart_second_id"))
        batch_op.drop_index(batch_op.f("ix_told_apart_by_person_id"))
        batch_op.drop_index(batch_op.f("ix_told_apart_association_id"))

    op.drop_table("told_apart")
    op.drop_table("remembered_column")
    with op.batch_alter_table("personal_request", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_personal_request_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_personal_request_person_id"))
        batch_op.drop_index(batch_op.f("ix_personal_request_decided_by_id"))
        batch_op.drop_index("ix_personal_request_association_id")

    op.drop_table("personal_request")
    with op.batch_alter_table("person_merge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_merge_undone_by_id"))
        batch_op.drop_index(batch_op.f("ix_person_merge_merged_by_id"))
        batch_op.drop_index(batch_op.f("ix_person_merge_kept_id"))
        batch_op.drop_index(batch_op.f("ix_person_merge_gone_id"))
        batch_op.drop_index(batch_op.f("ix_person_merge_association_id"))

    op.drop_table("person_merge")
    op.drop_table("number_scheme")
    with op.batch_alter_table("membership_kind", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_membership_kind_live_name",
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.drop_table("membership_kind")
    op.drop_table("verifiable_code")
    op.drop_table("number_counter")
    with op.batch_alter_table("application_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_draft_updated_at"))

    op.drop_table("application_draft")
