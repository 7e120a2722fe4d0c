"""Sign-ups and their states, from the first tap to the check-out; and the private calendar feed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association, Group
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.people.models import Person
from portal.plans.models import ActivitySession, SessionNeed


class SignUpState(Labelled):
    CONFIRMED = "confirmed", lazy_pgettext("sign-up", "Confirmed")
    WAITLISTED = "waitlisted", lazy_pgettext("sign-up", "On the waiting list")
    OFFERED = "offered", lazy_pgettext("sign-up", "A place is offered")
    EXPIRED = "expired", lazy_pgettext("sign-up", "Offer expired")
    DECLINED = "declined", lazy_pgettext("sign-up", "Offer declined")
    WITHDRAWN = "withdrawn", lazy_pgettext("sign-up", "Withdrawn")
    ARRIVED = "arrived", lazy_pgettext("sign-up", "Checked in")
    COMPLETED = "completed", lazy_pgettext("sign-up", "Checked out")
    NO_SHOW = "no_show", lazy_pgettext("sign-up", "Did not come")


# The moves, in one place. Whatever is not here does not happen.
MOVES: dict[str, tuple[str, ...]] = {
    "confirmed": ("withdrawn", "arrived", "no_show"),
    "waitlisted": ("offered", "confirmed", "withdrawn"),
    "offered": ("confirmed", "declined", "expired", "withdrawn", "waitlisted"),  # back when its time was cut short
    "arrived": ("completed", "confirmed"),  # back when it was a mistake
    "completed": ("arrived",),
    "no_show": ("arrived", "confirmed"),
    "expired": (),
    "declined": (),
    "withdrawn": (),
}
HOLDING = ("confirmed", "offered", "arrived", "completed", "no_show")  # these take a place of the need
LIVE = (*HOLDING, "waitlisted")  # somebody has at most one of these for a session


class Origin(Labelled):
    """How a check-in or check-out was made: by the volunteer's scan, by the leader's hand, from a paper list."""

    SCANNED = "scanned", lazy_pgettext("check-in", "Scanned")
    LEADER = "leader", lazy_pgettext("check-in", "By the leader")
    PAPER = "paper", lazy_pgettext("check-in", "From the paper list")


STANDS = text("state NOT IN ('withdrawn', 'declined', 'expired')")


class SignUp(Base):
    """A person's place in a session, or the wish for one; a guest outside the register has a name only.

    `need` says which place; one in HOLDING is counted in `need.taken`. The check-in stands here too: when and how
    somebody came and went. `review` names what a person must look at before minutes are made of it.
    """

    __tablename__ = "sign_up"
    __table_args__ = (
        Index(
            "uq_sign_up_live", "session_id", "person_id", unique=True,
            sqlite_where=STANDS, postgresql_where=STANDS,
        ),
        Index("ix_sign_up_session_id", "session_id", "state", "id"),
        Index("ix_sign_up_association_id", "association_id", "review", "id"),
        CheckConstraint("(person_id IS NULL) <> (guest_name = '')", "somebody"),
        CheckConstraint("(state = 'offered') = (offered_until IS NOT NULL)", "offer"),
        CheckConstraint("out_at IS NULL OR (in_at IS NOT NULL AND in_at <= out_at)", "presence"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    session_id: Mapped[int] = mapped_column(ForeignKey("activity_session.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("session_need.id"), index=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # the session's
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    guest_name: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    clash_reason: Mapped[str] = mapped_column(default="")  # why an officer let it clash with another
    signed_up_at: Mapped[datetime] = mapped_column(default=now)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # by a leader
    offered_until: Mapped[datetime | None]
    told_at: Mapped[datetime | None]  # when the person last heard about it, by mail or by a call
    placed_at: Mapped[datetime | None]  # when somebody else offered, gave or took the place
    left_at: Mapped[datetime | None]  # withdrawn, declined or expired
    is_late: Mapped[bool] = mapped_column(default=False)  # withdrawn after the deadline
    in_at: Mapped[datetime | None]
    in_origin: Mapped[str | None]
    in_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    out_at: Mapped[datetime | None]
    out_origin: Mapped[str | None]
    out_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    review: Mapped[str] = mapped_column(default="")  # no_check_out, too_short, …; empty when nothing is odd

    session: Mapped[ActivitySession] = relationship(lazy="raise_on_sql")
    need: Mapped[SessionNeed] = relationship(lazy="raise_on_sql")
    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])

    @property
    def state_label(self) -> str:
        return SignUpState(self.state).label


class CalendarFeed(Base):
    """A private address of one's own sessions for a calendar program; revoked, it answers like one never made."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        Index(
            "uq_calendar_feed_live", "person_id", unique=True,
            sqlite_where=text("revoked_at IS NULL"), postgresql_where=text("revoked_at IS NULL"),
        ),
    )  # fmt: skip

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]
