"""Memberships: of what kind, with which number, where and when, whom they cover, and how they move."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association, Group, Listed
from portal.core.calendar import now
from portal.core.database import Base, Bytewise, PublicId
from portal.core.i18n import lazy, lazy_pgettext
from portal.core.labels import Labelled
from portal.people.models import Person


class Holder(Labelled):
    """Who holds memberships of a kind: one person, a household with one payer, or an organisation."""

    PERSON = "person", lazy_pgettext("membership", "One person")
    HOUSEHOLD = "household", lazy_pgettext("membership", "A household")
    ORGANISATION = "organisation", lazy_pgettext("membership", "An organisation")


class EndReason(Labelled):
    WITHDREW = "withdrew", lazy("Withdrew")
    MOVED_AWAY = "moved_away", lazy("Moved away")
    LAPSED = "lapsed", lazy("Lapsed")
    EXCLUDED = "excluded", lazy("Excluded by decision")
    DECEASED = "deceased", lazy("Deceased")
    DISSOLVED = "dissolved", lazy("Organisation dissolved")
    IN_ERROR = "in_error", lazy("Entered in error")
    DELETED = "deleted", lazy("Record deleted at the person's request")


class MembershipState(Labelled):
    """What a membership is on a day; computed, never stored."""

    ACTIVE = "active", lazy_pgettext("membership", "Active")
    SUSPENDED = "suspended", lazy_pgettext("membership", "Suspended")
    ENDED = "ended", lazy_pgettext("membership", "Ended")


class TransferState(Labelled):
    PROPOSED = "proposed", lazy_pgettext("transfer", "Proposed")
    ACCEPTED = "accepted", lazy_pgettext("transfer", "Accepted")
    DECLINED = "declined", lazy_pgettext("transfer", "Declined")
    WITHDRAWN = "withdrawn", lazy_pgettext("transfer", "Withdrawn")


class MembershipKind(Listed):
    """A kind of membership (individual, honorary, household, organisation …) of a federation's own list."""

    __tablename__ = "membership_kind"
    __table_args__ = (
        Index(
            "uq_membership_kind_live_name",
            "association_id",
            "name",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
        CheckConstraint("holder IN ('person', 'household', 'organisation')", "holder"),
    )

    holder: Mapped[str]
    is_open: Mapped[bool] = mapped_column(default=True)  # can be applied for at /join


class NumberScheme(Base):
    """How a federation numbers its members: a pattern with {code}, {year} and {serial}, and its digits."""

    __tablename__ = "number_scheme"

    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), unique=True)  # the root
    pattern: Mapped[str]
    digits: Mapped[int] = mapped_column(default=5)


class NumberCounter(Base):
    """The last serial given out for what stands before and after it. It only goes up: no number comes twice."""

    __tablename__ = "number_counter"

    stem: Mapped[str] = mapped_column(unique=True)  # the number with {serial} left in it
    last: Mapped[int] = mapped_column(default=0)


GONE, RESTING = text("ended_on IS NOT NULL"), text("suspended_on IS NOT NULL")  # the few of many
HELD = ("person_id", "organisation_name")  # an index has what lists ask of every row: others are not read
LIVE = text("ended_on IS NULL AND organisation_name = ''")
ORGANISED = text("organisation_name <> ''")


