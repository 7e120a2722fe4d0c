"""Terms, officers and group leaders of each association: the present council and the one before."""

from __future__ import annotations

import random
from datetime import date, timedelta

from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import TERM_YEARS, moment, term_start, years_later
from portal.demo.register import FOUNDERS_DAYS, Known, Local, Register, Tenure
from portal.offices.models import Appointment, Term
from portal.offices.rights import Position
from portal.people.models import Affiliation, AffiliationKind

COUNCIL = (
    Position.CHAIR,
    Position.VICE_CHAIR,
    Position.SECRETARY,
    Position.TREASURER,
    Position.VOLUNTEER_COORDINATOR,
    Position.PUBLISHER,
    Position.SUPERVISOR,
)
# Those whose task reaches below: they see to the associations of their street, town or district.
REACHING = (Position.CHAIR, Position.SECRETARY, Position.ADMINISTRATOR)
TERM_NAMES = ("第一届", "第二届", "第三届")
REELECTED = 0.5
SHOWN = 0.8


class Elections:
    """Adds terms and appointments to the batch, and remembers who holds what."""

    def __init__(self, batch: Batch, register: Register, today: date) -> None:
        self.batch = batch
        self.register = register
        self.today = today

    def hold(self, local: Local) -> None:
        """Three terms; the present council and group leaders in every position, and those before them."""
        chance = seeded("election", local.place.code)
        start = self._start(local, chance)
        terms = self._terms(local, start)
        free = self._candidates(local, start, chance)
        for position in self._positions(local):
            known = self._cast(local, position) or free.pop()
            self._elect(local, Tenure(known, position, None, start, None), terms, free, chance)
        for number in range(len(local.group_ids)):
            known = self._cast(local, Position.GROUP_LEADER, number) or free.pop(_of_group(free, number))
            self._elect(local, Tenure(known, Position.GROUP_LEADER, number, start, None), terms, free, chance)

    def _elect(self, local: Local, now: Tenure, terms: list[int], free: list[Known], chance: random.Random) -> None:
        """The present holder, and before that the same one, re-elected, or another."""
        if chance.random() < REELECTED:
            known = now.known
        else:
            known = free.pop(0 if now.group is None else _of_group(free, now.group))
        ended, former = now.start_on - timedelta(days=1), years_later(now.start_on, -TERM_YEARS)
        self._appoint(local, Tenure(known, now.position, now.group, former, ended), terms[-2], chance)
        self._appoint(local, now, terms[-1], chance)

    def _positions(self, local: Local) -> list[Position]:
        return [*COUNCIL, Position.ADMINISTRATOR] if local.place.parent is None else list(COUNCIL)

    def _start(self, local: Local, chance: random.Random) -> date:
        """The grass roots elect in the weeks before their street or town does."""
        return term_start(self.today) - timedelta(days=chance.randrange(10, 60) if local.place.members else 0)

    def _terms(self, local: Local, start: date) -> list[int]:
        count = len(TERM_NAMES)
        starts = [years_later(start, TERM_YEARS * (number - count + 1)) for number in range(count + 1)]
        return [
            self.batch.add(
                Term,
                association_id=local.id,
                name=name,
                start_on=starts[number],
                end_on=starts[number + 1] - timedelta(days=1),
            )
            for number, name in enumerate(TERM_NAMES)
        ]

    def _candidates(self, local: Local, start: date, chance: random.Random) -> list[Known]:
        """Founders who are not cast; those between 30 and 68 come last, and are taken from the end."""
        founded = self.today - timedelta(days=FOUNDERS_DAYS)
        able = [known for known in local.members if known.role is None and known.since <= founded]
        chance.shuffle(able)
        return sorted(able, key=lambda known: 30 <= known.age_on(start) <= 68)

    def _cast(self, local: Local, position: str, group: int | None = None) -> Known | None:
        for known in local.members:
            if known.role and known.role.role == position and group in (None, known.group):
                return known
        return None

    def _appoint(self, local: Local, tenure: Tenure, term: int, chance: random.Random) -> None:
        """The appointment, the affiliation that it needs, and the number that is kept of officers."""
        held = {
            "person_id": tenure.known.id,
            "association_id": local.id,
            "group_id": local.group_id(tenure.group),
            "start_on": tenure.start_on,
            "end_on": tenure.end_on,
        }
        self.batch.add(
            Appointment,
            **held,
            term_id=term,
            position=str(tenure.position),
            covers_subtree=tenure.position in REACHING and not local.place.members,
            is_public=tenure.known.role is not None or chance.random() < SHOWN,
            created_at=moment(tenure.start_on, 16),
            created_by=None,
        )
        self.batch.add(Affiliation, **held, kind=AffiliationKind.OFFICER)
        local.tenures.append(tenure)
        self.register.give_number(tenure.known)


def _of_group(free: list[Known], number: int) -> int:
    """Whom to take for a group: the last of its own members, else the last of all."""
    return max((at for at, known in enumerate(free) if known.group == number), default=len(free) - 1)
