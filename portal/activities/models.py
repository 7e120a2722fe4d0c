"""The activity log book: entries with the people, materials and photos, and every earlier version."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association, Group
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy, lazy_pgettext, pgettext
from portal.people.models import Person
from portal.plans.kinds import ActivityKind
from portal.plans.models import Activity, ActivitySession

SUMMARY_ENOUGH = 10  # characters
PLAIN = ("kind", "title", "place", "minutes", "others_count", "summary", "is_public")
STATES = {
    "complete": lazy_pgettext("log entry", "Complete"),
    "incomplete": lazy("Incomplete"),
    "struck": lazy("Struck out"),
}
MISSING = {
    "place": lazy("the place"),
    "minutes": lazy("how long it lasted"),
    "people": lazy("who took part"),
    "summary": lazy("a summary"),
}


class ActivityLog(Base):
    """One entry of the log book. It can be corrected; each earlier version is kept as a revision.

    A draft may lack what makes it complete: a summary and somebody who took part.
    """

    __tablename__ = "activity_log"
    __table_args__ = (
        Index("ix_activity_log_association_id", "association_id", "held_on", "id"),
        Index("ix_activity_log_held_on", "held_on", "id"),
        Index(
            "uq_activity_log_session", "session_id", unique=True,
            sqlite_where=text("removed_at IS NULL"), postgresql_where=text("removed_at IS NULL"),
        ),
        CheckConstraint("others_count >= 0 AND minutes >= 0", "counts"),
        UniqueConstraint("entry_key"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"), index=True)  # of the plan
    session_id: Mapped[int | None] = mapped_column(ForeignKey("activity_session.id"))  # whose attendance feeds it
    kind: Mapped[str]
    title: Mapped[str]
    held_on: Mapped[date]
    place: Mapped[str]
    minutes: Mapped[int] = mapped_column(default=0)  # how long it lasted; the default for each volunteer
    others_count: Mapped[int] = mapped_column(default=0)  # people who took part beyond those named
    summary: Mapped[str] = mapped_column(default="")
    is_complete: Mapped[bool] = mapped_column(default=False)
    is_public: Mapped[bool] = mapped_column(default=True)  # shown on the association's public page
    revision: Mapped[int] = mapped_column(default=1)
    entry_key: Mapped[str | None]  # the form's own key: sending a form twice makes one entry
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    reviewed_at: Mapped[datetime | None]  # somebody else than the recorder looked through it
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    removed_at: Mapped[datetime | None]  # struck out, with a reason in the audit log; it stays in the record

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    recorder: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[recorded_by])
    reviewer: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[reviewed_by_id])
    activity: Mapped[Activity | None] = relationship(lazy="raise_on_sql")
    session: Mapped[ActivitySession | None] = relationship(lazy="raise_on_sql")
    participants: Mapped[list[ActivityParticipant]] = relationship(
        back_populates="log",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        order_by="ActivityParticipant.id",
    )
    materials: Mapped[list[ActivityMaterial]] = relationship(
        back_populates="log",
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        order_by="ActivityMaterial.id",
    )
    photos: Mapped[list[ActivityPhoto]] = relationship(
        back_populates="log", lazy="raise_on_sql", cascade="all, delete-orphan", order_by="ActivityPhoto.id"
    )

    @property
    def kind_label(self) -> str:
        return ActivityKind(self.kind).label

    @property
    def reference(self) -> str:
        """The public id as it is read aloud: 7K3M-9QXT-2W5B."""
        return "-".join(self.public_id[n : n + 4] for n in range(0, len(self.public_id), 4)).upper()

    @property
    def state(self) -> str:
        return "struck" if self.removed_at else "complete" if self.is_complete else "incomplete"

    @property
    def missing(self) -> list[str]:
        """What the entry lacks to be complete: the place, how long, somebody who took part, a summary in words."""
        held = {
            "place": self.place,
            "minutes": self.minutes,
            "people": self.participants or self.others_count,
            "summary": len(self.summary) >= SUMMARY_ENOUGH,
        }
        return [name for name, value in held.items() if not value]

    @property
    def missing_words(self) -> str:
        return str(pgettext("between names", ", ").join(str(MISSING[name]) for name in self.missing))

    def snapshot(self) -> dict[str, Any]:
        """The entry as plain values. People stand in it by public id only, so that their right to deletion holds."""
        people = sorted((row.person.public_id, row.is_volunteer, row.minutes) for row in self.participants)
        return {
            **{name: getattr(self, name) for name in PLAIN},
            "held_on": self.held_on.isoformat(),
            "group": self.group.name if self.group else "",
            "participants": [list(row) for row in people],
            "materials": [[row.name, row.count] for row in self.materials],
            "photos": len(self.photos),
        }


class ActivityParticipant(Base):
    """Somebody of the register who took part; a volunteer with the minutes served (travel not counted)."""

    __tablename__ = "activity_participant"
    __table_args__ = (
        UniqueConstraint("log_id", "person_id"),
        CheckConstraint("minutes >= 0 AND minutes <= 1440", "minutes"),
    )

    log_id: Mapped[int] = mapped_column(ForeignKey("activity_log.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    is_volunteer: Mapped[bool] = mapped_column(default=False)
    minutes: Mapped[int] = mapped_column(default=0)
    # The officer stated that the person is in none of the entry's public photos: no consent is needed for them.
    not_pictured: Mapped[bool] = mapped_column(default=False, server_default=false())

    log: Mapped[ActivityLog] = relationship(back_populates="participants", lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class ActivityMaterial(Base):
    """Something handed out or put up, with its count: 200 leaflets, 3 banners."""

    __tablename__ = "activity_material"
    __table_args__ = (CheckConstraint("count > 0", "count"),)

    log_id: Mapped[int] = mapped_column(ForeignKey("activity_log.id"), index=True)
    name: Mapped[str]
    count: Mapped[int]

    log: Mapped[ActivityLog] = relationship(back_populates="materials", lazy="raise_on_sql")


class ActivityPhoto(Base):
    """A photo without EXIF. Public only when the officer says that whoever can be recognised agreed, and only
    while everybody named in the entry agrees to photos or was stated not to be in them (pictured.is_open).
    """

    __tablename__ = "activity_photo"

    public_id: Mapped[PublicId]
    log_id: Mapped[int] = mapped_column(ForeignKey("activity_log.id"), index=True)
    key: Mapped[str]
    thumb_key: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    caption: Mapped[str] = mapped_column(default="")
    is_public: Mapped[bool] = mapped_column(default=False)
    is_title: Mapped[bool] = mapped_column(default=False, server_default=false())  # the story's first picture
    added_at: Mapped[datetime] = mapped_column(default=now)

    log: Mapped[ActivityLog] = relationship(back_populates="photos", lazy="raise_on_sql")


class ActivityRevision(Base):
    """An entry as it stood before an edit: who changed it, when and why."""

    __tablename__ = "activity_revision"
    __table_args__ = (UniqueConstraint("log_id", "number"),)

    log_id: Mapped[int] = mapped_column(ForeignKey("activity_log.id"))
    number: Mapped[int]
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(default="")
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    replaced_at: Mapped[datetime] = mapped_column(default=now)

    editor: Mapped[Person | None] = relationship(lazy="raise_on_sql")
