"""Volunteers and activities: roster, plan, sessions, sign-ups, hours, stars, certificates, evaluations."""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

import portal.core.database
import portal.core.encryption
from portal.core.database import new_public_id

# As the list of a new federation begins at this revision.
SKILLS = {
    "skill": (
        "急救", "心理疏导", "法律咨询", "理发", "水电维修", "家电维修", "电脑手机辅导", "书法写春联", "摄影摄像",
        "文艺表演", "手工制作", "外语", "手语", "驾驶", "文字宣传", "组织协调",
    ),
    "interest": (
        "环境清洁", "敬老助老", "文化宣传", "秩序引导", "课后辅导", "便民服务", "应急支援", "文体活动", "邻里互助",
    ),
}  # fmt: skip
STAR_HOURS, STAR_BASIS = (100, 300, 600, 1000, 1500), "通行的志愿服务星级标准"
SERVED = ("person_id", "log_id", "association_id", "group_id", "held_on", "title", "place")

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feed_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_calendar_feed_live",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "festival_day",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("month", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31", name=op.f("ck_festival_day_date")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_festival_day_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_festival_day")),
        sa.UniqueConstraint(
            "association_id", "month", "day", "name", name=op.f("uq_festival_day_association_id_month_day_name")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_festival_day_public_id")),
    )
    op.create_table(
        "service_certificate",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("issued_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("superseded_reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(superseded_at IS NULL) = (superseded_reason = '')",
            name=op.f("ck_service_certificate_superseded_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_service_certificate_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["code_id"], ["verifiable_code.id"], name=op.f("fk_service_certificate_code_id_verifiable_code")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_service_certificate_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_certificate")),
        sa.UniqueConstraint("code_id", name=op.f("uq_service_certificate_code_id")),
        sa.UniqueConstraint("number", name=op.f("uq_service_certificate_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_service_certificate_public_id")),
    )
    with op.batch_alter_table("service_certificate", schema=None) as batch_op:
        batch_op.create_index("ix_service_certificate_association_id", ["association_id", "id"], unique=False)
        batch_op.create_index("ix_service_certificate_person_id", ["person_id", "id"], unique=False)

    op.create_table(
        "star_table",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_star_table_association_id_association")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_star_table_created_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_star_table")),
        sa.UniqueConstraint("association_id", "version", name=op.f("uq_star_table_association_id_version")),
        sa.UniqueConstraint("public_id", name=op.f("uq_star_table_public_id")),
    )
    with op.batch_alter_table("star_table", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_star_table_created_by"), ["created_by"], unique=False)

    op.create_table(
        "volunteer_skill",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind IN ('skill', 'interest')", name=op.f("ck_volunteer_skill_kind")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_volunteer_skill_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_skill")),
        sa.UniqueConstraint("public_id", name=op.f("uq_volunteer_skill_public_id")),
    )
    with op.batch_alter_table("volunteer_skill", schema=None) as batch_op:
        batch_op.create_index(
            "uq_volunteer_skill_live_name",
            ["association_id", "kind", "name"],
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.create_table(
        "activity",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("festival", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("in_charge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("copied_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ends_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("opened_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=False),
        sa.Column("logged_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entry_key", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(cancelled_at IS NULL) = (cancel_reason = '')", name=op.f("ck_activity_cancel_reason")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_activity_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["copied_from_id"], ["activity.id"], name=op.f("fk_activity_copied_from_id_activity")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_activity_created_by_person")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_activity_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(["in_charge_id"], ["person.id"], name=op.f("fk_activity_in_charge_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("entry_key", name=op.f("uq_activity_entry_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_activity_public_id")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index("ix_activity_association_id", ["association_id", "planned_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_copied_from_id"), ["copied_from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_created_by"), ["created_by"], unique=False)
        batch_op.create_index("ix_activity_group_id", ["group_id", "planned_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_in_charge_id"), ["in_charge_id"], unique=False)

    op.create_table(
        "group_skill",
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("skill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_group_skill_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["volunteer_skill.id"], name=op.f("fk_group_skill_skill_id_volunteer_skill")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_skill")),
        sa.UniqueConstraint("group_id", "skill_id", name=op.f("uq_group_skill_group_id_skill_id")),
    )
    with op.batch_alter_table("group_skill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_group_skill_skill_id"), ["skill_id"], unique=False)

    op.create_table(
        "lending_request",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lender_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("skill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wanted", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'agreed', 'declined', 'withdrawn')", name=op.f("ck_lending_request_state")
        ),
        sa.CheckConstraint("wanted > 0 AND start_on <= end_on", name=op.f("ck_lending_request_sense")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_lending_request_asked_by_id_person")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_lending_request_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_lending_request_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["lender_id"], ["association.id"], name=op.f("fk_lending_request_lender_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["volunteer_skill.id"], name=op.f("fk_lending_request_skill_id_volunteer_skill")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lending_request_public_id")),
    )
    with op.batch_alter_table("lending_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lending_request_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index("ix_lending_request_association_id", ["association_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lending_request_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index("ix_lending_request_lender_id", ["lender_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lending_request_skill_id"), ["skill_id"], unique=False)

    op.create_table(
        "star_grant",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("table_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stars", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'granted', 'refused', 'withdrawn')", name=op.f("ck_star_grant_state")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_star_grant_association_id_association")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_star_grant_decided_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_star_grant_person_id_person")),
        sa.ForeignKeyConstraint(["table_id"], ["star_table.id"], name=op.f("fk_star_grant_table_id_star_table")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_star_grant")),
        sa.UniqueConstraint("public_id", name=op.f("uq_star_grant_public_id")),
    )
    with op.batch_alter_table("star_grant", schema=None) as batch_op:
        batch_op.create_index("ix_star_grant_association_id", ["association_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_star_grant_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_star_grant_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_star_grant_table_id"), ["table_id"], unique=False)
        batch_op.create_index(
            "uq_star_grant_live",
            ["person_id", "stars"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'granted')"),
            postgresql_where=sa.text("state IN ('asked', 'granted')"),
        )

    op.create_table(
        "star_level",
        sa.Column("table_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stars", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 9 AND minutes > 0", name=op.f("ck_star_level_level")),
        sa.ForeignKeyConstraint(["table_id"], ["star_table.id"], name=op.f("fk_star_level_table_id_star_table")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_star_level")),
        sa.UniqueConstraint("table_id", "stars", name=op.f("uq_star_level_table_id_stars")),
    )
    op.create_table(
        "volunteer",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sort_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("term_end_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name=op.f("ck_volunteer_end_reason")),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name=op.f("ck_volunteer_dates")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_volunteer_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_volunteer_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_volunteer_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_volunteer_public_id")),
    )
    with op.batch_alter_table("volunteer", schema=None) as batch_op:
        batch_op.create_index("ix_volunteer_association_id", ["association_id", "sort_key", "id"], unique=False)
        batch_op.create_index("ix_volunteer_group_id", ["group_id", "sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_volunteer_term_end_on", ["association_id", "term_end_on"], unique=False)
        batch_op.create_index(
            "uq_volunteer_live",
            ["person_id", "association_id"],
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.create_table(
        "activity_session",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("starts_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.Column("risks", sa.String(), nullable=False),
        sa.Column("safeguards", sa.String(), nullable=False),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("contact_phone", sa.String(), nullable=False),
        sa.Column("min_people", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("min_age", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("max_age", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("own_only", sa.Boolean(), nullable=False),
        sa.Column("series", sa.String(), nullable=True),
        sa.Column("reminded_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("moved_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancel_reason = '')", name=op.f("ck_activity_session_cancel_reason")
        ),
        sa.CheckConstraint(
            "min_age IS NULL OR max_age IS NULL OR min_age <= max_age", name=op.f("ck_activity_session_ages")
        ),
        sa.CheckConstraint("min_people >= 0", name=op.f("ck_activity_session_min_people")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_activity_session_times")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_session_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_activity_session_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_activity_session_group_id_association_group")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_activity_session_public_id")),
    )
    with op.batch_alter_table("activity_session", schema=None) as batch_op:
        batch_op.create_index("ix_activity_session_activity_id", ["activity_id", "starts_at"], unique=False)
        batch_op.create_index(
            "ix_activity_session_association_id", ["association_id", "starts_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_activity_session_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_session_series"), ["series"], unique=False)
        batch_op.create_index("ix_activity_session_starts_at", ["starts_at", "id"], unique=False)

    op.create_table(
        "appointment_letter",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("volunteer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_appointment_letter_void_reason")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_appointment_letter_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["code_id"], ["verifiable_code.id"], name=op.f("fk_appointment_letter_code_id_verifiable_code")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["person.id"], name=op.f("fk_appointment_letter_issued_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_appointment_letter_volunteer_id_volunteer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_letter")),
        sa.UniqueConstraint("code_id", name=op.f("uq_appointment_letter_code_id")),
        sa.UniqueConstraint("number", name=op.f("uq_appointment_letter_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_appointment_letter_public_id")),
    )
    with op.batch_alter_table("appointment_letter", schema=None) as batch_op:
        batch_op.create_index("ix_appointment_letter_association_id", ["association_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appointment_letter_issued_by_id"), ["issued_by_id"], unique=False)
        batch_op.create_index("ix_appointment_letter_volunteer_id", ["volunteer_id", "id"], unique=False)
        batch_op.create_index(
            "uq_appointment_letter_live",
            ["volunteer_id"],
            unique=True,
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )

    op.create_table(
        "lent_volunteer",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("volunteer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answered_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'agreed', 'declined', 'withdrawn')", name=op.f("ck_lent_volunteer_state")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["lending_request.id"], name=op.f("fk_lent_volunteer_request_id_lending_request")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_lent_volunteer_volunteer_id_volunteer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lent_volunteer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lent_volunteer_public_id")),
        sa.UniqueConstraint("request_id", "volunteer_id", name=op.f("uq_lent_volunteer_request_id_volunteer_id")),
    )
    with op.batch_alter_table("lent_volunteer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lent_volunteer_volunteer_id"), ["volunteer_id"], unique=False)

    op.create_table(
        "volunteer_ability",
        sa.Column("volunteer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("skill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["volunteer_skill.id"], name=op.f("fk_volunteer_ability_skill_id_volunteer_skill")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_volunteer_ability_volunteer_id_volunteer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_ability")),
        sa.UniqueConstraint("volunteer_id", "skill_id", name=op.f("uq_volunteer_ability_volunteer_id_skill_id")),
    )
    with op.batch_alter_table("volunteer_ability", schema=None) as batch_op:
        batch_op.create_index("ix_volunteer_ability_skill_id", ["skill_id", "volunteer_id"], unique=False)

    op.create_table(
        "volunteer_evaluation",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("volunteer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("remarks", sa.String(), nullable=False),
        sa.Column("evaluated_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("evaluated_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "grade IN ('excellent', 'good', 'satisfactory', 'unsatisfactory')",
            name=op.f("ck_volunteer_evaluation_grade"),
        ),
        sa.CheckConstraint("start_on <= end_on", name=op.f("ck_volunteer_evaluation_dates")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_volunteer_evaluation_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["evaluated_by_id"], ["person.id"], name=op.f("fk_volunteer_evaluation_evaluated_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_volunteer_evaluation_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_volunteer_evaluation_volunteer_id_volunteer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_evaluation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_volunteer_evaluation_public_id")),
    )
    with op.batch_alter_table("volunteer_evaluation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_volunteer_evaluation_association_id"), ["association_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volunteer_evaluation_evaluated_by_id"), ["evaluated_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_volunteer_evaluation_group_id"), ["group_id"], unique=False)
        batch_op.create_index("ix_volunteer_evaluation_volunteer_id", ["volunteer_id", "end_on", "id"], unique=False)

    op.create_table(
        "volunteer_registration",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
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
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("consents", sa.JSON(), nullable=False),
        sa.Column("notice_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submitted_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("volunteer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'accepted') = (volunteer_id IS NOT NULL)", name=op.f("ck_volunteer_registration_accepted")
        ),
        sa.CheckConstraint("channel IN ('web', 'paper')", name=op.f("ck_volunteer_registration_channel")),
        sa.CheckConstraint(
            "state IN ('submitted', 'accepted', 'declined', 'withdrawn')",
            name=op.f("ck_volunteer_registration_state"),
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_volunteer_registration_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_volunteer_registration_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name=op.f("fk_volunteer_registration_entered_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_volunteer_registration_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_volunteer_registration_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_volunteer_registration_volunteer_id_volunteer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_registration")),
        sa.UniqueConstraint("public_id", name=op.f("uq_volunteer_registration_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_volunteer_registration_reference")),
    )
    with op.batch_alter_table("volunteer_registration", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_registration_association_id", ["association_id", "state", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_volunteer_registration_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_registration_entered_by_id"), ["entered_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_registration_group_id"), ["group_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volunteer_registration_identity_index"), ["identity_index"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_volunteer_registration_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_registration_phone_index"), ["phone_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_registration_volunteer_id"), ["volunteer_id"], unique=False)

    op.create_table(
        "volunteer_time",
        sa.Column("volunteer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weekday", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6 AND part IN ('morning', 'afternoon', 'evening')",
            name=op.f("ck_volunteer_time_time"),
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_volunteer_time_volunteer_id_volunteer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_time")),
        sa.UniqueConstraint(
            "volunteer_id", "weekday", "part", name=op.f("uq_volunteer_time_volunteer_id_weekday_part")
        ),
    )
    with op.batch_alter_table("volunteer_time", schema=None) as batch_op:
        batch_op.create_index("ix_volunteer_time_weekday", ["weekday", "part", "volunteer_id"], unique=False)

    op.create_table(
        "session_need",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("skill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("wanted", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("taken", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("wanted > 0 AND taken >= 0 AND taken <= wanted", name=op.f("ck_session_need_places")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["activity_session.id"], name=op.f("fk_session_need_session_id_activity_session")
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["volunteer_skill.id"], name=op.f("fk_session_need_skill_id_volunteer_skill")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_need")),
        sa.UniqueConstraint("public_id", name=op.f("uq_session_need_public_id")),
        sa.UniqueConstraint("session_id", "skill_id", name=op.f("uq_session_need_session_id_skill_id")),
    )
    with op.batch_alter_table("session_need", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_need_session_id"), ["session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_need_skill_id"), ["skill_id"], unique=False)
        batch_op.create_index(
            "uq_session_need_anybody",
            ["session_id"],
            unique=True,
            sqlite_where=sa.text("skill_id IS NULL"),
            postgresql_where=sa.text("skill_id IS NULL"),
        )

    op.create_table(
        "hours_entry",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("log_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("ends_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("in_charge", sa.String(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("voided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_hours_entry_void_reason")),
        sa.CheckConstraint("category IN ('service', 'study')", name=op.f("ck_hours_entry_category")),
        sa.CheckConstraint("(session_id IS NULL) <> (log_id IS NULL)", name=op.f("ck_hours_entry_source")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_hours_entry_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_hours_entry_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(["log_id"], ["activity_log.id"], name=op.f("fk_hours_entry_log_id_activity_log")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hours_entry_person_id_person")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["activity_session.id"], name=op.f("fk_hours_entry_session_id_activity_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_entry")),
        sa.UniqueConstraint("public_id", name=op.f("uq_hours_entry_public_id")),
    )
    with op.batch_alter_table("hours_entry", schema=None) as batch_op:
        batch_op.create_index("ix_hours_entry_association_id", ["association_id", "held_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hours_entry_group_id"), ["group_id"], unique=False)
        batch_op.create_index("ix_hours_entry_person_id", ["person_id", "held_on"], unique=False)
        batch_op.create_index(
            "uq_hours_entry_log",
            ["log_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )
        batch_op.create_index(
            "uq_hours_entry_session",
            ["session_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )

    op.create_table(
        "sign_up",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("guest_name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("clash_reason", sa.String(), nullable=False),
        sa.Column("signed_up_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("offered_until", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("told_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("left_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("in_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("in_origin", sa.String(), nullable=True),
        sa.Column("in_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("out_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("out_origin", sa.String(), nullable=True),
        sa.Column("out_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("review", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (guest_name = '')", name=op.f("ck_sign_up_somebody")),
        sa.CheckConstraint("(state = 'offered') = (offered_until IS NOT NULL)", name=op.f("ck_sign_up_offer")),
        sa.CheckConstraint(
            "out_at IS NULL OR (in_at IS NOT NULL AND in_at <= out_at)", name=op.f("ck_sign_up_presence")
        ),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_sign_up_added_by_id_person")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_sign_up_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_sign_up_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(["in_by_id"], ["person.id"], name=op.f("fk_sign_up_in_by_id_person")),
        sa.ForeignKeyConstraint(["need_id"], ["session_need.id"], name=op.f("fk_sign_up_need_id_session_need")),
        sa.ForeignKeyConstraint(["out_by_id"], ["person.id"], name=op.f("fk_sign_up_out_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_up_person_id_person")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["activity_session.id"], name=op.f("fk_sign_up_session_id_activity_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sign_up_public_id")),
    )
    with op.batch_alter_table("sign_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_up_added_by_id"), ["added_by_id"], unique=False)
        batch_op.create_index("ix_sign_up_association_id", ["association_id", "review", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_up_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_up_in_by_id"), ["in_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_up_need_id"), ["need_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_up_out_by_id"), ["out_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_up_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_sign_up_session_id", ["session_id", "state", "id"], unique=False)
        batch_op.create_index(
            "uq_sign_up_live",
            ["session_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('withdrawn', 'declined', 'expired')"),
            postgresql_where=sa.text("state NOT IN ('withdrawn', 'declined', 'expired')"),
        )

    op.create_table(
        "hours_revision",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name=op.f("ck_hours_revision_decided")),
        sa.CheckConstraint("origin IN ('scanned', 'entered', 'corrected')", name=op.f("ck_hours_revision_origin")),
        sa.CheckConstraint(
            "state IN ('pending', 'approved', 'refused', 'superseded')", name=op.f("ck_hours_revision_state")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> recorded_by_id", name=op.f("ck_hours_revision_four_eyes")
        ),
        sa.CheckConstraint("minutes >= 0 AND minutes <= 1440", name=op.f("ck_hours_revision_minutes")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_hours_revision_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_hours_revision_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["hours_entry.id"], name=op.f("fk_hours_revision_entry_id_hours_entry")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_hours_revision_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_hours_revision_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_revision")),
        sa.UniqueConstraint("entry_id", "number", name=op.f("uq_hours_revision_entry_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_hours_revision_public_id")),
    )
    with op.batch_alter_table("hours_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hours_revision_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hours_revision_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hours_revision_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hours_revision_recorded_by_id"), ["recorded_by_id"], unique=False)
        batch_op.create_index(
            "ix_hours_revision_waiting",
            ["association_id", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.create_index(
            "uq_hours_revision_approved",
            ["entry_id"],
            unique=True,
            sqlite_where=sa.text("state = 'approved'"),
            postgresql_where=sa.text("state = 'approved'"),
        )
        batch_op.create_index(
            "uq_hours_revision_pending",
            ["entry_id"],
            unique=True,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )

    with op.batch_alter_table("activity_log", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("reviewed_at", portal.core.database.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("reviewed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(batch_op.f("ix_activity_log_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_log_reviewed_by_id"), ["reviewed_by_id"], unique=False)
        batch_op.create_index(
            "uq_activity_log_session",
            ["session_id"],
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_activity_log_session_id_activity_session"), "activity_session", ["session_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_activity_log_activity_id_activity"), "activity", ["activity_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_activity_log_reviewed_by_id_person"), "person", ["reviewed_by_id"], ["id"]
        )

    with op.batch_alter_table("activity_photo", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_title", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("association", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reviews_stories", sa.Boolean(), server_default=sa.false(), nullable=False))

    _begin_lists()
    _begin_hours()


def _begin_lists() -> None:
    """Every federation begins with skills and a table of stars; whoever is held as a volunteer comes on the roster.

    Until now only the affiliation said so. Terms run to the end of next year; letters are issued when renewed.
    """
    connection, day = op.get_bind(), datetime.now(UTC)
    for root_id in connection.scalars(sa.text("SELECT id FROM association WHERE parent_id IS NULL")).all():
        for kind, names in SKILLS.items():
            for position, name in enumerate(names):
                values = {"public_id": new_public_id(), "association_id": root_id, "kind": kind, "name": name}
                connection.execute(_table("volunteer_skill").insert(), values | {"position": position})
        _begin_stars(root_id, day)
    held = """
        SELECT a.person_id, a.association_id, a.group_id, a.start_on, p.sort_key
        FROM affiliation a JOIN person p ON p.id = a.person_id
        WHERE a.kind = 'volunteer' AND a.end_on IS NULL AND p.removed_at IS NULL ORDER BY a.id
    """
    for row in connection.execute(sa.text(held).columns(start_on=sa.Date)).all():
        values = {
            "public_id": new_public_id(), "person_id": row.person_id, "association_id": row.association_id,
            "group_id": row.group_id, "sort_key": row.sort_key, "started_on": row.start_on,
            "term_end_on": date(day.year + 1, 12, 31), "note": "", "created_at": day,
        }  # fmt: skip
        connection.execute(_table("volunteer").insert(), values)


def _begin_stars(root_id: int, day: datetime) -> None:
    connection, tables = op.get_bind(), _table("star_table")
    values = {"public_id": new_public_id(), "association_id": root_id, "version": 1, "basis": STAR_BASIS}
    connection.execute(tables.insert(), values | {"effective_on": day.date(), "created_at": day})
    table_id = connection.scalar(sa.select(tables.c.id).where(tables.c.association_id == root_id))
    levels = [{"table_id": table_id, "stars": n, "minutes": h * 60} for n, h in enumerate(STAR_HOURS, 1)]
    connection.execute(_table("star_level").insert(), levels)


def _begin_hours() -> None:
    """What log books say volunteers served waits for approval, recorded by whoever made the entry: until now nobody
    else had to look at it. Of an entry that is struck out it is void.
    """
    connection, entries = op.get_bind(), _table("hours_entry")
    served = """
        SELECT p.person_id, l.id AS log_id, l.association_id, l.group_id, l.held_on, l.title, l.place, l.summary,
               l.recorded_at, l.removed_at
        FROM activity_participant p JOIN activity_log l ON l.id = p.log_id
        WHERE p.is_volunteer AND p.minutes > 0 ORDER BY p.id
    """
    moment = portal.core.database.UTCDateTime()
    asked = sa.text(served).columns(held_on=sa.Date, recorded_at=moment, removed_at=moment)
    found = connection.execute(asked).mappings().all()
    for start in range(0, len(found), 5_000):
        rows = [{
            **{name: row[name] for name in SERVED}, "public_id": new_public_id(), "category": "service",
            "content": row["summary"], "in_charge": "", "created_at": row["recorded_at"],
            "voided_at": row["removed_at"], "void_reason": "struck out" if row["removed_at"] else "",
        } for row in found[start : start + 5_000]]  # fmt: skip
        connection.execute(entries.insert(), rows)
    op.execute("""
        INSERT INTO hours_revision (public_id, entry_id, association_id, group_id, number, minutes, origin, reason,
                                    recorded_at, recorded_by_id, state, decision_reason)
        SELECT e.public_id, e.id, e.association_id, e.group_id, 1, p.minutes, 'entered', '', e.created_at,
               l.recorded_by, 'pending', ''
        FROM hours_entry e JOIN activity_log l ON l.id = e.log_id
        JOIN activity_participant p ON p.log_id = l.id AND p.person_id = e.person_id
    """)


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("association", schema=None) as batch_op:
        batch_op.drop_column("reviews_stories")

    with op.batch_alter_table("activity_photo", schema=None) as batch_op:
        batch_op.drop_column("is_title")

    with op.batch_alter_table("activity_log", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_activity_log_reviewed_by_id_person"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_activity_log_activity_id_activity"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_activity_log_session_id_activity_session"), type_="foreignkey")
        batch_op.drop_index(
            "uq_activity_log_session",
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_activity_log_reviewed_by_id"))
        batch_op.drop_index(batch_op.f("ix_activity_log_activity_id"))
        batch_op.drop_column("reviewed_by_id")
        batch_op.drop_column("reviewed_at")
        batch_op.drop_column("session_id")
        batch_op.drop_column("activity_id")

    with op.batch_alter_table("hours_revision", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_hours_revision_pending",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.drop_index(
            "uq_hours_revision_approved",
            sqlite_where=sa.text("state = 'approved'"),
            postgresql_where=sa.text("state = 'approved'"),
        )
        batch_op.drop_index(
            "ix_hours_revision_waiting",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.drop_index(batch_op.f("ix_hours_revision_recorded_by_id"))
        batch_op.drop_index(batch_op.f("ix_hours_revision_group_id"))
        batch_op.drop_index(batch_op.f("ix_hours_revision_decided_by_id"))
        batch_op.drop_index(batch_op.f("ix_hours_revision_association_id"))

    op.drop_table("hours_revision")
    with op.batch_alter_table("sign_up", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_sign_up_live",
            sqlite_where=sa.text("state NOT IN ('withdrawn', 'declined', 'expired')"),
            postgresql_where=sa.text("state NOT IN ('withdrawn', 'declined', 'expired')"),
        )
        batch_op.drop_index("ix_sign_up_session_id")
        batch_op.drop_index(batch_op.f("ix_sign_up_person_id"))
        batch_op.drop_index(batch_op.f("ix_sign_up_out_by_id"))
        batch_op.drop_index(batch_op.f("ix_sign_up_need_id"))
        batch_op.drop_index(batch_op.f("ix_sign_up_in_by_id"))
        batch_op.drop_index(batch_op.f("ix_sign_up_group_id"))
        batch_op.drop_index("ix_sign_up_association_id")
        batch_op.drop_index(batch_op.f("ix_sign_up_added_by_id"))

    op.drop_table("sign_up")
    with op.batch_alter_table("hours_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_hours_entry_session",
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_hours_entry_log",
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )
        batch_op.drop_index("ix_hours_entry_person_id")
        batch_op.drop_index(batch_op.f("ix_hours_entry_group_id"))
        batch_op.drop_index("ix_hours_entry_association_id")

    op.drop_table("hours_entry")
    with op.batch_alter_table("session_need", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_session_need_anybody",
            sqlite_where=sa.text("skill_id IS NULL"),
            postgresql_where=sa.text("skill_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_session_need_skill_id"))
        batch_op.drop_index(batch_op.f("ix_session_need_session_id"))

    op.drop_table("session_need")
    with op.batch_alter_table("volunteer_time", schema=None) as batch_op:
        batch_op.drop_index("ix_volunteer_time_weekday")

    op.drop_table("volunteer_time")
    with op.batch_alter_table("volunteer_registration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_registration_volunteer_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_registration_phone_index"))
        batch_op.drop_index(batch_op.f("ix_volunteer_registration_person_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_registration_identity_index"))
        batch_op.drop_index(batch_op.f("ix_volunteer_registration_group_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_registration_entered_by_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_registration_decided_by_id"))
        batch_op.drop_index("ix_volunteer_registration_association_id")

    op.drop_table("volunteer_registration")
    with op.batch_alter_table("volunteer_evaluation", schema=None) as batch_op:
        batch_op.drop_index("ix_volunteer_evaluation_volunteer_id")
        batch_op.drop_index(batch_op.f("ix_volunteer_evaluation_group_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_evaluation_evaluated_by_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_evaluation_association_id"))

    op.drop_table("volunteer_evaluation")
    with op.batch_alter_table("volunteer_ability", schema=None) as batch_op:
        batch_op.drop_index("ix_volunteer_ability_skill_id")

    op.drop_table("volunteer_ability")
    with op.batch_alter_table("lent_volunteer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lent_volunteer_volunteer_id"))

    op.drop_table("lent_volunteer")
    with op.batch_alter_table("appointment_letter", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_appointment_letter_live",
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )
        batch_op.drop_index("ix_appointment_letter_volunteer_id")
        batch_op.drop_index(batch_op.f("ix_appointment_letter_issued_by_id"))
        batch_op.drop_index("ix_appointment_letter_association_id")

    op.drop_table("appointment_letter")
    with op.batch_alter_table("activity_session", schema=None) as batch_op:
        batch_op.drop_index("ix_activity_session_starts_at")
        batch_op.drop_index(batch_op.f("ix_activity_session_series"))
        batch_op.drop_index(batch_op.f("ix_activity_session_group_id"))
        batch_op.drop_index("ix_activity_session_association_id")
        batch_op.drop_index("ix_activity_session_activity_id")

    op.drop_table("activity_session")
    with op.batch_alter_table("volunteer", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_volunteer_live",
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )
        batch_op.drop_index("ix_volunteer_term_end_on")
        batch_op.drop_index(batch_op.f("ix_volunteer_person_id"))
        batch_op.drop_index("ix_volunteer_group_id")
        batch_op.drop_index("ix_volunteer_association_id")

    op.drop_table("volunteer")
    op.drop_table("star_level")
    with op.batch_alter_table("star_grant", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_star_grant_live",
            sqlite_where=sa.text("state IN ('asked', 'granted')"),
            postgresql_where=sa.text("state IN ('asked', 'granted')"),
        )
        batch_op.drop_index(batch_op.f("ix_star_grant_table_id"))
        batch_op.drop_index(batch_op.f("ix_star_grant_person_id"))
        batch_op.drop_index(batch_op.f("ix_star_grant_decided_by_id"))
        batch_op.drop_index("ix_star_grant_association_id")

    op.drop_table("star_grant")
    with op.batch_alter_table("lending_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lending_request_skill_id"))
        batch_op.drop_index("ix_lending_request_lender_id")
        batch_op.drop_index(batch_op.f("ix_lending_request_decided_by_id"))
        batch_op.drop_index("ix_lending_request_association_id")
        batch_op.drop_index(batch_op.f("ix_lending_request_asked_by_id"))

    op.drop_table("lending_request")
    with op.batch_alter_table("group_skill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_group_skill_skill_id"))

    op.drop_table("group_skill")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_in_charge_id"))
        batch_op.drop_index("ix_activity_group_id")
        batch_op.drop_index(batch_op.f("ix_activity_created_by"))
        batch_op.drop_index(batch_op.f("ix_activity_copied_from_id"))
        batch_op.drop_index("ix_activity_association_id")

    op.drop_table("activity")
    with op.batch_alter_table("volunteer_skill", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_volunteer_skill_live_name",
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.drop_table("volunteer_skill")
    with op.batch_alter_table("star_table", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_star_table_created_by"))

    op.drop_table("star_table")
    with op.batch_alter_table("service_certificate", schema=None) as batch_op:
        batch_op.drop_index("ix_service_certificate_person_id")
        batch_op.drop_index("ix_service_certificate_association_id")

    op.drop_table("service_certificate")
    op.drop_table("festival_day")
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_calendar_feed_live",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_calendar_feed_person_id"))

    op.drop_table("calendar_feed")
