"""The first tables: associations, people, accounts, offices, activities, notices, the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import portal.core.database
import portal.core.encryption

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# Rows of the audit log are added and never changed; a published version of a notice is never edited or removed.
APPEND_ONLY = {
    "sqlite": [
        "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        "CREATE TRIGGER notice_version_no_update BEFORE UPDATE ON notice_version WHEN old.published_at IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'a published version is never edited'); END",
        "CREATE TRIGGER notice_version_no_delete BEFORE DELETE ON notice_version WHEN old.published_at IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'a published version is never removed'); END",
        # REPLACE removes the row in the way without asking the triggers above.
        "CREATE TRIGGER audit_entry_no_replace BEFORE INSERT ON audit_entry "
        "WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = new.id) "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        "CREATE TRIGGER notice_version_no_replace BEFORE INSERT ON notice_version "
        "WHEN EXISTS (SELECT 1 FROM notice_version WHERE published_at IS NOT NULL "
        "AND (id = new.id OR (notice_id = new.notice_id AND number = new.number))) "
        "BEGIN SELECT RAISE(ABORT, 'a published version is never removed'); END",
        "CREATE TRIGGER notice_version_no_move BEFORE UPDATE ON notice_version "
        "WHEN EXISTS (SELECT 1 FROM notice_version WHERE published_at IS NOT NULL AND id <> old.id "
        "AND (id = new.id OR (notice_id = new.notice_id AND number = new.number))) "
        "BEGIN SELECT RAISE(ABORT, 'a published version is never removed'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
        "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER notice_version_no_change BEFORE UPDATE OR DELETE ON notice_version "
        "FOR EACH ROW WHEN (old.published_at IS NOT NULL) EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER notice_version_no_truncate BEFORE TRUNCATE ON notice_version "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "association",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("short_name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("formation", sa.String(), nullable=True),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("path", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("introduction", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("office_hours", sa.String(), nullable=False),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("archived_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_association_not_its_own_parent")),
        sa.ForeignKeyConstraint(["parent_id"], ["association.id"], name=op.f("fk_association_parent_id_association")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_association")),
        sa.UniqueConstraint("code", name=op.f("uq_association_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_association_public_id")),
    )
    op.create_index(op.f("ix_association_parent_id"), "association", ["parent_id"], unique=False)
    op.create_index(op.f("ix_association_path"), "association", ["path"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("target_type", sa.String(), nullable=False),
        sa.Column("target_id", sa.String(), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_association_id_id"), "audit_entry", ["association_id", "id"], unique=False)
    op.create_index(op.f("ix_audit_entry_person_id_id"), "audit_entry", ["person_id", "id"], unique=False)
    op.create_index(
        op.f("ix_audit_entry_target_type_target_id"),
        "audit_entry",
        ["target_type", "target_id"],
        unique=False,
    )

    op.create_table(
        "job",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("total", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("public_id", name=op.f("uq_job_public_id")),
    )
    op.create_index(op.f("ix_job_account_id"), "job", ["account_id"], unique=False)

    op.create_table(
        "person",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
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
        sa.Column("guardian_name", sa.String(), nullable=False),
        sa.Column("guardian_phone", portal.core.encryption.EncryptedText(), nullable=True),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("sex IN ('female', 'male')", name=op.f("ck_person_sex")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("identity_index", name=op.f("uq_person_identity_index")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_public_id")),
    )
    op.create_index(op.f("ix_person_phone_index"), "person", ["phone_index"], unique=False)
    op.create_index(op.f("ix_person_phone_last4"), "person", ["phone_last4"], unique=False)
    op.create_index("ix_person_sort_key", "person", ["sort_key", "id"], unique=False)

    op.create_table(
        "privacy_notice",
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_notice")),
        sa.UniqueConstraint("version", "language", name=op.f("uq_privacy_notice_version_language")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("login_hash", sa.String(), nullable=False),
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.Column("at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_address_hash", "sign_in_attempt", ["address_hash", "at"], unique=False)
    op.create_index("ix_sign_in_attempt_login_hash", "sign_in_attempt", ["login_hash", "at"], unique=False)

    op.create_table(
        "account",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("phone_index", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("password_changed_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", portal.core.encryption.EncryptedText(), nullable=True),
        sa.Column("totp_confirmed_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("person_id", name=op.f("uq_account_person_id")),
        sa.UniqueConstraint("phone_index", name=op.f("uq_account_phone_index")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_public_id")),
    )
    op.create_table(
        "association_group",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"],
            ["association.id"],
            name=op.f("fk_association_group_association_id_association"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_association_group")),
        sa.UniqueConstraint("public_id", name=op.f("uq_association_group_public_id")),
    )
    op.create_index(
        "uq_association_group_live_name",
        "association_group",
        ["association_id", "name"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )

    op.create_table(
        "consent",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("notice_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("given_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("withdrawn_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(
        "uq_consent_live",
        "consent",
        ["person_id", "purpose"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )

    op.create_table(
        "notice",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("index_number", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("published_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("updated_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_reason", sa.String(), nullable=False),
        sa.Column("supersedes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("entry_key", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'published', 'withdrawn')", name=op.f("ck_notice_status")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_notice_association_id_association")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_notice_created_by_person")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["notice.id"], name=op.f("fk_notice_supersedes_id_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("association_id", "index_number", name=op.f("uq_notice_association_id_index_number")),
        sa.UniqueConstraint("entry_key", name=op.f("uq_notice_entry_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notice_public_id")),
    )
    op.create_index("ix_notice_association_id", "notice", ["association_id", "status", "published_at"], unique=False)
    op.create_index(op.f("ix_notice_created_by"), "notice", ["created_by"], unique=False)
    op.create_index("ix_notice_published", "notice", ["status", "published_at", "id"], unique=False)
    op.create_index(op.f("ix_notice_supersedes_id"), "notice", ["supersedes_id"], unique=False)

    op.create_table(
        "person_gram",
        sa.Column("gram", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("sort_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_gram_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("gram", "sort_key", "person_id", name=op.f("pk_person_gram")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_person_gram_person_id"), "person_gram", ["person_id"], unique=False)

    op.create_table(
        "reveal",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("by_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_reveal_association_id_association")
        ),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"], name=op.f("fk_reveal_by_person_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reveal_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveal")),
    )
    op.create_index(op.f("ix_reveal_association_id"), "reveal", ["association_id"], unique=False)
    op.create_index(op.f("ix_reveal_by_person_id"), "reveal", ["by_person_id"], unique=False)
    op.create_index(op.f("ix_reveal_person_id"), "reveal", ["person_id"], unique=False)

    op.create_table(
        "term",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("end_on IS NULL OR end_on >= start_on", name=op.f("ck_term_dates")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_term_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint("public_id", name=op.f("uq_term_public_id")),
    )
    op.create_index(op.f("ix_term_association_id"), "term", ["association_id"], unique=False)

    op.create_table(
        "account_session",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_session_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_session_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_session_token_hash")),
    )
    op.create_index(op.f("ix_account_session_account_id"), "account_session", ["account_id"], unique=False)

    op.create_table(
        "activity_log",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("others_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_key", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("others_count >= 0 AND minutes >= 0", name=op.f("ck_activity_log_counts")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_activity_log_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_activity_log_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_activity_log_recorded_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_log")),
        sa.UniqueConstraint("entry_key", name=op.f("uq_activity_log_entry_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_activity_log_public_id")),
    )
    op.create_index(
        "ix_activity_log_association_id", "activity_log", ["association_id", "held_on", "id"], unique=False
    )
    op.create_index(op.f("ix_activity_log_group_id"), "activity_log", ["group_id"], unique=False)
    op.create_index("ix_activity_log_held_on", "activity_log", ["held_on", "id"], unique=False)
    op.create_index(op.f("ix_activity_log_recorded_by"), "activity_log", ["recorded_by"], unique=False)

    op.create_table(
        "affiliation",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind IN ('member', 'volunteer', 'officer')", name=op.f("ck_affiliation_kind")),
        sa.CheckConstraint("end_on IS NULL OR end_on >= start_on", name=op.f("ck_affiliation_dates")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_affiliation_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_affiliation_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_affiliation_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliation")),
    )
    op.create_index(
        "ix_affiliation_association_id_kind",
        "affiliation",
        ["association_id", "kind", "person_id"],
        unique=False,
    )
    op.create_index(op.f("ix_affiliation_group_id"), "affiliation", ["group_id"], unique=False)
    op.create_index(
        "uq_affiliation_live",
        "affiliation",
        ["person_id", "association_id", "kind"],
        unique=True,
        sqlite_where=sa.text("end_on IS NULL"),
        postgresql_where=sa.text("end_on IS NULL"),
    )

    op.create_table(
        "appointment",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("term_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("covers_subtree", sa.Boolean(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_appointment_association_id_association")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_appointment_created_by_person")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_appointment_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appointment_person_id_person")),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_appointment_term_id_term")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_appointment_public_id")),
    )
    op.create_index("ix_appointment_association_id", "appointment", ["association_id", "end_on"], unique=False)
    op.create_index(op.f("ix_appointment_created_by"), "appointment", ["created_by"], unique=False)
    op.create_index(op.f("ix_appointment_group_id"), "appointment", ["group_id"], unique=False)
    op.create_index("ix_appointment_person_id", "appointment", ["person_id", "end_on"], unique=False)
    op.create_index(op.f("ix_appointment_term_id"), "appointment", ["term_id"], unique=False)

    op.create_table(
        "notice_version",
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("document_number", sa.String(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("keywords", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("correction_note", sa.String(), nullable=False),
        sa.Column("written_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("written_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("published_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "expires_on IS NULL OR effective_on IS NULL OR expires_on >= effective_on",
            name=op.f("ck_notice_version_dates"),
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_version_notice_id_notice")),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_notice_version_published_by_person")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_notice_version_written_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_version")),
        sa.UniqueConstraint("notice_id", "number", name=op.f("uq_notice_version_notice_id_number")),
    )
    op.create_index(op.f("ix_notice_version_published_by"), "notice_version", ["published_by"], unique=False)
    op.create_index(op.f("ix_notice_version_written_by"), "notice_version", ["written_by"], unique=False)
    op.create_index(
        "uq_notice_version_one_draft",
        "notice_version",
        ["notice_id"],
        unique=True,
        sqlite_where=sa.text("published_at IS NULL"),
        postgresql_where=sa.text("published_at IS NULL"),
    )

    op.create_table(
        "one_time_code",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("issued_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_one_time_code_account_id_account")),
        sa.ForeignKeyConstraint(["issued_by"], ["account.id"], name=op.f("fk_one_time_code_issued_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_one_time_code_code_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_one_time_code_public_id")),
    )
    op.create_index(op.f("ix_one_time_code_account_id"), "one_time_code", ["account_id"], unique=False)
    op.create_index(op.f("ix_one_time_code_issued_by"), "one_time_code", ["issued_by"], unique=False)

    op.create_table(
        "activity_material",
        sa.Column("log_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_activity_material_count")),
        sa.ForeignKeyConstraint(
            ["log_id"], ["activity_log.id"], name=op.f("fk_activity_material_log_id_activity_log")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_material")),
    )
    op.create_index(op.f("ix_activity_material_log_id"), "activity_material", ["log_id"], unique=False)

    op.create_table(
        "activity_participant",
        sa.Column("log_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_volunteer", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("minutes >= 0 AND minutes <= 1440", name=op.f("ck_activity_participant_minutes")),
        sa.ForeignKeyConstraint(
            ["log_id"], ["activity_log.id"], name=op.f("fk_activity_participant_log_id_activity_log")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_activity_participant_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_participant")),
        sa.UniqueConstraint("log_id", "person_id", name=op.f("uq_activity_participant_log_id_person_id")),
    )
    op.create_index(op.f("ix_activity_participant_person_id"), "activity_participant", ["person_id"], unique=False)

    op.create_table(
        "activity_photo",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("log_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("thumb_key", sa.String(), nullable=False),
        sa.Column("width", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("height", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("caption", sa.String(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("added_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["activity_log.id"], name=op.f("fk_activity_photo_log_id_activity_log")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_photo")),
        sa.UniqueConstraint("public_id", name=op.f("uq_activity_photo_public_id")),
    )
    op.create_index(op.f("ix_activity_photo_log_id"), "activity_photo", ["log_id"], unique=False)

    op.create_table(
        "activity_revision",
        sa.Column("log_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("replaced_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("replaced_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["log_id"], ["activity_log.id"], name=op.f("fk_activity_revision_log_id_activity_log")
        ),
        sa.ForeignKeyConstraint(["replaced_by"], ["person.id"], name=op.f("fk_activity_revision_replaced_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_revision")),
        sa.UniqueConstraint("log_id", "number", name=op.f("uq_activity_revision_log_id_number")),
    )
    op.create_index(op.f("ix_activity_revision_replaced_by"), "activity_revision", ["replaced_by"], unique=False)

    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_activity_revision_replaced_by"), table_name="activity_revision")

    op.drop_table("activity_revision")
    op.drop_index(op.f("ix_activity_photo_log_id"), table_name="activity_photo")

    op.drop_table("activity_photo")
    op.drop_index(op.f("ix_activity_participant_person_id"), table_name="activity_participant")

    op.drop_table("activity_participant")
    op.drop_index(op.f("ix_activity_material_log_id"), table_name="activity_material")

    op.drop_table("activity_material")
    op.drop_index(op.f("ix_one_time_code_issued_by"), table_name="one_time_code")
    op.drop_index(op.f("ix_one_time_code_account_id"), table_name="one_time_code")

    op.drop_table("one_time_code")
    op.drop_index("uq_notice_version_one_draft", table_name="notice_version")
    op.drop_index(op.f("ix_notice_version_written_by"), table_name="notice_version")
    op.drop_index(op.f("ix_notice_version_published_by"), table_name="notice_version")

    op.drop_table("notice_version")
    op.drop_index(op.f("ix_appointment_term_id"), table_name="appointment")
    op.drop_index("ix_appointment_person_id", table_name="appointment")
    op.drop_index(op.f("ix_appointment_group_id"), table_name="appointment")
    op.drop_index(op.f("ix_appointment_created_by"), table_name="appointment")
    op.drop_index("ix_appointment_association_id", table_name="appointment")

    op.drop_table("appointment")
    op.drop_index("uq_affiliation_live", table_name="affiliation")
    op.drop_index(op.f("ix_affiliation_group_id"), table_name="affiliation")
    op.drop_index("ix_affiliation_association_id_kind", table_name="affiliation")

    op.drop_table("affiliation")
    op.drop_index(op.f("ix_activity_log_recorded_by"), table_name="activity_log")
    op.drop_index("ix_activity_log_held_on", table_name="activity_log")
    op.drop_index(op.f("ix_activity_log_group_id"), table_name="activity_log")
    op.drop_index("ix_activity_log_association_id", table_name="activity_log")

    op.drop_table("activity_log")
    op.drop_index(op.f("ix_account_session_account_id"), table_name="account_session")

    op.drop_table("account_session")
    op.drop_index(op.f("ix_term_association_id"), table_name="term")

    op.drop_table("term")
    op.drop_index(op.f("ix_reveal_person_id"), table_name="reveal")
    op.drop_index(op.f("ix_reveal_by_person_id"), table_name="reveal")
    op.drop_index(op.f("ix_reveal_association_id"), table_name="reveal")

    op.drop_table("reveal")
    op.drop_index(op.f("ix_person_gram_person_id"), table_name="person_gram")

    op.drop_table("person_gram")
    op.drop_index(op.f("ix_notice_supersedes_id"), table_name="notice")
    op.drop_index("ix_notice_published", table_name="notice")
    op.drop_index(op.f("ix_notice_created_by"), table_name="notice")
    op.drop_index("ix_notice_association_id", table_name="notice")

    op.drop_table("notice")
    op.drop_index("uq_consent_live", table_name="consent")

    op.drop_table("consent")
    op.drop_index("uq_association_group_live_name", table_name="association_group")

    op.drop_table("association_group")
    op.drop_table("account")
    op.drop_index("ix_sign_in_attempt_login_hash", table_name="sign_in_attempt")
    op.drop_index("ix_sign_in_attempt_address_hash", table_name="sign_in_attempt")

    op.drop_table("sign_in_attempt")
    op.drop_table("privacy_notice")
    op.drop_index("ix_person_sort_key", table_name="person")
    op.drop_index(op.f("ix_person_phone_last4"), table_name="person")
    op.drop_index(op.f("ix_person_phone_index"), table_name="person")

    op.drop_table("person")
    op.drop_index(op.f("ix_job_account_id"), table_name="job")

    op.drop_table("job")
    op.drop_index(op.f("ix_audit_entry_target_type_target_id"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_person_id_id"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_association_id_id"), table_name="audit_entry")

    op.drop_table("audit_entry")
    op.drop_index(op.f("ix_association_path"), table_name="association")
    op.drop_index(op.f("ix_association_parent_id"), table_name="association")

    op.drop_table("association")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
