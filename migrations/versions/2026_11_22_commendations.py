"""Commendations: kinds, calls, nominations, review, the register of honours, certificates, revocation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import portal.core.database
import portal.core.encryption
from portal.core.database import new_public_id
from portal.upkeep.guards import guards

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Added to and never changed.
SEALED = {"declared_conflict": ("id",), "selection_meeting": ("id", "public_id"), "showing": ("id", "period_id")}
# Of these no row is ever removed, and what is named of them never changes.
KEPT = {
    "commendation_call": ("association_id",),
    "nomination": ("call_id", "category_id", "association_id"),
    "suggestion": ("category_id", "association_id", "source", "nominee", "reason", "received_at"),
    "honour": ("association_id", "of_id", "call_id", "nomination_id", "kind_id", "decided_on"),
    "honour_certificate": ("number", "honour_id", "code_id", "issued_at"),
    "revocation": ("honour_id", "period_id", "reason", "proposed_at"),
    "signing_key": ("association_id", "number", "public"),
}
# What was decided stays so; terms of a call stand once it is open, and its last day is only put off.
OPENED = "old.state <> 'draft'"
TERMS = (
    "title", "basis", "body", "html", "contact", "start_on", "end_on", "opens_on", "by_groups", "by_members",
    "by_anyone", "keeps_own_out",
)  # fmt: skip
OTHER_TERMS = " OR ".join(f"new.{one} <> old.{one}" for one in TERMS)
ONE_WAY = {
    "commendation_call": (
        ("no_way_back", "state", "old.state IN ('decided', 'withdrawn') AND new.state <> old.state"),
        ("no_draft_again", "state", f"{OPENED} AND new.state = 'draft'"),
        ("no_shorter", "closes_on", f"{OPENED} AND new.closes_on < old.closes_on"),
        ("terms_stand", ", ".join(TERMS), f"{OPENED} AND ({OTHER_TERMS})"),
    ),
    "nomination": (("no_way_back", "state", "old.state = 'honoured' AND new.state <> old.state"),),
    "honour": (("stays_revoked", "revoked_at", "old.revoked_at IS NOT NULL"),),
    "honour_certificate": (("stays_superseded", "superseded_at", "old.superseded_at IS NOT NULL"),),
    "revocation": (("no_way_back", "state", "old.state <> 'shown' AND new.state <> old.state"),),
}
# A call's categories and criteria are written while it is a draft.
ROWS = ("call_category", "call_criterion")
IS_OPEN = "EXISTS (SELECT 1 FROM commendation_call WHERE commendation_call.id = {row}.call_id AND state <> 'draft')"
# What every federation commends at first.
KINDS = (
    ("优秀会员", "individual", "Outstanding Member"),
    ("优秀志愿者", "individual", "Outstanding Volunteer"),
    ("优秀会长", "chair", "Outstanding Chair"),
    ("先进集体", "collective", "Exemplary Group"),
    ("先进协会", "association", "Exemplary Association"),
)


def upgrade() -> None:
    op.create_table(
        "commendation_call",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("put_off_reason", sa.String(), nullable=False),
        sa.Column("by_groups", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("by_members", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("by_anyone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("keeps_own_out", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("entry_key", sa.String(), nullable=True),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opened_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'review', 'chosen', 'shown', 'decided', 'withdrawn')",
            name=op.f("ck_commendation_call_state"),
        ),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_commendation_call_dates")),
        sa.CheckConstraint("end_on >= start_on", name=op.f("ck_commendation_call_period")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_commendation_call_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_commendation_call_created_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commendation_call")),
        sa.UniqueConstraint("entry_key", name=op.f("uq_commendation_call_entry_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_commendation_call_public_id")),
    )
    with op.batch_alter_table("commendation_call", schema=None) as batch_op:
        batch_op.create_index(
            "ix_commendation_call_association_id", ["association_id", "state", "closes_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_commendation_call_created_by_id"), ["created_by_id"], unique=False)

    op.create_table(
        "commendation_kind",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("english", sa.String(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "scope IN ('individual', 'chair', 'collective', 'association')", name=op.f("ck_commendation_kind_scope")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_commendation_kind_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commendation_kind")),
        sa.UniqueConstraint("public_id", name=op.f("uq_commendation_kind_public_id")),
    )
    with op.batch_alter_table("commendation_kind", schema=None) as batch_op:
        batch_op.create_index(
            "uq_commendation_kind_live_name",
            ["association_id", "name"],
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.create_table(
        "signing_key",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public", sa.String(), nullable=False),
        sa.Column("secret", portal.core.encryption.EncryptedText(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_signing_key_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("association_id", "number", name=op.f("uq_signing_key_association_id_number")),
        sa.UniqueConstraint("public", name=op.f("uq_signing_key_public")),
        sa.UniqueConstraint("public_id", name=op.f("uq_signing_key_public_id")),
    )
    op.create_table(
        "call_category",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("places", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("per_association", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("least_minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("least_years", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("least_led", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("least_stars", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("needs_dues", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "places > 0 AND (per_association IS NULL OR per_association > 0)", name=op.f("ck_call_category_places")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["commendation_call.id"], name=op.f("fk_call_category_call_id_commendation_call")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["commendation_kind.id"], name=op.f("fk_call_category_kind_id_commendation_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_category")),
        sa.UniqueConstraint("call_id", "kind_id", name=op.f("uq_call_category_call_id_kind_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_call_category_public_id")),
    )
    with op.batch_alter_table("call_category", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_category_kind_id"), ["kind_id"], unique=False)

    op.create_table(
        "call_criterion",
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("points BETWEEN 1 AND 100", name=op.f("ck_call_criterion_points")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["commendation_call.id"], name=op.f("fk_call_criterion_call_id_commendation_call")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_criterion")),
        sa.UniqueConstraint("call_id", "position", name=op.f("uq_call_criterion_call_id_position")),
    )
    op.create_table(
        "reviewer",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_reviewer_asked_by_id_person")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["commendation_call.id"], name=op.f("fk_reviewer_call_id_commendation_call")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reviewer_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer")),
        sa.UniqueConstraint("call_id", "person_id", name=op.f("uq_reviewer_call_id_person_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reviewer_public_id")),
    )
    with op.batch_alter_table("reviewer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviewer_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reviewer_person_id"), ["person_id"], unique=False)

    op.create_table(
        "selection_meeting",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("chaired_by", sa.String(), nullable=False),
        sa.Column("present", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("in_favour", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("against", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("abstained", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("recorded_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("in_favour <= present", name=op.f("ck_selection_meeting_present")),
        sa.CheckConstraint(
            "present > 0 AND in_favour >= 0 AND against >= 0 AND abstained >= 0",
            name=op.f("ck_selection_meeting_votes"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["commendation_call.id"], name=op.f("fk_selection_meeting_call_id_commendation_call")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_selection_meeting_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection_meeting")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_selection_meeting_call_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_selection_meeting_public_id")),
    )
    with op.batch_alter_table("selection_meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_selection_meeting_recorded_by_id"), ["recorded_by_id"], unique=False)

    op.create_table(
        "nomination",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("nominated_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("nominated_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.Column("consented_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("refused_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("consent_by", sa.String(), nullable=False),
        sa.Column("consent_entered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("consent_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "person_id IS NULL OR consented_at IS NOT NULL OR state NOT IN ('chosen', 'honoured')",
            name=op.f("ck_nomination_consented"),
        ),
        sa.CheckConstraint(
            "state IN ('nominated', 'chosen', 'passed_over', 'honoured', 'withdrawn')",
            name=op.f("ck_nomination_state"),
        ),
        sa.CheckConstraint("consented_at IS NULL OR refused_at IS NULL", name=op.f("ck_nomination_consent")),
        sa.CheckConstraint("person_id IS NULL OR group_id IS NULL", name=op.f("ck_nomination_nominee")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_nomination_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["commendation_call.id"], name=op.f("fk_nomination_call_id_commendation_call")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["call_category.id"], name=op.f("fk_nomination_category_id_call_category")
        ),
        sa.ForeignKeyConstraint(
            ["consent_entered_by_id"], ["person.id"], name=op.f("fk_nomination_consent_entered_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_nomination_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(
            ["nominated_by_id"], ["person.id"], name=op.f("fk_nomination_nominated_by_id_person")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_nomination_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("key", name=op.f("uq_nomination_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_nomination_public_id")),
    )
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.create_index("ix_nomination_association_id", ["association_id", "state", "id"], unique=False)
        batch_op.create_index("ix_nomination_call_id", ["call_id", "state", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_nomination_consent_entered_by_id"), ["consent_entered_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_nomination_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_nomination_nominated_by_id"), ["nominated_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_nomination_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_nomination_association",
            ["category_id", "association_id"],
            unique=True,
            sqlite_where=sa.text("person_id IS NULL AND group_id IS NULL AND state <> 'withdrawn'"),
            postgresql_where=sa.text("person_id IS NULL AND group_id IS NULL AND state <> 'withdrawn'"),
        )
        batch_op.create_index(
            "uq_nomination_group",
            ["category_id", "group_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        )
        batch_op.create_index(
            "uq_nomination_person",
            ["category_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        )

    op.create_table(
        "showing",
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["commendation_call.id"], name=op.f("fk_showing_call_id_commendation_call")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["selection_meeting.id"], name=op.f("fk_showing_meeting_id_selection_meeting")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["notice_period.id"], name=op.f("fk_showing_period_id_notice_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_showing")),
        sa.UniqueConstraint("call_id", "period_id", name=op.f("uq_showing_call_id_period_id")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_showing_meeting_id")),
        sa.UniqueConstraint("period_id", name=op.f("uq_showing_period_id")),
    )
    op.create_table(
        "declared_conflict",
        sa.Column("reviewer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nomination_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("declared_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["nomination_id"], ["nomination.id"], name=op.f("fk_declared_conflict_nomination_id_nomination")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["reviewer.id"], name=op.f("fk_declared_conflict_reviewer_id_reviewer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_conflict")),
        sa.UniqueConstraint(
            "reviewer_id", "nomination_id", name=op.f("uq_declared_conflict_reviewer_id_nomination_id")
        ),
    )
    with op.batch_alter_table("declared_conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_declared_conflict_nomination_id"), ["nomination_id"], unique=False)

    op.create_table(
        "honour",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("of_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nomination_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("is_public", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.String(), nullable=False),
        sa.Column("revoked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_reason = '')", name=op.f("ck_honour_revoked_reason")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_honour_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["commendation_call.id"], name=op.f("fk_honour_call_id_commendation_call")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_honour_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["commendation_kind.id"], name=op.f("fk_honour_kind_id_commendation_kind")
        ),
        sa.ForeignKeyConstraint(
            ["nomination_id"], ["nomination.id"], name=op.f("fk_honour_nomination_id_nomination")
        ),
        sa.ForeignKeyConstraint(["of_id"], ["association.id"], name=op.f("fk_honour_of_id_association")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_honour_person_id_person")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["person.id"], name=op.f("fk_honour_revoked_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_honour")),
        sa.UniqueConstraint("nomination_id", name=op.f("uq_honour_nomination_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_honour_public_id")),
    )
    with op.batch_alter_table("honour", schema=None) as batch_op:
        batch_op.create_index("ix_honour_association_id", ["association_id", "decided_on", "id"], unique=False)
        batch_op.create_index("ix_honour_call_id", ["call_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_honour_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_honour_kind_id"), ["kind_id"], unique=False)
        batch_op.create_index("ix_honour_of_id", ["of_id", "decided_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_honour_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_honour_revoked_by_id"), ["revoked_by_id"], unique=False)

    op.create_table(
        "review",
        sa.Column("reviewer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nomination_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("written_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["nomination_id"], ["nomination.id"], name=op.f("fk_review_nomination_id_nomination")
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewer.id"], name=op.f("fk_review_reviewer_id_reviewer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("reviewer_id", "nomination_id", name=op.f("uq_review_reviewer_id_nomination_id")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_nomination_id"), ["nomination_id"], unique=False)

    op.create_table(
        "suggestion",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", portal.core.encryption.EncryptedText(), nullable=True),
        sa.Column("phone", portal.core.encryption.EncryptedText(), nullable=True),
        sa.Column("nominee", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("received_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("nomination_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(state = 'waiting') = (answered_at IS NULL)", name=op.f("ck_suggestion_answered")),
        sa.CheckConstraint("source IN ('group', 'member', 'public')", name=op.f("ck_suggestion_source")),
        sa.CheckConstraint("state <> 'taken_up' OR nomination_id IS NOT NULL", name=op.f("ck_suggestion_taken_up")),
        sa.CheckConstraint("state IN ('waiting', 'taken_up', 'declined')", name=op.f("ck_suggestion_state")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_suggestion_answered_by_id_person")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_suggestion_association_id_association")
        ),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"], name=op.f("fk_suggestion_by_person_id_person")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["call_category.id"], name=op.f("fk_suggestion_category_id_call_category")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_suggestion_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(
            ["nomination_id"], ["nomination.id"], name=op.f("fk_suggestion_nomination_id_nomination")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sa.UniqueConstraint("key", name=op.f("uq_suggestion_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_suggestion_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_suggestion_reference")),
    )
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestion_answered_by_id"), ["answered_by_id"], unique=False)
        batch_op.create_index("ix_suggestion_association_id", ["association_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_by_person_id"), ["by_person_id"], unique=False)
        batch_op.create_index("ix_suggestion_category_id", ["category_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_nomination_id"), ["nomination_id"], unique=False)

    op.create_table(
        "honour_certificate",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("honour_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("issued_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("superseded_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("superseded_reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_reason = '')", name=op.f("ck_honour_certificate_superseded_reason")
        ),
        sa.CheckConstraint("layout IN ('classic', 'plain', 'upright')", name=op.f("ck_honour_certificate_layout")),
        sa.ForeignKeyConstraint(
            ["code_id"], ["verifiable_code.id"], name=op.f("fk_honour_certificate_code_id_verifiable_code")
        ),
        sa.ForeignKeyConstraint(["honour_id"], ["honour.id"], name=op.f("fk_honour_certificate_honour_id_honour")),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["person.id"], name=op.f("fk_honour_certificate_issued_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_honour_certificate")),
        sa.UniqueConstraint("code_id", name=op.f("uq_honour_certificate_code_id")),
        sa.UniqueConstraint("number", name=op.f("uq_honour_certificate_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_honour_certificate_public_id")),
    )
    with op.batch_alter_table("honour_certificate", schema=None) as batch_op:
        batch_op.create_index("ix_honour_certificate_honour_id", ["honour_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_honour_certificate_issued_by_id"), ["issued_by_id"], unique=False)
        batch_op.create_index(
            "uq_honour_certificate_live",
            ["honour_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "review_score",
        sa.Column("review_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("criterion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("points", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_review_score_points")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["call_criterion.id"], name=op.f("fk_review_score_criterion_id_call_criterion")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_score_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_score")),
        sa.UniqueConstraint("review_id", "criterion_id", name=op.f("uq_review_score_review_id_criterion_id")),
    )
    with op.batch_alter_table("review_score", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_score_criterion_id"), ["criterion_id"], unique=False)

    op.create_table(
        "revocation",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("honour_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(state = 'shown') = (decided_at IS NULL)", name=op.f("ck_revocation_decided")),
        sa.CheckConstraint("state IN ('shown', 'revoked', 'kept')", name=op.f("ck_revocation_state")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_revocation_decided_by_id_person")),
        sa.ForeignKeyConstraint(["honour_id"], ["honour.id"], name=op.f("fk_revocation_honour_id_honour")),
        sa.ForeignKeyConstraint(
            ["period_id"], ["notice_period.id"], name=op.f("fk_revocation_period_id_notice_period")
        ),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_revocation_proposed_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocation")),
        sa.UniqueConstraint("period_id", name=op.f("uq_revocation_period_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_revocation_public_id")),
    )
    with op.batch_alter_table("revocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revocation_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index("ix_revocation_honour_id", ["honour_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_revocation_proposed_by_id"), ["proposed_by_id"], unique=False)
        batch_op.create_index(
            "uq_revocation_open",
            ["honour_id"],
            unique=True,
            sqlite_where=sa.text("state = 'shown'"),
            postgresql_where=sa.text("state = 'shown'"),
        )

    _begin_kinds()
    dialect = op.get_bind().dialect.name
    for statement in guards(dialect, sealed=SEALED, kept=KEPT, one_way=ONE_WAY):
        op.execute(statement)
    for statement in _rows_on_postgresql() if dialect == "postgresql" else _rows_on_sqlite():
        op.execute(statement)


def _rows_on_postgresql() -> list[str]:
    function = f"""CREATE FUNCTION refuse_of_open_call() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' AND {IS_OPEN.format(row="old")} THEN
            RAISE EXCEPTION 'the terms of an open call stand';
        END IF;
        IF TG_OP <> 'DELETE' AND {IS_OPEN.format(row="new")} THEN
            RAISE EXCEPTION 'the terms of an open call stand';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN old;
        END IF;
        RETURN new;
    END $$"""
    stands = "BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_of_open_call()"
    return [function, *(f"CREATE TRIGGER {one}_stands {stands.format(table=one)}" for one in ROWS)]


def _rows_on_sqlite() -> list[str]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the terms of an open call stand'); END"
    return [
        f"CREATE TRIGGER {table}_stands_{name} BEFORE {act} ON {table} WHEN {IS_OPEN.format(row=row)} {refuse}"
        for table in ROWS
        for name, act, row in (
            ("insert", "INSERT", "new"),
            ("update", "UPDATE", "old"),
            ("move", "UPDATE", "new"),
            ("delete", "DELETE", "old"),
        )
    ]


def _begin_kinds() -> None:
    connection = op.get_bind()
    columns = [sa.column(name) for name in ("public_id", "association_id", "name", "position", "scope", "english")]
    table = sa.table("commendation_kind", *columns)
    for root_id in connection.scalars(sa.text("SELECT id FROM association WHERE parent_id IS NULL")).all():
        for position, (name, scope, english) in enumerate(KINDS):
            values = {"public_id": new_public_id(), "association_id": root_id, "name": name, "position": position}
            connection.execute(table.insert(), {**values, "scope": scope, "english": english})


def downgrade() -> None:
    with op.batch_alter_table("revocation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_revocation_open", sqlite_where=sa.text("state = 'shown'"), postgresql_where=sa.text("state = 'shown'")
        )
        batch_op.drop_index(batch_op.f("ix_revocation_proposed_by_id"))
        batch_op.drop_index("ix_revocation_honour_id")
        batch_op.drop_index(batch_op.f("ix_revocation_decided_by_id"))

    op.drop_table("revocation")
    with op.batch_alter_table("review_score", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_score_criterion_id"))

    op.drop_table("review_score")
    with op.batch_alter_table("honour_certificate", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_honour_certificate_live",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_honour_certificate_issued_by_id"))
        batch_op.drop_index("ix_honour_certificate_honour_id")

    op.drop_table("honour_certificate")
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suggestion_nomination_id"))
        batch_op.drop_index(batch_op.f("ix_suggestion_group_id"))
        batch_op.drop_index("ix_suggestion_category_id")
        batch_op.drop_index(batch_op.f("ix_suggestion_by_person_id"))
        batch_op.drop_index("ix_suggestion_association_id")
        batch_op.drop_index(batch_op.f("ix_suggestion_answered_by_id"))

    op.drop_table("suggestion")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_nomination_id"))

    op.drop_table("review")
    with op.batch_alter_table("honour", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_honour_revoked_by_id"))
        batch_op.drop_index(batch_op.f("ix_honour_person_id"))
        batch_op.drop_index("ix_honour_of_id")
        batch_op.drop_index(batch_op.f("ix_honour_kind_id"))
        batch_op.drop_index(batch_op.f("ix_honour_group_id"))
        batch_op.drop_index("ix_honour_call_id")
        batch_op.drop_index("ix_honour_association_id")

    op.drop_table("honour")
    with op.batch_alter_table("declared_conflict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declared_conflict_nomination_id"))

    op.drop_table("declared_conflict")
    op.drop_table("showing")
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_nomination_person",
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        )
        batch_op.drop_index(
            "uq_nomination_group",
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        )
        batch_op.drop_index(
            "uq_nomination_association",
            sqlite_where=sa.text("person_id IS NULL AND group_id IS NULL AND state <> 'withdrawn'"),
            postgresql_where=sa.text("person_id IS NULL AND group_id IS NULL AND state <> 'withdrawn'"),
        )
        batch_op.drop_index(batch_op.f("ix_nomination_person_id"))
        batch_op.drop_index(batch_op.f("ix_nomination_nominated_by_id"))
        batch_op.drop_index(batch_op.f("ix_nomination_group_id"))
        batch_op.drop_index(batch_op.f("ix_nomination_consent_entered_by_id"))
        batch_op.drop_index("ix_nomination_call_id")
        batch_op.drop_index("ix_nomination_association_id")

    op.drop_table("nomination")
    with op.batch_alter_table("selection_meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_selection_meeting_recorded_by_id"))

    op.drop_table("selection_meeting")
    with op.batch_alter_table("reviewer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reviewer_person_id"))
        batch_op.drop_index(batch_op.f("ix_reviewer_asked_by_id"))

    op.drop_table("reviewer")
    op.drop_table("call_criterion")
    with op.batch_alter_table("call_category", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_category_kind_id"))

    op.drop_table("call_category")
    op.drop_table("signing_key")
    with op.batch_alter_table("commendation_kind", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_commendation_kind_live_name",
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.drop_table("commendation_kind")
    with op.batch_alter_table("commendation_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commendation_call_created_by_id"))
        batch_op.drop_index("ix_commendation_call_association_id")

    op.drop_table("commendation_call")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_of_open_call()")
