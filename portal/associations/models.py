"""Associations form a tree; each has groups. A path of ids makes "this and all below" one comparison."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.calendar import now
from portal.core.database import Base, Bytewise, PublicId
from portal.core.i18n import lazy, lazy_pgettext
from portal.core.labels import Labelled


class Level(Labelled):
    """Where an association stands in the tree."""

    FEDERATION = "federation", lazy("Federation")
    TOWN = "town", lazy("Street or town")
    GRASSROOTS = "grassroots", lazy("Grass-roots association")


class Formation(Labelled):
    """How a grass-roots association is formed: alone, several units together, or attached to a community's."""

    INDEPENDENT = "independent", lazy_pgettext("formation", "Independent")
    JOINT = "joint", lazy_pgettext("formation", "Joint")
    AFFILIATED = "affiliated", lazy_pgettext("formation", "Affiliated")


class Association(Base):
    """An association of the tree: a federation, a street's or town's, or a grass-roots one.

    `code` stands in addresses. `path` is the ids from the root to itself, "1/5/27/": an association and all
    below it are those whose path begins with its own. Archived ones can be read, not written.
    """

    __tablename__ = "association"
    __table_args__ = (CheckConstraint("parent_id <> id", "not_its_own_parent"),)

    public_id: Mapped[PublicId]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    short_name: Mapped[str] = mapped_column(default="")
    level: Mapped[str]
    formation: Mapped[str | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("association.id"), index=True)
    path: Mapped[str] = mapped_column(Bytewise, default="", index=True)
    time_zone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    introduction: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    office_hours: Mapped[str] = mapped_column(default="")
    founded_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    archived_on: Mapped[date | None]
    # What its seal says on certificates, as print; left empty, its name.
    seal_text: Mapped[str] = mapped_column(default="", server_default="")
    # Activities are shown in public only once somebody else than the recorder has looked through them.
    reviews_stories: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Of the root, for the whole tree: a notice is published only once another officer has read it.
    reviews_notices: Mapped[bool] = mapped_column(default=False, server_default=false())

    parent: Mapped[Association | None] = relationship(remote_side="Association.id", lazy="raise_on_sql")

    ancestors: tuple[Association, ...] = ()  # from the root down, filled by queries.get_association

    @property
    def contact(self) -> str:
        """Whom to ask: its name, and its phone where one is known."""
        return " ".join(filter(None, (self.name, self.phone)))

    @property
    def is_archived(self) -> bool:
        return self.archived_on is not None

    @property
    def is_attached(self) -> bool:
        """A 挂靠式 association stands below the grass-roots association to which it is attached."""
        return self.formation == Formation.AFFILIATED

    @property
    def display_name(self) -> str:
        return self.short_name or self.name

    @property
    def level_label(self) -> str:
        return Level(self.level).label

    @property
    def formation_label(self) -> str:
        return Formation(self.formation).label if self.formation else ""

    @property
    def path_ids(self) -> list[int]:
        return [int(part) for part in self.path.split("/") if part]

    def contains(self, other: Association) -> bool:
        """Whether `other` is this association or below it."""
        return bool(self.path) and other.path.startswith(self.path)


class Listed(Base):
    """Something of a list that an association keeps in its own order. Of those in use each has a name of its own."""

    __abstract__ = True

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # whoever keeps the list
    name: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    ended_on: Mapped[date | None]


class Group(Listed):
    """A group of an association, with a leader (an appointment)."""

    __tablename__ = "association_group"
    __table_args__ = (
        Index(
            "uq_association_group_live_name",
            "association_id",
            "name",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
    )

    area: Mapped[str] = mapped_column(default="")  # the houses, lanes or firms it covers
    created_at: Mapped[datetime] = mapped_column(default=now)

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