class Membership(Base):
    """One membership under one number, in the whole federation for life.

    `person` holds it, or is the contact of the organisation or household; others are covered. `association` and
    `group` are where it is, or where it was when it ended; `stays` are the whole way. `sort_key` is the order of
    lists: the organisation's name or the person's, kept by services (see `people.services.renamed`).
    """

    __tablename__ = "membership"
    __table_args__ = (
        Index("ix_membership_association_id", "association_id", "sort_key", "id", "ended_on", *HELD),
        Index("ix_membership_organisation", "association_id", sqlite_where=ORGANISED, postgresql_where=ORGANISED),
        Index("ix_membership_group_id", "group_id", "sort_key", "id"),
        Index("ix_membership_person_id", "person_id", "ended_on", "association_id"),
        Index("ix_membership_sort_key", "sort_key", "id", "ended_on", "association_id", "joined_on", *HELD),
        Index("ix_membership_ended_on", "ended_on", sqlite_where=GONE, postgresql_where=GONE),
        Index("ix_membership_suspended_on", "suspended_on", sqlite_where=RESTING, postgresql_where=RESTING),
        Index(
            "uq_membership_live_person",
            *("person_id", "association_id", "kind_id"),
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        CheckConstraint("ended_on IS NULL OR ended_on >= joined_on", "dates"),
        CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", "end_reason"),
    )

    public_id: Mapped[PublicId]
    number: Mapped[str] = mapped_column(Bytewise, unique=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("membership_kind.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_name: Mapped[str] = mapped_column(default="")
    sort_key: Mapped[str] = mapped_column(Bytewise)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"))
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # who pays, if another
    joined_on: Mapped[date]
    suspended_on: Mapped[date | None]
    suspension_reason: Mapped[str] = mapped_column(default="")
    ended_on: Mapped[date | None]  # the last day
    end_reason: Mapped[str | None]
    end_note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)

    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    payer: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[payer_id])
    kind: Mapped[MembershipKind] = relationship(lazy="raise_on_sql")
    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")

    def state_on(self, day: date) -> MembershipState:
        if self.ended_on is not None and self.ended_on < day:
            return MembershipState.ENDED
        if self.suspended_on is not None and self.suspended_on <= day:
            return MembershipState.SUSPENDED
        return MembershipState.ACTIVE

    @property
    def display_name(self) -> str:
        """The organisation's name, or the person's (load `person`)."""
        return self.organisation_name or self.person.name

    @property
    def end_reason_label(self) -> str:
        return EndReason(self.end_reason).label if self.end_reason else ""


class MembershipStay(Base):
    """Where a membership was, both days included. One that ends before it starts was corrected: it was on no day."""

    __tablename__ = "membership_stay"
    __table_args__ = (
        Index("ix_membership_stay_association_id", "association_id", "start_on"),
        Index(
            "uq_membership_stay_live",
            "membership_id",
            unique=True,
            sqlite_where=text("end_on IS NULL"),
            postgresql_where=text("end_on IS NULL"),
        ),
    )

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    start_on: Mapped[date]
    end_on: Mapped[date | None]

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")


class MembershipCover(Base):
    """Somebody whom a household's or an organisation's membership covers, beside its holder."""

    __tablename__ = "membership_cover"
    __table_args__ = (
        Index(
            "uq_membership_cover_live",
            "membership_id",
            "person_id",
            unique=True,
            sqlite_where=text("end_on IS NULL"),
            postgresql_where=text("end_on IS NULL"),
        ),
        CheckConstraint("end_on IS NULL OR end_on >= start_on", "dates"),
    )

    public_id: Mapped[PublicId]
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    start_on: Mapped[date]
    end_on: Mapped[date | None]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    membership: Mapped[Membership] = relationship(lazy="raise_on_sql")


class Transfer(Base):
    """A move of a membership to another association: one side proposes, the other accepts or declines."""

    __tablename__ = "membership_transfer"
    __table_args__ = (
        Index(
            "uq_membership_transfer_open",
            "membership_id",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        CheckConstraint("state IN ('proposed', 'accepted', 'declined', 'withdrawn')", "state"),
    )

    public_id: Mapped[PublicId]
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    from_association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    to_association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    proposed_by_association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    reason: Mapped[str]
    effective_on: Mapped[date]  # the first day there
    state: Mapped[str] = mapped_column(default=TransferState.PROPOSED)
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    note: Mapped[str] = mapped_column(default="")

    membership: Mapped[Membership] = relationship(lazy="raise_on_sql")
    from_association: Mapped[Association] = relationship(lazy="raise_on_sql", foreign_keys=[from_association_id])
    to_association: Mapped[Association] = relationship(lazy="raise_on_sql", foreign_keys=[to_association_id])

    @property
    def state_label(self) -> str:
        return TransferState(self.state).label
