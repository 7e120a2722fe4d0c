"""The log books of the demonstration: who took part, what was handed out, what was written about it."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from portal.activities.models import ActivityLog, ActivityMaterial, ActivityParticipant
from portal.core.calendar import add_working_days
from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import office_hour
from portal.demo.diary import SHOWCASE, Entry, courses, entries
from portal.demo.register import Known, Local
from portal.offices.rights import Position

SERVING = 0.75  # of those who come to a service day, the share of volunteers
BY_GROUP = 0.22  # entries of one group alone
UNFINISHED_DAYS, UNFINISHED = 10, 0.25  # recent entries that still lack their summary


@dataclass(slots=True)
class Logged:
    """An entry that was written, for the photos."""

    id: int
    local: Local
    entry: Entry
    is_complete: bool


@dataclass(slots=True)
class Logbook:
    """Adds entries to the batch; `locals` are all associations by code."""

    batch: Batch
    locals: dict[str, Local]
    today: date
    logged: list[Logged] = field(default_factory=list)

    def fill(self) -> None:
        for local in self.locals.values():
            for entry in entries(local.place, self.today):
                self._write(local, entry, self._circle(local, entry))
        for code, entry, positions in courses(self.today):
            self._write(
                self.locals[code], entry, self._class(self.locals[code], positions, entry.held_on), whole=True
            )

    def _circle(self, local: Local, entry: Entry) -> list[Known]:
        """Those from whom the people who took part come."""
        if local.place.members == 0:
            below = [other for other in self.locals.values() if other.place.parent == local.place.code]
            return [known for one in (local, *below) for known in one.officers_on(entry.held_on).values()]
        if entry.template.get("leaders"):
            return [*local.officers_on(entry.held_on).values(), *local.leaders_on(entry.held_on).values()]
        return local.members

    def _class(self, host: Local, positions: list[str], day: date) -> list[Known]:
        """Those for whom a course is held: whoever has the position in the host's street."""
        below = [other for other in self.locals.values() if other.place.top == host.place.top]
        return [known for local in below for position in positions for known in _holders(local, position, day)]

    def _write(self, local: Local, entry: Entry, circle: list[Known], whole: bool = False) -> None:
        """One entry; some are of one group alone, unless `whole`."""
        chance, template = seeded("log", entry.seed), entry.template
        common = whole or entry.is_draft or template["kind"] == "meeting" or not local.group_ids
        group = None if common or chance.random() > BY_GROUP else chance.randrange(len(local.group_ids))
        people = self._people(local, entry, circle, group, chance)
        others = _between(template["others"], chance)
        things = [(name, _between((low, high), chance)) for name, low, high in template["things"]]
        is_draft = self._is_draft(local, entry, chance)
        log_id = self.batch.add(
            ActivityLog,
            association_id=local.id,
            group_id=local.group_id(group),
            **{name: template[name] for name in ("kind", "title", "minutes")},
            held_on=entry.held_on,
            place=entry.place,
            others_count=others,
            summary="" if is_draft else _summary(entry, len(people), others, things, chance),
            is_complete=not is_draft,
            is_public=template["kind"] != "visit",
            recorded_by=self._recorder(local, entry, group, chance),
            recorded_at=self._recorded_at(entry, chance),
        )
        self._add_people(log_id, entry, people, chance)
        self._add_things(log_id, things)
        self.logged.append(Logged(log_id, local, entry, not is_draft))

    def _is_draft(self, local: Local, entry: Entry, chance: random.Random) -> bool:
        """Some of the last days' entries still lack their summary; of the showcase only those meant to."""
        recent = (self.today - entry.held_on).days <= UNFINISHED_DAYS
        return entry.is_draft or (recent and local.place.code != SHOWCASE and chance.random() < UNFINISHED)

    def _add_things(self, log_id: int, things: list[tuple[str, int]]) -> None:
        for name, number in things:
            self.batch.add(ActivityMaterial, log_id=log_id, name=name, count=number)

    def _people(
        self, local: Local, entry: Entry, circle: list[Known], group: int | None, chance: random.Random
    ) -> list[Known]:
        """As many as the template says, of those who were there by then; volunteers first on service days."""
        wanted = _between(entry.template["people"], chance)
        pool = [known for known in circle if known.since <= entry.held_on]
        if group is not None and not entry.template.get("leaders"):
            pool = [known for known in pool if known.group == group] or pool
        if entry.template.get("volunteers"):
            ready = [known for known in self._ready(local) if _served(known, entry.held_on)]
            first = chance.sample(ready, min(len(ready), round(wanted * SERVING)))
            taken = {known.id for known in first}
            pool = [known for known in pool if known.id not in taken]
            return first + chance.sample(pool, min(len(pool), wanted - len(first)))
        return chance.sample(pool, min(len(pool), wanted))

    def _ready(self, local: Local) -> list[Known]:
        if local.place.members:
            return local.volunteers
        below = [other for other in self.locals.values() if other.place.parent == local.place.code]
        return [known for other in below[::4] for known in other.volunteers]

    def _add_people(self, log_id: int, entry: Entry, people: list[Known], chance: random.Random) -> None:
        """Volunteers with the minutes they served: most stayed to the end, some left half an hour early."""
        serving = bool(entry.template.get("volunteers"))
        for known in sorted(people, key=lambda known: known.id):
            served = serving and _served(known, entry.held_on)
            minutes = entry.template["minutes"] - (30 if chance.random() < 0.15 else 0)
            self.batch.add(
                ActivityParticipant,
                log_id=log_id,
                person_id=known.id,
                is_volunteer=served,
                minutes=minutes if served else 0,
            )

    def _recorder(self, local: Local, entry: Entry, group: int | None, chance: random.Random) -> int:
        """The group's leader, the secretary or the publisher of that time."""
        if group is not None and chance.random() < 0.7:
            return local.leaders_on(entry.held_on)[group].id
        return local.officers_on(entry.held_on)[chance.choice((Position.SECRETARY, Position.PUBLISHER))].id

    def _recorded_at(self, entry: Entry, chance: random.Random) -> datetime:
        """Within the ten working days, mostly in the first few."""
        day = add_working_days(entry.held_on, 1 + int(8 * chance.random() ** 2))
        return office_hour(min(day, self.today - timedelta(days=1)), chance)


def _holders(local: Local, position: str, day: date) -> Iterable[Known]:
    """Who has a position on a day; "" stands for the volunteers."""
    if position == "":
        return [known for known in local.volunteers if _served(known, day)]
    if position == Position.GROUP_LEADER:
        return local.leaders_on(day).values()
    return [known for held, known in local.officers_on(day).items() if held == position]


def _served(known: Known, day: date) -> bool:
    return known.volunteer_since is not None and known.volunteer_since <= day


def _between(bounds: Iterable[int], chance: random.Random) -> int:
    return chance.randint(*bounds)


def _summary(entry: Entry, named: int, others: int, things: list[tuple[str, int]], chance: random.Random) -> str:
    text = chance.choice(entry.template["open"]) + chance.choice(entry.template["close"])
    counts = {f"t{number}": count for number, (_, count) in enumerate(things)}
    return str(text.format(n=named, all=named + others, **counts))
