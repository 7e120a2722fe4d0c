"""Dues: periods, plans, charges, payments, receipts, the journal, hand-overs, bank lines, levies, statements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import portal.core.database
from portal.upkeep.guards import guards

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# The journal and its seals are added to and never changed.
SEALED = {"journal_entry": ("id", "public_id"), "journal_line": ("id",), "journal_seal": ("id", "line_id")}
# Of these no row is ever removed, and what is named of them never changes: money, days, numbers.
KEPT = {
    "fee_plan": ("association_id", "kind_id", "version", "amount_fen", "proration", "effective_on"),
    "charge": ("association_id", "period_id", "amount_fen", "origin"),
    "waiver": ("charge_id", "association_id", "kind", "amount_fen"),
    "payment": ("association_id", "received_on", "method", "amount_fen", "key"),
    "allocation": ("payment_id", "charge_id", "amount_fen"),
    "reversal": ("payment_id", "association_id"),
    "refund": ("payment_id", "association_id", "amount_fen"),
    "receipt": ("association_id", "year", "number", "payment_id", "code_id", "issued_on"),
    "hand_over": ("association_id", "handed_on", "expected_fen", "counted_fen", "credited_fen", "key"),
    "bank_line": ("association_id", "fingerprint", "booked_on", "amount_fen"),
    "levy_payment": ("share_id", "amount_fen", "received_on", "key"),
}


def upgrade() -> None:
    op.create_table(
        "bank_file",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("lines", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("known", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("faulty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("left_out", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("taken_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("taken_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("method IN ('transfer', 'mobile')", name=op.f("ck_bank_file_method")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_bank_file_association_id_association")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_bank_file_job_id_job")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["person.id"], name=op.f("fk_bank_file_taken_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bank_file_public_id")),
    )
    with op.batch_alter_table("bank_file", schema=None) as batch_op:
        batch_op.create_index("ix_bank_file_association_id", ["association_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bank_file_job_id"), ["job_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bank_file_taken_by_id"), ["taken_by_id"], unique=False)

    op.create_table(
        "dues_period",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("end_on >= start_on", name=op.f("ck_dues_period_dates")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_dues_period_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_period")),
        sa.UniqueConstraint("association_id", "start_on", name=op.f("uq_dues_period_association_id_start_on")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dues_period_public_id")),
    )
    op.create_table(
        "receipt_counter",
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_receipt_counter_association_id_association")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_counter")),
        sa.UniqueConstraint("association_id", "year", name=op.f("uq_receipt_counter_association_id_year")),
    )
    op.create_table(
        "reminder_round",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("overdue_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("channel IN ('call', 'letter', 'mail')", name=op.f("ck_reminder_round_channel")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_reminder_round_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_reminder_round_created_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_round")),
        sa.UniqueConstraint("key", name=op.f("uq_reminder_round_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reminder_round_public_id")),
    )
    with op.batch_alter_table("reminder_round", schema=None) as batch_op:
        batch_op.create_index("ix_reminder_round_association_id", ["association_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reminder_round_created_by_id"), ["created_by_id"], unique=False)

    op.create_table(
        "fee_plan",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proration", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("withdrawn_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("proration IN ('whole', 'halves', 'months')", name=op.f("ck_fee_plan_proration")),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_fee_plan_amount")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_fee_plan_association_id_association")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_fee_plan_created_by_id_person")),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["membership_kind.id"], name=op.f("fk_fee_plan_kind_id_membership_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_plan")),
        sa.UniqueConstraint(
            "association_id", "kind_id", "version", name=op.f("uq_fee_plan_association_id_kind_id_version")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_fee_plan_public_id")),
    )
    with op.batch_alter_table("fee_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fee_plan_created_by_id"), ["created_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fee_plan_kind_id"), ["kind_id"], unique=False)

    op.create_table(
        "journal_entry",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_journal_entry_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["dues_period.id"], name=op.f("fk_journal_entry_period_id_dues_period")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_journal_entry_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("public_id", name=op.f("uq_journal_entry_public_id")),
    )
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.create_index("ix_journal_entry_association_id", ["association_id", "entry_on", "id"], unique=False)
        batch_op.create_index("ix_journal_entry_period_id", ["period_id", "association_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_entry_recorded_by_id"), ["recorded_by_id"], unique=False)

    op.create_table(
        "levy",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rate_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("rate_fen > 0", name=op.f("ck_levy_rate")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_levy_association_id_association")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_levy_created_by_id_person")),
        sa.ForeignKeyConstraint(["period_id"], ["dues_period.id"], name=op.f("fk_levy_period_id_dues_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_levy")),
        sa.UniqueConstraint("association_id", "period_id", name=op.f("uq_levy_association_id_period_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_levy_public_id")),
    )
    with op.batch_alter_table("levy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_levy_created_by_id"), ["created_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_levy_period_id"), ["period_id"], unique=False)

    op.create_table(
        "period_book",
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("charged_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reopened_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("reopen_reason", sa.String(), nullable=False),
        sa.Column("locked_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("locked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed', 'locked')", name=op.f("ck_period_book_state")),
        sa.CheckConstraint(
            "locked_by_id IS NULL OR locked_by_id <> closed_by_id", name=op.f("ck_period_book_four_eyes")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_period_book_association_id_association")
        ),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_period_book_closed_by_id_person")),
        sa.ForeignKeyConstraint(["locked_by_id"], ["person.id"], name=op.f("fk_period_book_locked_by_id_person")),
        sa.ForeignKeyConstraint(["period_id"], ["dues_period.id"], name=op.f("fk_period_book_period_id_dues_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_book")),
        sa.UniqueConstraint("association_id", "period_id", name=op.f("uq_period_book_association_id_period_id")),
    )
    with op.batch_alter_table("period_book", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_period_book_closed_by_id"), ["closed_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_period_book_locked_by_id"), ["locked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_period_book_period_id"), ["period_id"], unique=False)

    op.create_table(
        "reminder",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("done_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_reminder_amount")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_reminder_association_id_association")
        ),
        sa.ForeignKeyConstraint(["done_by_id"], ["person.id"], name=op.f("fk_reminder_done_by_id_person")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_reminder_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(["payer_id"], ["person.id"], name=op.f("fk_reminder_payer_id_person")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["reminder_round.id"], name=op.f("fk_reminder_round_id_reminder_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reminder_public_id")),
        sa.UniqueConstraint("round_id", "payer_id", name=op.f("uq_reminder_round_id_payer_id")),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index("ix_reminder_association_id", ["association_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reminder_done_by_id"), ["done_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reminder_group_id"), ["group_id"], unique=False)
        batch_op.create_index("ix_reminder_payer_id", ["payer_id", "association_id"], unique=False)

    op.create_table(
        "year_statement",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.String(), nullable=False),
        sa.Column("published_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("withdrawn_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("withdraw_reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdraw_reason = '')", name=op.f("ck_year_statement_withdraw_reason")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_year_statement_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["dues_period.id"], name=op.f("fk_year_statement_period_id_dues_period")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["person.id"], name=op.f("fk_year_statement_published_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_statement")),
        sa.UniqueConstraint("public_id", name=op.f("uq_year_statement_public_id")),
    )
    with op.batch_alter_table("year_statement", schema=None) as batch_op:
        batch_op.create_index("ix_year_statement_association_id", ["association_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_year_statement_period_id"), ["period_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_year_statement_published_by_id"), ["published_by_id"], unique=False)
        batch_op.create_index(
            "uq_year_statement_live",
            ["association_id", "period_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "charge",
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("membership_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paid_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("waived_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("written_off_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("voided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_charge_void_reason")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_charge_amount")),
        sa.CheckConstraint(
            "paid_fen + waived_fen + written_off_fen <= amount_fen", name=op.f("ck_charge_not_more_than_owed")
        ),
        sa.CheckConstraint(
            "paid_fen >= 0 AND waived_fen >= 0 AND written_off_fen >= 0", name=op.f("ck_charge_settled")
        ),
        sa.CheckConstraint(
            "voided_at IS NULL OR (paid_fen = 0 AND waived_fen = 0 AND written_off_fen = 0)",
            name=op.f("ck_charge_void_is_free"),
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_charge_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_charge_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_charge_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(["payer_id"], ["person.id"], name=op.f("fk_charge_payer_id_person")),
        sa.ForeignKeyConstraint(["period_id"], ["dues_period.id"], name=op.f("fk_charge_period_id_dues_period")),
        sa.ForeignKeyConstraint(["plan_id"], ["fee_plan.id"], name=op.f("fk_charge_plan_id_fee_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
    )
    with op.batch_alter_table("charge", schema=None) as batch_op:
        batch_op.create_index("ix_charge_association_id", ["association_id", "period_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_charge_group_id"), ["group_id"], unique=False)
        batch_op.create_index("ix_charge_membership_id", ["membership_id", "period_id"], unique=False)
        batch_op.create_index("ix_charge_payer_id", ["payer_id", "association_id"], unique=False)
        batch_op.create_index(
            "ix_charge_period_id",
            [
                "period_id",
                "association_id",
                "group_id",
                "voided_at",
                "amount_fen",
                "paid_fen",
                "waived_fen",
                "written_off_fen",
            ],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_charge_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(
            "uq_charge_live",
            ["membership_id", "period_id"],
            unique=True,
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )

    op.create_table(
        "hand_over",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("collector_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("expected_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("counted_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("credited_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("voided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=False),
        sa.Column("void_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_hand_over_void_reason")),
        sa.CheckConstraint(
            "credited_fen <= expected_fen AND credited_fen <= counted_fen", name=op.f("ck_hand_over_credited")
        ),
        sa.CheckConstraint(
            "expected_fen >= 0 AND counted_fen >= 0 AND credited_fen >= 0", name=op.f("ck_hand_over_amount")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_hand_over_association_id_association")
        ),
        sa.ForeignKeyConstraint(["collector_id"], ["person.id"], name=op.f("fk_hand_over_collector_id_person")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_hand_over_entry_id_journal_entry")),
        sa.ForeignKeyConstraint(["received_by_id"], ["person.id"], name=op.f("fk_hand_over_received_by_id_person")),
        sa.ForeignKeyConstraint(
            ["void_entry_id"], ["journal_entry.id"], name=op.f("fk_hand_over_void_entry_id_journal_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
        sa.UniqueConstraint("key", name=op.f("uq_hand_over_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_hand_over_public_id")),
    )
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.create_index("ix_hand_over_association_id", ["association_id", "handed_on", "id"], unique=False)
        batch_op.create_index("ix_hand_over_collector_id", ["collector_id", "association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hand_over_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hand_over_received_by_id"), ["received_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hand_over_void_entry_id"), ["void_entry_id"], unique=False)

    op.create_table(
        "levy_share",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("levy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paid_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owed_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("count > 0 AND amount_fen > 0", name=op.f("ck_levy_share_amount")),
        sa.CheckConstraint("paid_fen >= 0 AND paid_fen <= amount_fen", name=op.f("ck_levy_share_not_more_than_owed")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_levy_share_association_id_association")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entry.id"], name=op.f("fk_levy_share_entry_id_journal_entry")
        ),
        sa.ForeignKeyConstraint(["levy_id"], ["levy.id"], name=op.f("fk_levy_share_levy_id_levy")),
        sa.ForeignKeyConstraint(
            ["owed_entry_id"], ["journal_entry.id"], name=op.f("fk_levy_share_owed_entry_id_journal_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_levy_share")),
        sa.UniqueConstraint("levy_id", "association_id", name=op.f("uq_levy_share_levy_id_association_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_levy_share_public_id")),
    )
    with op.batch_alter_table("levy_share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_levy_share_association_id"), ["association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_levy_share_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_levy_share_owed_entry_id"), ["owed_entry_id"], unique=False)

    op.create_table(
        "levy_payment",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("share_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("recorded_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_levy_payment_void_reason")),
        sa.CheckConstraint("way IN ('cash', 'transfer')", name=op.f("ck_levy_payment_way")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_levy_payment_amount")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_levy_payment_recorded_by_id_person")
        ),
        sa.ForeignKeyConstraint(["share_id"], ["levy_share.id"], name=op.f("fk_levy_payment_share_id_levy_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_levy_payment")),
        sa.UniqueConstraint("key", name=op.f("uq_levy_payment_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_levy_payment_public_id")),
    )
    with op.batch_alter_table("levy_payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_levy_payment_recorded_by_id"), ["recorded_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_levy_payment_share_id"), ["share_id"], unique=False)

    op.create_table(
        "levy_person",
        sa.Column("levy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("share_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("membership_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["levy_id"], ["levy.id"], name=op.f("fk_levy_person_levy_id_levy")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_levy_person_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_levy_person_person_id_person")),
        sa.ForeignKeyConstraint(["share_id"], ["levy_share.id"], name=op.f("fk_levy_person_share_id_levy_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_levy_person")),
        sa.UniqueConstraint("levy_id", "person_id", name=op.f("uq_levy_person_levy_id_person_id")),
    )
    with op.batch_alter_table("levy_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_levy_person_membership_id"), ["membership_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_levy_person_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_levy_person_share_id", ["share_id", "id"], unique=False)

    op.create_table(
        "payment",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("used_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("collector_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("hand_over_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("reversed_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("collector_id IS NULL OR method = 'cash'", name=op.f("ck_payment_collector")),
        sa.CheckConstraint("method IN ('cash', 'transfer', 'mobile', 'opening')", name=op.f("ck_payment_method")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_payment_amount")),
        sa.CheckConstraint("reversed_at IS NULL OR used_fen = 0", name=op.f("ck_payment_reversed_is_free")),
        sa.CheckConstraint(
            "used_fen >= 0 AND used_fen <= amount_fen", name=op.f("ck_payment_not_more_than_there_is")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_payment_association_id_association")
        ),
        sa.ForeignKeyConstraint(["collector_id"], ["person.id"], name=op.f("fk_payment_collector_id_person")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_payment_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(["hand_over_id"], ["hand_over.id"], name=op.f("fk_payment_hand_over_id_hand_over")),
        sa.ForeignKeyConstraint(["payer_id"], ["person.id"], name=op.f("fk_payment_payer_id_person")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_payment_recorded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("key", name=op.f("uq_payment_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payment_public_id")),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index("ix_payment_association_id", ["association_id", "received_on", "id"], unique=False)
        batch_op.create_index("ix_payment_collector_id", ["collector_id", "association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_hand_over_id"), ["hand_over_id"], unique=False)
        batch_op.create_index("ix_payment_payer_id", ["payer_id", "association_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_recorded_by_id"), ["recorded_by_id"], unique=False)
        batch_op.create_index(
            "uq_payment_bank_reference",
            ["association_id", "bank_reference"],
            unique=True,
            sqlite_where=sa.text("bank_reference IS NOT NULL AND reversed_at IS NULL"),
            postgresql_where=sa.text("bank_reference IS NOT NULL AND reversed_at IS NULL"),
        )

    op.create_table(
        "waiver",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("charge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision_note", sa.String(), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind IN ('waiver', 'write_off')", name=op.f("ck_waiver_kind")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_waiver_reason")),
        sa.CheckConstraint("state <> 'approved' OR decided_by_id IS NOT NULL", name=op.f("ck_waiver_signed")),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'refused', 'withdrawn', 'void')", name=op.f("ck_waiver_state")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_waiver_amount")),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name=op.f("ck_waiver_four_eyes")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_waiver_asked_by_id_person")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_waiver_association_id_association")
        ),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_waiver_charge_id_charge")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_waiver_decided_by_id_person")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_waiver_entry_id_journal_entry")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_waiver_group_id_association_group")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
        sa.UniqueConstraint("public_id", name=op.f("uq_waiver_public_id")),
    )
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiver_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index("ix_waiver_association_id", ["association_id", "state", "id"], unique=False)
        batch_op.create_index("ix_waiver_charge_id", ["charge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiver_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiver_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiver_group_id"), ["group_id"], unique=False)
        batch_op.create_index(
            "uq_waiver_waiting",
            ["charge_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    op.create_table(
        "allocation",
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("charge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("released_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_allocation_amount")),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_allocation_charge_id_charge")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_allocation_created_by_id_person")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_allocation_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocation_charge_id"), ["charge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_allocation_created_by_id"), ["created_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_allocation_payment_id"), ["payment_id"], unique=False)

    op.create_table(
        "bank_line",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payer_name", sa.String(), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state <> 'set_aside' OR reason <> ''", name=op.f("ck_bank_line_reason")),
        sa.CheckConstraint("state IN ('waiting', 'matched', 'set_aside')", name=op.f("ck_bank_line_state")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_bank_line_amount")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_bank_line_association_id_association")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_bank_line_decided_by_id_person")),
        sa.ForeignKeyConstraint(["file_id"], ["bank_file.id"], name=op.f("fk_bank_line_file_id_bank_file")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_bank_line_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("association_id", "fingerprint", name=op.f("uq_bank_line_association_id_fingerprint")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bank_line_public_id")),
    )
    with op.batch_alter_table("bank_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bank_line_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bank_line_file_id"), ["file_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bank_line_payment_id"), ["payment_id"], unique=False)
        batch_op.create_index("ix_bank_line_state", ["association_id", "state", "booked_on", "id"], unique=False)

    op.create_table(
        "journal_line",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("debit_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("credit_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("charge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "debit_fen >= 0 AND credit_fen >= 0 AND (debit_fen = 0 OR credit_fen = 0)",
            name=op.f("ck_journal_line_one_side"),
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_journal_line_association_id_association")
        ),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_journal_line_charge_id_charge")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entry.id"], name=op.f("fk_journal_line_entry_id_journal_entry")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_journal_line_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_line")),
    )
    with op.batch_alter_table("journal_line", schema=None) as batch_op:
        batch_op.create_index("ix_journal_line_association_id", ["association_id", "account", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_line_charge_id"), ["charge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_line_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_line_payment_id"), ["payment_id"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("printed_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("voided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_receipt_void_reason")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_receipt_association_id_association")
        ),
        sa.ForeignKeyConstraint(["code_id"], ["verifiable_code.id"], name=op.f("fk_receipt_code_id_verifiable_code")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["association_group.id"], name=op.f("fk_receipt_group_id_association_group")
        ),
        sa.ForeignKeyConstraint(["issued_by_id"], ["person.id"], name=op.f("fk_receipt_issued_by_id_person")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_receipt_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("association_id", "year", "number", name=op.f("uq_receipt_association_id_year_number")),
        sa.UniqueConstraint("code_id", name=op.f("uq_receipt_code_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_receipt_public_id")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_issued_by_id"), ["issued_by_id"], unique=False)
        batch_op.create_index("ix_receipt_issued_on", ["association_id", "issued_on", "id"], unique=False)
        batch_op.create_index("ix_receipt_payment_id", ["payment_id"], unique=False)
        batch_op.create_index(
            "uq_receipt_live",
            ["payment_id"],
            unique=True,
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )

    op.create_table(
        "refund",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_fen", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("refunded_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision_note", sa.String(), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(state = 'made') = (entry_id IS NOT NULL)", name=op.f("ck_refund_entry")),
        sa.CheckConstraint("method IN ('cash', 'transfer', 'mobile')", name=op.f("ck_refund_method")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_refund_reason")),
        sa.CheckConstraint("state <> 'made' OR decided_by_id IS NOT NULL", name=op.f("ck_refund_signed")),
        sa.CheckConstraint("state IN ('asked', 'made', 'refused', 'withdrawn')", name=op.f("ck_refund_state")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_refund_amount")),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name=op.f("ck_refund_four_eyes")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_refund_asked_by_id_person")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_refund_association_id_association")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_refund_decided_by_id_person")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_refund_entry_id_journal_entry")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_refund_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("public_id", name=op.f("uq_refund_public_id")),
    )
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refund_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index("ix_refund_association_id", ["association_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index("ix_refund_payment_id", ["payment_id"], unique=False)
        batch_op.create_index(
            "uq_refund_waiting",
            ["payment_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    op.create_table(
        "reversal",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reversed_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", portal.core.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decided_at", portal.core.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision_note", sa.String(), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(state = 'made') = (entry_id IS NOT NULL)", name=op.f("ck_reversal_entry")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_reversal_reason")),
        sa.CheckConstraint("state IN ('asked', 'made', 'refused', 'withdrawn')", name=op.f("ck_reversal_state")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id", name=op.f("ck_reversal_four_eyes")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_reversal_asked_by_id_person")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_reversal_association_id_association")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_reversal_decided_by_id_person")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_reversal_entry_id_journal_entry")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_reversal_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reversal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reversal_public_id")),
    )
    with op.batch_alter_table("reversal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reversal_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index("ix_reversal_association_id", ["association_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reversal_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reversal_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index("ix_reversal_payment_id", ["payment_id"], unique=False)
        batch_op.create_index(
            "uq_reversal_live",
            ["payment_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'made')"),
            postgresql_where=sa.text("state IN ('asked', 'made')"),
        )

    op.create_table(
        "journal_seal",
        sa.Column("association_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_journal_seal_association_id_association")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["journal_line.id"], name=op.f("fk_journal_seal_line_id_journal_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_seal")),
        sa.UniqueConstraint("association_id", "position", name=op.f("uq_journal_seal_association_id_position")),
        sa.UniqueConstraint("line_id", name=op.f("uq_journal_seal_line_id")),
    )
    for statement in guards(op.get_bind().dialect.name, sealed=SEALED, kept=KEPT):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("journal_seal")
    with op.batch_alter_table("reversal", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_reversal_live",
            sqlite_where=sa.text("state IN ('asked', 'made')"),
            postgresql_where=sa.text("state IN ('asked', 'made')"),
        )
        batch_op.drop_index("ix_reversal_payment_id")
        batch_op.drop_index(batch_op.f("ix_reversal_entry_id"))
        batch_op.drop_index(batch_op.f("ix_reversal_decided_by_id"))
        batch_op.drop_index("ix_reversal_association_id")
        batch_op.drop_index(batch_op.f("ix_reversal_asked_by_id"))

    op.drop_table("reversal")
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_refund_waiting", sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'")
        )
        batch_op.drop_index("ix_refund_payment_id")
        batch_op.drop_index(batch_op.f("ix_refund_entry_id"))
        batch_op.drop_index(batch_op.f("ix_refund_decided_by_id"))
        batch_op.drop_index("ix_refund_association_id")
        batch_op.drop_index(batch_op.f("ix_refund_asked_by_id"))

    op.drop_table("refund")
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_receipt_live",
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )
        batch_op.drop_index("ix_receipt_payment_id")
        batch_op.drop_index("ix_receipt_issued_on")
        batch_op.drop_index(batch_op.f("ix_receipt_issued_by_id"))
        batch_op.drop_index(batch_op.f("ix_receipt_group_id"))

    op.drop_table("receipt")
    with op.batch_alter_table("journal_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_journal_line_payment_id"))
        batch_op.drop_index(batch_op.f("ix_journal_line_entry_id"))
        batch_op.drop_index(batch_op.f("ix_journal_line_charge_id"))
        batch_op.drop_index("ix_journal_line_association_id")

    op.drop_table("journal_line")
    with op.batch_alter_table("bank_line", schema=None) as batch_op:
        batch_op.drop_index("ix_bank_line_state")
        batch_op.drop_index(batch_op.f("ix_bank_line_payment_id"))
        batch_op.drop_index(batch_op.f("ix_bank_line_file_id"))
        batch_op.drop_index(batch_op.f("ix_bank_line_decided_by_id"))

    op.drop_table("bank_line")
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allocation_payment_id"))
        batch_op.drop_index(batch_op.f("ix_allocation_created_by_id"))
        batch_op.drop_index(batch_op.f("ix_allocation_charge_id"))

    op.drop_table("allocation")
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_waiver_waiting", sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'")
        )
        batch_op.drop_index(batch_op.f("ix_waiver_group_id"))
        batch_op.drop_index(batch_op.f("ix_waiver_entry_id"))
        batch_op.drop_index(batch_op.f("ix_waiver_decided_by_id"))
        batch_op.drop_index("ix_waiver_charge_id")
        batch_op.drop_index("ix_waiver_association_id")
        batch_op.drop_index(batch_op.f("ix_waiver_asked_by_id"))

    op.drop_table("waiver")
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_payment_bank_reference",
            sqlite_where=sa.text("bank_reference IS NOT NULL AND reversed_at IS NULL"),
            postgresql_where=sa.text("bank_reference IS NOT NULL AND reversed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_payment_recorded_by_id"))
        batch_op.drop_index("ix_payment_payer_id")
        batch_op.drop_index(batch_op.f("ix_payment_hand_over_id"))
        batch_op.drop_index(batch_op.f("ix_payment_group_id"))
        batch_op.drop_index("ix_payment_collector_id")
        batch_op.drop_index("ix_payment_association_id")

    op.drop_table("payment")
    with op.batch_alter_table("levy_person", schema=None) as batch_op:
        batch_op.drop_index("ix_levy_person_share_id")
        batch_op.drop_index(batch_op.f("ix_levy_person_person_id"))
        batch_op.drop_index(batch_op.f("ix_levy_person_membership_id"))

    op.drop_table("levy_person")
    with op.batch_alter_table("levy_payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_levy_payment_share_id"))
        batch_op.drop_index(batch_op.f("ix_levy_payment_recorded_by_id"))

    op.drop_table("levy_payment")
    with op.batch_alter_table("levy_share", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_levy_share_owed_entry_id"))
        batch_op.drop_index(batch_op.f("ix_levy_share_entry_id"))
        batch_op.drop_index(batch_op.f("ix_levy_share_association_id"))

    op.drop_table("levy_share")
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hand_over_void_entry_id"))
        batch_op.drop_index(batch_op.f("ix_hand_over_received_by_id"))
        batch_op.drop_index(batch_op.f("ix_hand_over_entry_id"))
        batch_op.drop_index("ix_hand_over_collector_id")
        batch_op.drop_index("ix_hand_over_association_id")

    op.drop_table("hand_over")
    with op.batch_alter_table("charge", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_charge_live", sqlite_where=sa.text("voided_at IS NULL"), postgresql_where=sa.text("voided_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_charge_plan_id"))
        batch_op.drop_index("ix_charge_period_id")
        batch_op.drop_index("ix_charge_payer_id")
        batch_op.drop_index("ix_charge_membership_id")
        batch_op.drop_index(batch_op.f("ix_charge_group_id"))
        batch_op.drop_index("ix_charge_association_id")

    op.drop_table("charge")
    with op.batch_alter_table("year_statement", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_year_statement_live",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_year_statement_published_by_id"))
        batch_op.drop_index(batch_op.f("ix_year_statement_period_id"))
        batch_op.drop_index("ix_year_statement_association_id")

    op.drop_table("year_statement")
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.drop_index("ix_reminder_payer_id")
        batch_op.drop_index(batch_op.f("ix_reminder_group_id"))
        batch_op.drop_index(batch_op.f("ix_reminder_done_by_id"))
        batch_op.drop_index("ix_reminder_association_id")

    op.drop_table("reminder")
    with op.batch_alter_table("period_book", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_period_book_period_id"))
        batch_op.drop_index(batch_op.f("ix_period_book_locked_by_id"))
        batch_op.drop_index(batch_op.f("ix_period_book_closed_by_id"))

    op.drop_table("period_book")
    with op.batch_alter_table("levy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_levy_period_id"))
        batch_op.drop_index(batch_op.f("ix_levy_created_by_id"))

    op.drop_table("levy")
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_journal_entry_recorded_by_id"))
        batch_op.drop_index("ix_journal_entry_period_id")
        batch_op.drop_index("ix_journal_entry_association_id")

    op.drop_table("journal_entry")
    with op.batch_alter_table("fee_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fee_plan_kind_id"))
        batch_op.drop_index(batch_op.f("ix_fee_plan_created_by_id"))

    op.drop_table("fee_plan")
    with op.batch_alter_table("reminder_round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminder_round_created_by_id"))
        batch_op.drop_index("ix_reminder_round_association_id")

    op.drop_table("reminder_round")
    op.drop_table("receipt_counter")
    op.drop_table("dues_period")
    with op.batch_alter_table("bank_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bank_file_taken_by_id"))
        batch_op.drop_index(batch_op.f("ix_bank_file_job_id"))
        batch_op.drop_index("ix_bank_file_association_id")

    op.drop_table("bank_file")
