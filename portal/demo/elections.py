"""Terms, officers and group leaders of each association: the present council and the one before."""

from __future__ import annotations

import random
from datetime import date, timedelta

from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import TERM_YEARS, moment, term_start, years_later
from portal.demo.register import Known, Local, Register
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
REELECTED = 0.4
SHOWN = 0.8


class Elections:
    """Adds terms and appointments to the batch, and remembers who holds what."""

    def __init__(self, batch: Batch, register: Register, today: date) -> None:
        self.batch = batch
        self.register = register
        self.today = today

    def hold(self, local: Local) -> None:
        """Three terms; the present council in every position, the former one, and the group leaders."""
        chance = seeded("election", local.place.code)
        start = self._start(local, chance)
        terms = self._terms(local, start)
        free = self._candidates(local, start, chance)
        former = years_later(start, -TERM_YEARS)
        for position in self._positions(local):
            known = self._cast(local, position) or free.pop()
            local.officers[position] = known
            self._appoint(local, known, position, start, terms[-1], chance)
            before = known if chance.random() < REELECTED else free.pop()
            ended = start - timedelta(days=1)
            self._appoint(local, before, position, former, terms[-2], chance, end_on=ended)
        for number in range(len(local.group_ids)):
            self._lead(local, number, start, terms[-1], free, chance)

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
        """Members between 30 and 68 on the day of the election who are not cast for anything else."""
        able = [known for known in local.members if known.role is None and 30 <= known.age_on(start) <= 68]
        able += [known for known in local.members if known.role is None and known not in able]
        chance.shuffle(able)
        return sorted(able, key=lambda known: known.age_on(start) > 68 or known.age_on(start) < 30, reverse=True)

    def _cast(self, local: Local, position: str, group: int | None = None) -> Known | None:
        for known in local.members:
            if known.role and known.role.role == position and group in (None, known.group):
                return known
        return None

    def _lead(
        self, local: Local, number: int, start: date, term: int, free: list[Known], chance: random.Random
    ) -> None:
        """A leader for each group, from its own members where one is free."""
        known = self._cast(local, Position.GROUP_LEADER, number)
        if known is None:
            at = max((n for n, other in enumerate(free) if other.group == number), default=len(free) - 1)
            known = free.pop(at)
        local.leaders.append(known)
        self._appoint(local, known, Position.GROUP_LEADER, start, term, chance, group=number)

    def _appoint(
        self,
        local: Local,
        known: Known,
        position: Position,
        start: date,
        term: int,
        chance: random.Random,
        *,
        group: int | None = None,
        end_on: date | None = None,
    ) -> None:
        """The appointment, the affiliation that it needs, and the number that is kept of officers."""
        group_id = local.group_id(group)
        self.batch.add(
            Appointment,
            person_id=known.id,
            association_id=local.id,
            group_id=group_id,
            term_id=term,
            position=position.value,
            covers_subtree=position in REACHING and not local.place.members,
            start_on=start,
            end_on=end_on,
            is_public=chance.random() < SHOWN,
            created_at=moment(start, 16),
            created_by=None,
        )
        self._affiliate(local, known, group_id, start, end_on)
        self.register.give_number(known)

    def _affiliate(self, local: Local, known: Known, group_id: int | None, start: date, end_on: date | None) -> None:
        self.batch.add(
            Affiliation,
            person_id=known.id,
            association_id=local.id,
            group_id=group_id,
            kind=AffiliationKind.OFFICER,
            start_on=start,
            end_on=end_on,
        )
