"""Member cards: one valid card for a membership at a time, the earlier ones void and kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association, Group
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.members.models import Membership
from portal.verification.models import VerifiableCode


class IssueReason(Labelled):
    """Why a card is issued; for every one but the first it is also why the earlier card is void."""

    FIRST = "first", lazy_pgettext("card", "First card")
    LOST = "lost", lazy_pgettext("card", "Lost")
    DAMAGED = "damaged", lazy_pgettext("card", "Damaged")
    CORRECTED = "corrected", lazy_pgettext("card", "Data corrected")
    TRANSFERRED = "transferred", lazy_pgettext("card", "Moved to another association")
    RENEWED = "renewed", lazy_pgettext("card", "Renewed for all")


class VoidReason(Labelled):
    """Why a card is taken out of use by itself, without another in its place."""

    LOST = "lost", lazy_pgettext("void card", "Lost")
    DAMAGED = "damaged", lazy_pgettext("void card", "Damaged")
    IN_ERROR = "in_error", lazy_pgettext("card", "Issued in error")
    RETURNED = "returned", lazy_pgettext("card", "Handed back")
    REMOVED = "removed", lazy_pgettext("void card", "Record deleted")  # by the portal, never chosen, as the next
    ENDED = "ended", lazy_pgettext("void card", "Membership ended")


class MemberCard(Base):
    """A card as it was issued. `snapshot` is what is printed on it; nothing of it changes, it only becomes void."""

    __tablename__ = "member_card"
    __table_args__ = (
        UniqueConstraint("membership_id", "serial"),
        Index("ix_member_card_association_id", "association_id", "id"),
        Index(
            "uq_member_card_live",
            "membership_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", "void_reason"),
    )

    public_id: Mapped[PublicId]
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    serial: Mapped[int]  # the first, second … card of this membership
    code_id: Mapped[int] = mapped_column(ForeignKey("verifiable_code.id"), unique=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # that issued it
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)  # what is printed: see services.snapshot_of
    issued_on: Mapped[date]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    handed_over_on: Mapped[date | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)

    membership: Mapped[Membership] = relationship(lazy="raise_on_sql")
    code: Mapped[VerifiableCode] = relationship(lazy="raise_on_sql")
    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")

    @property
    def reason_label(self) -> str:
        return IssueReason(self.reason).label

    @property
    def void_label(self) -> str:
        known = IssueReason.labels() | VoidReason.labels()
        return str(known[self.void_reason]) if self.void_reason else ""

    @property
    def printed_name(self) -> str:
        return str(self.snapshot["name"])

    @property
    def joined_on(self) -> date:
        """As it is printed."""
        return date.fromisoformat(self.snapshot["joined_on"])
