"""The lists that an association keeps in its own order: groups; of a federation, kinds and skills. Never commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy.exc import IntegrityError

from portal.associations import list_queries
from portal.associations.models import Association, Listed
from portal.core.audit import Actor, changed, record
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.core.text import is_blank, printable


class Placed(Protocol):
    """What has a place in an order: what is listed by name, and guides and duties, which have titles."""

    position: Any


Row = TypeVar("Row", bound=Listed)
Ordered = TypeVar("Ordered", bound=Placed)
LONGEST = 20
TAKEN = lazy("Another one has this name.")
TAKEN_BY_NOW = lazy("Another one has this name now: rename that one first.")
NOTHING: Mapping[str, Any] = MappingProxyType({})


def end_of(rows: Sequence[Placed]) -> int:
    """The place of what is added to those in use."""
    return max((row.position for row in rows), default=-1) + 1


def order(actor: Actor | None, action: str, rows: Sequence[Ordered], row: Ordered, *, up: bool) -> None:
    """Change places with the one before or after it; at either end nothing happens."""
    ordered = list(rows)
    here = ordered.index(row)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(ordered):
        return
    ordered[here], ordered[there] = ordered[there], ordered[here]
    for position, each in enumerate(ordered):
        each.position = position
    record(actor, action, row, {"position": [here, there]})


def write(row: Listed, taken: Any, **values: Any) -> None:
    """Two officers may choose the same name in the same moment; the table keeps it single."""
    try:
        with db.session.begin_nested():
            for name, value in values.items():
                setattr(row, name, value)
            db.session.add(row)
    except IntegrityError:
        raise RuleError("name", taken) from None


@dataclass(frozen=True, kw_only=True)
class Kept(Generic[Row]):
    """A list that a federation keeps for all its associations. `room` and `noun` name what happens to it in the audit
    log; by the column `apart` it falls into several, each with its own order and names.
    """

    model: type[Row]
    room: str
    noun: str
    apart: str = ""
    renaming: str = "rename"
    taken: Any = TAKEN
    taken_by_now: Any = TAKEN_BY_NOW

    def add(
        self,
        actor: Actor,
        root: Association,
        name: str,
        fixed: Mapping[str, Any] = NOTHING,
        **values: Any,
    ) -> Row:
        """A new one at the end of the list. What is `fixed` is chosen now and stays, and the audit log names it."""
        row = self.model(association_id=root.id, **fixed)
        row.position = end_of(self.beside(row))
        write(row, self.taken, name=plain(name), **values)
        self._record(actor, "add", row, {"name": row.name, **fixed})
        return row

    def rename(self, actor: Actor, row: Row, name: str, **values: Any) -> None:
        """Another word for the same, wherever it is shown."""
        said = {"name": plain(name), **values}
        before = {field: getattr(row, field) for field in said}
        write(row, self.taken, **said)
        if changes := changed(before, said):
            self._record(actor, self.renaming, row, changes)

    def order(self, actor: Actor, row: Row, *, up: bool) -> None:
        order(actor, f"{self.room}.order_{self.noun}s", self.beside(row), row, up=up)

    def end(self, actor: Actor, row: Row) -> None:
        """It is not chosen any more; what names it goes on."""
        if row.ended_on is not None:
            raise RuleError("", lazy("This has ended already."))
        row.ended_on = today()
        self._record(actor, "end", row, {"name": row.name})

    def restore(self, actor: Actor, row: Row) -> None:
        """It can be chosen again, at the end of the list, unless another has its name by now."""
        if row.ended_on is None:
            raise RuleError("", lazy("This is in use."))
        rows = self.beside(row)
        if any(other.name == row.name for other in rows):
            raise RuleError("", self.taken_by_now)
        row.ended_on, row.position = None, end_of(rows)
        self._record(actor, "restore", row, {"name": row.name})

    def beside(self, row: Row) -> Sequence[Row]:
        """Those in use with which it shares an order."""
        same = [getattr(self.model, self.apart) == getattr(row, self.apart)] if self.apart else []
        return list_queries.in_use(self.model, row.association_id, *same)

    def _record(self, actor: Actor, verb: str, row: Row, changes: dict[str, Any]) -> None:
        record(actor, f"{self.room}.{verb}_{self.noun}", row, changes)


def plain(name: str) -> str:
    """A name on one line, as it is seen. Raises RuleError unless it is one, and short."""
    said = " ".join(printable(name).split())
    if is_blank(said):
        raise RuleError("name", lazy("Enter a name."))
    if len(said) > LONGEST:
        raise RuleError("name", _("At most %(count)s characters", count=LONGEST))
    return said
