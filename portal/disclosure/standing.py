"""How it stands with disclosure in a whole tree: three questions, whatever the number of associations and duties."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.calendar import working_days_between
from portal.core.database import read
from portal.core.formats import local
from portal.disclosure.models import Disclosure
from portal.disclosure.periods import Asked, asked
from portal.disclosure.queries import DueState, fulfils, list_duties, state_of
from portal.members.queries import root_id
from portal.notices.models import Notice


@dataclass(frozen=True)
class Figures:
    """Of what had to be published by now: how much, how much of it is, and how much is late."""

    owed: int = 0
    late: int = 0

    @property
    def done(self) -> int:
        return self.owed - self.late

    def __add__(self, other: Figures) -> Figures:
        return Figures(self.owed + other.owed, self.late + other.late)


@dataclass(frozen=True)
class Line:
    """What one association owes for one period."""

    code: str
    name: str
    asked: Asked
    state: DueState
    published_on: date | None
    notice_id: str
    index_number: str
    days_late: int  # working days since it was due; 0 if it is not late


class Tree:
    """An association and all below it, on a day."""

    def __init__(self, top: Association, day: date) -> None:
        self.top, self.day = top, day
        self.duties = list_duties(root_id(top), ended=True)
        self.places = read(_places(top)).all()
        self.kept = {(row.association_id, row.duty_id, row.period_on): row for row in read(_kept(top, day))}
        self._first = min((duty.starts_on for duty in self.duties), default=day)
        self._asked: dict[tuple[str, date], list[Asked]] = {}

    def figures(self) -> dict[int, Figures]:
        """What every association had to publish by now, by its id: what is past its day and not met is late."""
        return {place.id: self._figures(place) for place in self.places}

    def children(self) -> list[tuple[Any, Figures, int]]:
        """Each association directly below with all under it, and how many of those are late; the top itself last."""
        depth, figures = len(self.top.path_ids), self.figures()
        sums: dict[int, Figures] = defaultdict(Figures)
        behind: Counter[int] = Counter()
        for place in self.places:
            ids = [int(part) for part in place.path.split("/") if part]
            child = ids[depth] if len(ids) > depth else self.top.id
            sums[child] += figures[place.id]
            behind[child] += figures[place.id].late > 0
        rows = [(place, sums[place.id], behind[place.id]) for place in self.places if place.id in sums]
        return sorted(rows, key=lambda row: row[0].id == self.top.id)

    def lines(self, state: str = "", duty_id: str = "") -> Iterator[Line]:
        """Every duty of every association for every period, the associations in the order of their codes."""
        for place in self.places:
            for one in self._of(place):
                if duty_id and one.duty.public_id != duty_id:
                    continue
                line = self._line(place, one)
                if not state or line.state == state:
                    yield line

    def _figures(self, place: Any) -> Figures:
        past = [one for one in self._of(place) if one.due_on < self.day]
        late = sum((place.id, one.duty.id, one.period_on) not in self.kept for one in past)
        return Figures(len(past), late)

    def punctual(self, first: date, before: date) -> dict[int, Figures]:
        """Of what had its day in a time, by association: how much, and how much was not published by its day."""
        return {place.id: self._punctual(place, first, before) for place in self.places}

    def _punctual(self, place: Any, first: date, before: date) -> Figures:
        past = [one for one in self._of(place) if first <= one.due_on < before]
        late = 0
        for one in past:
            row = self.kept.get((place.id, one.duty.id, one.period_on))
            late += row is None or local(row.published_at, place.time_zone).date() > one.due_on
        return Figures(len(past), late)

    def _line(self, place: Any, one: Asked) -> Line:
        row = self.kept.get((place.id, one.duty.id, one.period_on))
        on = local(row.published_at, place.time_zone).date() if row else None
        state = state_of(one, self.day, is_met=row is not None)
        days = max(1, working_days_between(one.due_on, self.day)) if state == DueState.LATE else 0
        notice, number = (row.public_id, row.index_number or "") if row else ("", "")
        return Line(place.code, place.name, one, state, on, notice, number, days)

    def _of(self, place: Any) -> list[Asked]:
        """What an association is asked for. Those of a level that were there before the calendar are asked alike."""
        key = place.level, max(self._first, local(place.created_at, place.time_zone).date())
        if key not in self._asked:
            duties = [duty for duty in self.duties if duty.level in (None, place.level)]
            self._asked[key] = [one for duty in duties for one in asked(duty, self.day, key[1])]
        return self._asked[key]


def _places(top: Association) -> Any:
    columns = [
        getattr(Association, name) for name in ("id", "code", "name", "level", "path", "time_zone", "created_at")
    ]
    kept = (in_subtree(top.path), Association.archived_on.is_(None))
    return select(*columns).where(*kept).order_by(Association.code)


def _kept(top: Association, day: date) -> Any:
    """What fulfils something, of all associations of the tree."""
    columns = (
        Disclosure.association_id, Disclosure.duty_id, Disclosure.period_on, Notice.public_id, Notice.index_number,
        Notice.published_at,
    )  # fmt: skip
    statement = select(*columns).join(Disclosure.duty).join(Disclosure.notice).where(fulfils(day))
    if top.parent_id is not None:
        statement = statement.where(Disclosure.association_id.in_(select(Association.id).where(in_subtree(top.path))))
    return statement
