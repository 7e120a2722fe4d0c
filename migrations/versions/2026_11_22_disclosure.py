"""Open to the public: chain of proof, review of notices, disclosure calendar, notice periods, charters, letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import portal.core.database
import portal.core.encryption
from portal.core.database import new_public_id
from portal.upkeep.guards import guards, keeping_guards

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Added to and never changed.
SEALED = {"chain_entry": ("id", "number", "hash", "previous"), "letter_step": ("id",)}
# Of these no row is ever removed, and what is named of them never changes.
KEPT = {
    "notice_period": ("association_id", "matter", "title", "body", "start_on"),
    "objection": ("period_id", "number", "body", "received_at"),
    "letter": ("reference", "channel", "received_at", "received_by_association_id"),
    "charter_adoption": ("charter_id", "entitled", "present", "in_favour", "against", "abstained", "is_adopted"),
    "survey_answer": ("survey_id", "association_id", "answers"),
}
# What every federation files its publications under at first.
SUBJECTS = (
    "协会工作", "组织建设", "章程制度", "财务公开", "会员服务", "志愿服务", "教育培训", "走访关怀", "评比表彰",
    "考核评估", "居民自治", "来信来访",
)  # fmt: skip
# What is moved only one way: a last day is put off, never moved nearer; a code that was used stays used; what was
# decided or answered stays so; a draft that settled, and a survey that opened, stand.
ONE_WAY = {
    "notice_period": (
        ("no_shorter", "end_on", "new.end_on < old.end_on"),
        ("no_way_back", "state", "old.state <> 'open' AND new.state <> old.state"),
    ),
    "objection": (("no_way_back", "state", "old.state <> 'received' AND new.state <> old.state"),),
    "survey_ticket": (("used_once", "is_used", "old.is_used AND NOT new.is_used"),),
    "consultation_round": (("no_shorter", "closes_on", "new.closes_on < old.closes_on"),),
}


def upgrade() -> None:
    op.create_table(
        "chain_head",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_chain_head_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_head")),
    )
    op.create_table(
        "chain_entry",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document", sa.String(length=12), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("published_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_chain_entry_number")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_chain_entry_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_chain_entry_hash")),
        sa.UniqueConstraint("kind", "document", "version", name=op.f("uq_chain_entry_kind_document_version")),
        sa.UniqueConstraint("number", name=op.f("uq_chain_entry_number")),
        sa.UniqueConstraint("previous", name=op.f("uq_chain_entry_previous")),
    )
    with op.batch_alter_table("chain_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chain_entry_association_id"), ["association_id"], unique=False)
        batch_op.create_index("ix_chain_entry_document", ["document", "version"], unique=False)

    op.create_table(
        "guide",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("steps", sa.String(), nullable=False),
        sa.Column("documents", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("cost", sa.String(), nullable=False),
        sa.Column("takes", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_open", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("revised_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("revised_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "block IN ('ask', 'apply', 'support', 'rights', 'responsible')", name=op.f("ck_guide_block")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_guide_association_id_association")
        ),
        sa.ForeignKeyConstraint(["revised_by_id"], ["person.id"], name=op.f("fk_guide_revised_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide")),
        sa.UniqueConstraint("public_id", name=op.f("uq_guide_public_id")),
    )
    with op.batch_alter_table("guide", schema=None) as batch_op:
        batch_op.create_index("ix_guide_association_id", ["association_id", "block", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_guide_revised_by_id"), ["revised_by_id"], unique=False)
        batch_op.create_index(
            "uq_guide_live_title",
            ["association_id", "block", "title"],
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.create_table(
        "letter",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received_by_association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", portal.core.encryption.EncryptedText(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("is_anonymous", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("name", portal.core.encryption.EncryptedText(), nullable=True),
        sa.Column("phone", portal.core.encryption.EncryptedText(), nullable=True),
        sa.Column("email", portal.core.encryption.EncryptedText(), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("may_publish", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("received_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("acknowledged_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("assigned_to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column(
            "reopened", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.Column("rating", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rating_note", sa.String(), nullable=False),
        sa.Column("rated_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("published_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("public_question", sa.String(), nullable=False),
        sa.Column("public_answer", sa.String(), nullable=False),
        sa.Column("emptied_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_letter_closed")),
        sa.CheckConstraint(
            "(state IN ('answered', 'closed')) = (answered_at IS NOT NULL)", name=op.f("ck_letter_answered")
        ),
        sa.CheckConstraint("state IN ('received', 'in_hand', 'answered', 'closed')", name=op.f("ck_letter_state")),
        sa.CheckConstraint("published_at IS NULL OR may_publish", name=op.f("ck_letter_publishing")),
        sa.CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name=op.f("ck_letter_rating")),
        sa.ForeignKeyConstraint(["assigned_to_id"], ["person.id"], name=op.f("fk_letter_assigned_to_id_person")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_letter_association_id_association")
        ),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f("fk_letter_entered_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_letter_person_id_person")),
        sa.ForeignKeyConstraint(
            ["received_by_association_id"],
            ["association.id"],
            name=op.f("fk_letter_received_by_association_id_association"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("key", name=op.f("uq_letter_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_letter_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_letter_reference")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index("ix_letter_assigned_to_id", ["assigned_to_id", "state"], unique=False)
        batch_op.create_index("ix_letter_association_id", ["association_id", "state", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_entered_by_id"), ["entered_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "ix_letter_published",
            ["association_id", "published_at"],
            unique=False,
            sqlite_where=sa.text("published_at IS NOT NULL"),
            postgresql_where=sa.text("published_at IS NOT NULL"),
        )
        batch_op.create_index("ix_letter_received_at", ["association_id", "received_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_letter_received_by_association_id"), ["received_by_association_id"], unique=False
        )

    op.create_table(
        "notice_period",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("matter", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("entry_key", sa.String(), nullable=True),
        sa.Column("opened_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("extension_reason", sa.String(), nullable=False),
        sa.Column("decided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_notice_period_decided")),
        sa.CheckConstraint(
            "state IN ('open', 'passed', 'stopped', 'withdrawn')", name=op.f("ck_notice_period_state")
        ),
        sa.CheckConstraint("end_on >= start_on", name=op.f("ck_notice_period_dates")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_notice_period_association_id_association")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_notice_period_decided_by_id_person")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_notice_period_opened_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_period")),
        sa.UniqueConstraint("entry_key", name=op.f("uq_notice_period_entry_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notice_period_public_id")),
    )
    with op.batch_alter_table("notice_period", schema=None) as batch_op:
        batch_op.create_index("ix_notice_period_association_id", ["association_id", "state", "end_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_period_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_period_opened_by_id"), ["opened_by_id"], unique=False)
        batch_op.create_index("ix_notice_period_state", ["state", "end_on"], unique=False)

    op.create_table(
        "notice_subject",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_notice_subject_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_subject")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notice_subject_public_id")),
    )
    with op.batch_alter_table("notice_subject", schema=None) as batch_op:
        batch_op.create_index(
            "uq_notice_subject_live_name",
            ["association_id", "name"],
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.create_table(
        "survey",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("introduction", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("asked", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hide_below", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_key", sa.String(), nullable=True),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opened_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("published_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("results", sa.JSON(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'open', 'closed', 'published')", name=op.f("ck_survey_state")),
        sa.CheckConstraint("asked >= 0 AND hide_below >= 3", name=op.f("ck_survey_counts")),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_survey_dates")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_survey_association_id_association")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_survey_created_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("entry_key", name=op.f("uq_survey_entry_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_survey_public_id")),
    )
    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.create_index("ix_survey_association_id", ["association_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_survey_created_by_id"), ["created_by_id"], unique=False)

    op.create_table(
        "disclosure_duty",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("within_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "frequency IN ('month', 'quarter', 'half_year', 'year', 'once')",
            name=op.f("ck_disclosure_duty_frequency"),
        ),
        sa.CheckConstraint("within_days > 0", name=op.f("ck_disclosure_duty_within_days")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_disclosure_duty_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_disclosure_duty_created_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["notice_subject.id"], name=op.f("fk_disclosure_duty_subject_id_notice_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_duty")),
        sa.UniqueConstraint("public_id", name=op.f("uq_disclosure_duty_public_id")),
    )
    with op.batch_alter_table("disclosure_duty", schema=None) as batch_op:
        batch_op.create_index("ix_disclosure_duty_association_id", ["association_id", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_duty_created_by_id"), ["created_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_duty_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "letter_about",
        sa.Column("letter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("named_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_about_letter_id_letter")),
        sa.ForeignKeyConstraint(["named_by_id"], ["person.id"], name=op.f("fk_letter_about_named_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_letter_about_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_about")),
        sa.UniqueConstraint("letter_id", "person_id", name=op.f("uq_letter_about_letter_id_person_id")),
    )
    with op.batch_alter_table("letter_about", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_about_named_by_id"), ["named_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_about_person_id"), ["person_id"], unique=False)

    op.create_table(
        "letter_step",
        sa.Column("letter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("from_association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("to_association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("to_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("body", portal.core.encryption.EncryptedText(), nullable=True),
        sa.Column("is_shown", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_letter_step_by_id_person")),
        sa.ForeignKeyConstraint(
            ["from_association_id"], ["association.id"], name=op.f("fk_letter_step_from_association_id_association")
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_step_letter_id_letter")),
        sa.ForeignKeyConstraint(
            ["to_association_id"], ["association.id"], name=op.f("fk_letter_step_to_association_id_association")
        ),
        sa.ForeignKeyConstraint(["to_person_id"], ["person.id"], name=op.f("fk_letter_step_to_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_step")),
    )
    with op.batch_alter_table("letter_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_step_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_step_from_association_id"), ["from_association_id"], unique=False)
        batch_op.create_index("ix_letter_step_letter_id", ["letter_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_step_to_association_id"), ["to_association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_step_to_person_id"), ["to_person_id"], unique=False)

    op.create_table(
        "objection",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("in_the_open", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("name", portal.core.encryption.EncryptedText(), nullable=True),
        sa.Column("phone", portal.core.encryption.EncryptedText(), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("received_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(state = 'received') = (answered_at IS NULL)", name=op.f("ck_objection_answered")),
        sa.CheckConstraint("state IN ('received', 'upheld', 'rejected')", name=op.f("ck_objection_state")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_objection_answered_by_id_person")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f("fk_objection_entered_by_id_person")),
        sa.ForeignKeyConstraint(
            ["period_id"], ["notice_period.id"], name=op.f("fk_objection_period_id_notice_period")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_objection_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("key", name=op.f("uq_objection_key")),
        sa.UniqueConstraint("period_id", "number", name=op.f("uq_objection_period_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_objection_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_objection_reference")),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objection_answered_by_id"), ["answered_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_entered_by_id"), ["entered_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_person_id"), ["person_id"], unique=False)

    op.create_table(
        "survey_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("survey_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_survey_answer_association_id_association")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_answer_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answer")),
    )
    with op.batch_alter_table("survey_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_answer_association_id"), ["association_id"], unique=False)
        batch_op.create_index("ix_survey_answer_survey_id", ["survey_id", "association_id"], unique=False)

    op.create_table(
        "survey_question",
        sa.Column("survey_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind IN ('satisfaction', 'choice', 'text')", name=op.f("ck_survey_question_kind")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_question_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_question")),
        sa.UniqueConstraint("survey_id", "position", name=op.f("uq_survey_question_survey_id_position")),
    )
    op.create_table(
        "survey_ticket",
        sa.Column("survey_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sheet", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(code_hash IS NULL) <> (person_id IS NULL)", name=op.f("ck_survey_ticket_one_of_both")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_survey_ticket_association_id_association")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_survey_ticket_person_id_person")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_ticket_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_ticket")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_survey_ticket_code_hash")),
        sa.UniqueConstraint("survey_id", "person_id", name=op.f("uq_survey_ticket_survey_id_person_id")),
    )
    with op.batch_alter_table("survey_ticket", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_ticket_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_survey_ticket_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_survey_ticket_survey_id", ["survey_id", "is_used"], unique=False)

    op.create_table(
        "charter",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("follows_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entry_key", sa.String(), nullable=True),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_charter_association_id_association")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_charter_created_by_id_person")),
        sa.ForeignKeyConstraint(["follows_id"], ["charter.id"], name=op.f("fk_charter_follows_id_charter")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_charter_notice_id_notice")),
        sa.ForeignKeyConstraint(["period_id"], ["notice_period.id"], name=op.f("fk_charter_period_id_notice_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter")),
        sa.UniqueConstraint("entry_key", name=op.f("uq_charter_entry_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_charter_public_id")),
    )
    with op.batch_alter_table("charter", schema=None) as batch_op:
        batch_op.create_index("ix_charter_association_id", ["association_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_charter_created_by_id"), ["created_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_charter_follows_id"), ["follows_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_charter_notice_id"), ["notice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_charter_period_id"), ["period_id"], unique=False)
        batch_op.create_index(
            "uq_charter_under_way",
            ["association_id", "kind"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('adopted', 'rejected', 'abandoned')"),
            postgresql_where=sa.text("state NOT IN ('adopted', 'rejected', 'abandoned')"),
        )

    op.create_table(
        "disclosure",
        sa.Column("duty_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_disclosure_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["duty_id"], ["disclosure_duty.id"], name=op.f("fk_disclosure_duty_id_disclosure_duty")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_disclosure_notice_id_notice")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_disclosure_recorded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        sa.UniqueConstraint(
            "duty_id", "association_id", "period_on", name=op.f("uq_disclosure_duty_id_association_id_period_on")
        ),
    )
    with op.batch_alter_table("disclosure", schema=None) as batch_op:
        batch_op.create_index("ix_disclosure_association_id", ["association_id", "period_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_notice_id"), ["notice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disclosure_recorded_by_id"), ["recorded_by_id"], unique=False)

    op.create_table(
        "charter_draft",
        sa.Column("charter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("settled_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("written_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("written_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["charter_id"], ["charter.id"], name=op.f("fk_charter_draft_charter_id_charter")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_charter_draft_written_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_draft")),
        sa.UniqueConstraint("charter_id", "number", name=op.f("uq_charter_draft_charter_id_number")),
    )
    with op.batch_alter_table("charter_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_charter_draft_written_by_id"), ["written_by_id"], unique=False)

    op.create_table(
        "notice_attachment",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("alternative", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("width", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("height", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("added_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_notice_attachment_size")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["notice_version.id"], name=op.f("fk_notice_attachment_version_id_notice_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_attachment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notice_attachment_public_id")),
        sa.UniqueConstraint("version_id", "position", name=op.f("uq_notice_attachment_version_id_position")),
    )
    op.create_table(
        "charter_adoption",
        sa.Column("charter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("meeting", sa.String(), nullable=False),
        sa.Column("presided_by", sa.String(), nullable=False),
        sa.Column("recorded_as", sa.String(), nullable=False),
        sa.Column("entitled", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("present", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("in_favour", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("against", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("abstained", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_adopted", sa.Boolean(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("in_favour + against + abstained = present", name=op.f("ck_charter_adoption_all_voted")),
        sa.CheckConstraint(
            "in_favour >= 0 AND against >= 0 AND abstained >= 0", name=op.f("ck_charter_adoption_votes")
        ),
        sa.CheckConstraint("present <= entitled AND present > 0", name=op.f("ck_charter_adoption_present")),
        sa.ForeignKeyConstraint(["charter_id"], ["charter.id"], name=op.f("fk_charter_adoption_charter_id_charter")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["charter_draft.id"], name=op.f("fk_charter_adoption_draft_id_charter_draft")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_charter_adoption_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_adoption")),
        sa.UniqueConstraint("charter_id", name=op.f("uq_charter_adoption_charter_id")),
    )
    with op.batch_alter_table("charter_adoption", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_charter_adoption_draft_id"), ["draft_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_charter_adoption_recorded_by_id"), ["recorded_by_id"], unique=False)

    op.create_table(
        "charter_paragraph",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_heading", sa.Boolean(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("follows_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["charter_draft.id"], name=op.f("fk_charter_paragraph_draft_id_charter_draft")
        ),
        sa.ForeignKeyConstraint(
            ["follows_id"], ["charter_paragraph.id"], name=op.f("fk_charter_paragraph_follows_id_charter_paragraph")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_paragraph")),
        sa.UniqueConstraint("draft_id", "position", name=op.f("uq_charter_paragraph_draft_id_position")),
        sa.UniqueConstraint("public_id", name=op.f("uq_charter_paragraph_public_id")),
    )
    with op.batch_alter_table("charter_paragraph", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_charter_paragraph_follows_id"), ["follows_id"], unique=False)

    op.create_table(
        "consultation_round",
        sa.Column("charter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("closed_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_consultation_round_dates")),
        sa.CheckConstraint("number IN (1, 2)", name=op.f("ck_consultation_round_number")),
        sa.ForeignKeyConstraint(
            ["charter_id"], ["charter.id"], name=op.f("fk_consultation_round_charter_id_charter")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["charter_draft.id"], name=op.f("fk_consultation_round_draft_id_charter_draft")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["person.id"], name=op.f("fk_consultation_round_opened_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_round")),
        sa.UniqueConstraint("charter_id", "number", name=op.f("uq_consultation_round_charter_id_number")),
    )
    with op.batch_alter_table("consultation_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consultation_round_draft_id"), ["draft_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consultation_round_opened_by_id"), ["opened_by_id"], unique=False)

    op.create_table(
        "charter_comment",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paragraph_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("written_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('taken_up', 'in_part', 'not_taken_up')",
            name=op.f("ck_charter_comment_outcome"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name=op.f("ck_charter_comment_answered")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_charter_comment_answered_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name=op.f("fk_charter_comment_entered_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["paragraph_id"], ["charter_paragraph.id"], name=op.f("fk_charter_comment_paragraph_id_charter_paragraph")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_charter_comment_person_id_person")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["consultation_round.id"], name=op.f("fk_charter_comment_round_id_consultation_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_comment")),
        sa.UniqueConstraint("key", name=op.f("uq_charter_comment_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_charter_comment_public_id")),
    )
    with op.batch_alter_table("charter_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_charter_comment_answered_by_id"), ["answered_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_charter_comment_entered_by_id"), ["entered_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_charter_comment_paragraph_id"), ["paragraph_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_charter_comment_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_charter_comment_round_id", ["round_id", "paragraph_id"], unique=False)

    with op.batch_alter_table("association", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reviews_notices", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("target_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index("ix_notice_subject_id", ["subject_id", "status", "published_at"], unique=False)
        batch_op.create_index("ix_notice_target_id", ["target_id", "status", "published_at"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_notice_target_id_association"), "association", ["target_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_notice_subject_id_notice_subject"), "notice_subject", ["subject_id"], ["id"]
        )

    with keeping_guards("notice_version"), op.batch_alter_table("notice_version", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("submitted_at", portal.core.database.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("submitted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("reviewed_at", portal.core.database.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("reviewed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("review_note", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("publish_at", portal.core.database.UTCDateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_notice_version_reviewed_by"), ["reviewed_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_version_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_version_submitted_by"), ["submitted_by"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_notice_version_submitted_by_person"), "person", ["submitted_by"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_notice_version_subject_id_notice_subject"), "notice_subject", ["subject_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_notice_version_reviewed_by_person"), "person", ["reviewed_by"], ["id"]
        )

    _begin_subjects()
    dialect = op.get_bind().dialect.name
    for statement in guards(dialect, sealed=SEALED, kept=KEPT, one_way=ONE_WAY, json=["answers"]):
        op.execute(statement)


def _begin_subjects() -> None:
    """Every federation begins with subjects; what was filed under one of these words is filed there."""
    connection = op.get_bind()
    columns = [sa.column(name) for name in ("public_id", "association_id", "name", "position")]
    table = sa.table("notice_subject", *columns)
    for root_id in connection.scalars(sa.text("SELECT id FROM association WHERE parent_id IS NULL")).all():
        for position, name in enumerate(SUBJECTS):
            values = {"public_id": new_public_id(), "association_id": root_id, "name": name, "position": position}
            connection.execute(table.insert(), values)
    current = "SELECT max(number) FROM notice_version WHERE notice_id = notice.id AND published_at IS NOT NULL"
    found = (
        "SELECT s.id FROM notice_subject s JOIN notice_version v ON v.subject = s.name "  # noqa: S608
        f"WHERE v.notice_id = notice.id AND v.number = ({current})"
    )
    op.execute(f"UPDATE notice SET subject_id = ({found})")  # noqa: S608


def downgrade() -> None:
    with keeping_guards("notice_version"), op.batch_alter_table("notice_version", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_notice_version_reviewed_by_person"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_notice_version_subject_id_notice_subject"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_notice_version_submitted_by_person"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_notice_version_submitted_by"))
        batch_op.drop_index(batch_op.f("ix_notice_version_subject_id"))
        batch_op.drop_index(batch_op.f("ix_notice_version_reviewed_by"))
        batch_op.drop_column("publish_at")
        batch_op.drop_column("review_note")
        batch_op.drop_column("reviewed_by")
        batch_op.drop_column("reviewed_at")
        batch_op.drop_column("submitted_by")
        batch_op.drop_column("submitted_at")
        batch_op.drop_column("subject_id")

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_notice_subject_id_notice_subject"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_notice_target_id_association"), type_="foreignkey")
        batch_op.drop_index("ix_notice_target_id")
        batch_op.drop_index("ix_notice_subject_id")
        batch_op.drop_column("target_id")
        batch_op.drop_column("subject_id")

    with op.batch_alter_table("association", schema=None) as batch_op:
        batch_op.drop_column("reviews_notices")

    with op.batch_alter_table("charter_comment", schema=None) as batch_op:
        batch_op.drop_index("ix_charter_comment_round_id")
        batch_op.drop_index(batch_op.f("ix_charter_comment_person_id"))
        batch_op.drop_index(batch_op.f("ix_charter_comment_paragraph_id"))
        batch_op.drop_index(batch_op.f("ix_charter_comment_entered_by_id"))
        batch_op.drop_index(batch_op.f("ix_charter_comment_answered_by_id"))

    op.drop_table("charter_comment")
    with op.batch_alter_table("consultation_round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultation_round_opened_by_id"))
        batch_op.drop_index(batch_op.f("ix_consultation_round_draft_id"))

    op.drop_table("consultation_round")
    with op.batch_alter_table("charter_paragraph", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_charter_paragraph_follows_id"))

    op.drop_table("charter_paragraph")
    with op.batch_alter_table("charter_adoption", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_charter_adoption_recorded_by_id"))
        batch_op.drop_index(batch_op.f("ix_charter_adoption_draft_id"))

    op.drop_table("charter_adoption")
    op.drop_table("notice_attachment")
    with op.batch_alter_table("charter_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_charter_draft_written_by_id"))

    op.drop_table("charter_draft")
    with op.batch_alter_table("disclosure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_recorded_by_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_notice_id"))
        batch_op.drop_index("ix_disclosure_association_id")

    op.drop_table("disclosure")
    with op.batch_alter_table("charter", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_charter_under_way",
            sqlite_where=sa.text("state NOT IN ('adopted', 'rejected', 'abandoned')"),
            postgresql_where=sa.text("state NOT IN ('adopted', 'rejected', 'abandoned')"),
        )
        batch_op.drop_index(batch_op.f("ix_charter_period_id"))
        batch_op.drop_index(batch_op.f("ix_charter_notice_id"))
        batch_op.drop_index(batch_op.f("ix_charter_follows_id"))
        batch_op.drop_index(batch_op.f("ix_charter_created_by_id"))
        batch_op.drop_index("ix_charter_association_id")

    op.drop_table("charter")
    with op.batch_alter_table("survey_ticket", schema=None) as batch_op:
        batch_op.drop_index("ix_survey_ticket_survey_id")
        batch_op.drop_index(batch_op.f("ix_survey_ticket_person_id"))
        batch_op.drop_index(batch_op.f("ix_survey_ticket_association_id"))

    op.drop_table("survey_ticket")
    op.drop_table("survey_question")
    with op.batch_alter_table("survey_answer", schema=None) as batch_op:
        batch_op.drop_index("ix_survey_answer_survey_id")
        batch_op.drop_index(batch_op.f("ix_survey_answer_association_id"))

    op.drop_table("survey_answer")
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objection_person_id"))
        batch_op.drop_index(batch_op.f("ix_objection_entered_by_id"))
        batch_op.drop_index(batch_op.f("ix_objection_answered_by_id"))

    op.drop_table("objection")
    with op.batch_alter_table("letter_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_step_to_person_id"))
        batch_op.drop_index(batch_op.f("ix_letter_step_to_association_id"))
        batch_op.drop_index("ix_letter_step_letter_id")
        batch_op.drop_index(batch_op.f("ix_letter_step_from_association_id"))
        batch_op.drop_index(batch_op.f("ix_letter_step_by_id"))

    op.drop_table("letter_step")
    with op.batch_alter_table("letter_about", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_about_person_id"))
        batch_op.drop_index(batch_op.f("ix_letter_about_named_by_id"))

    op.drop_table("letter_about")
    with op.batch_alter_table("disclosure_duty", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disclosure_duty_subject_id"))
        batch_op.drop_index(batch_op.f("ix_disclosure_duty_created_by_id"))
        batch_op.drop_index("ix_disclosure_duty_association_id")

    op.drop_table("disclosure_duty")
    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_created_by_id"))
        batch_op.drop_index("ix_survey_association_id")

    op.drop_table("survey")
    with op.batch_alter_table("notice_subject", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_notice_subject_live_name",
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.drop_table("notice_subject")
    with op.batch_alter_table("notice_period", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_period_state")
        batch_op.drop_index(batch_op.f("ix_notice_period_opened_by_id"))
        batch_op.drop_index(batch_op.f("ix_notice_period_decided_by_id"))
        batch_op.drop_index("ix_notice_period_association_id")

    op.drop_table("notice_period")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_received_by_association_id"))
        batch_op.drop_index("ix_letter_received_at")
        batch_op.drop_index(
            "ix_letter_published",
            sqlite_where=sa.text("published_at IS NOT NULL"),
            postgresql_where=sa.text("published_at IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_letter_person_id"))
        batch_op.drop_index(batch_op.f("ix_letter_entered_by_id"))
        batch_op.drop_index("ix_letter_association_id")
        batch_op.drop_index("ix_letter_assigned_to_id")

    op.drop_table("letter")
    with op.batch_alter_table("guide", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_guide_live_title",
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_guide_revised_by_id"))
        batch_op.drop_index("ix_guide_association_id")

    op.drop_table("guide")
    with op.batch_alter_table("chain_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_chain_entry_document")
        batch_op.drop_index(batch_op.f("ix_chain_entry_association_id"))

    op.drop_table("chain_entry")
    op.drop_table("chain_head")
