"""Volunteers of the demonstration: what each can do and when, letters for every term."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

from portal.associations.models import Association
from portal.core.database import ALPHABET
from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import moment
from portal.demo.register import Known, Local
from portal.members.models import NumberCounter
from portal.offices.rights import Position
from portal.people.models import Person
from portal.verification.codes import LENGTH
from portal.verification.models import VerifiableCode
from portal.volunteers.letters import KIND, VoidReason
from portal.volunteers.models import (
    AppointmentLetter,
    DayPart,
    GroupSkill,
    Skill,
    SkillKind,
    Volunteer,
    VolunteerAbility,
    VolunteerTime,
)
from portal.volunteers.skills import FIRST_SKILLS

ENDING, RENEWED = 0.14, 0.35  # whose term ends with this year; who has a letter of an earlier term too
SKILLS_EACH, INTERESTS_EACH, TIMES_EACH = (0, 1, 1, 1, 2, 2, 3), (1, 1, 2, 2, 3), (1, 2, 2, 3, 4)
# What volunteers of a street are good at, as often as it is found: everybody lends a hand, few are lawyers.
COMMON = {
    "文艺表演": 6, "组织协调": 5, "手工制作": 5, "文字宣传": 4, "电脑手机辅导": 4, "水电维修": 3, "急救": 3,
    "理发": 3, "书法写春联": 3, "驾驶": 3, "家电维修": 2, "摄影摄像": 2, "心理疏导": 1, "法律咨询": 1, "外语": 1,
    "手语": 1,
}  # fmt: skip
# When they have time: weekends, and on working days the retired.
FREE = [(5, "morning"), (5, "afternoon"), (6, "morning"), (6, "afternoon"), (5, "morning"), (6, "morning"),
        (4, "evening"), (2, "morning"), (1, "morning"), (3, "afternoon"), (0, "evening"), (5, "evening")]  # fmt: skip


class Volunteers:
    """Adds what the rosters hold of the volunteers whom the register has put into the batch."""

    def __init__(self, batch: Batch, day: date) -> None:
        self.batch = batch
        self.day = day
        self.chance = seeded("volunteers")
        self.numbers: Counter[str] = Counter()
        self.skills: dict[str, int] = {}

    def begin_skills(self, root_id: int) -> None:
        """The list that every federation begins with."""
        for kind, names in FIRST_SKILLS.items():
            for position, name in enumerate(names):
                row = {"association_id": root_id, "kind": kind.value, "name": name, "position": position}
                self.skills[name] = self.batch.add(Skill, **row, ended_on=None)

    def fill(self, locals_: dict[str, Local]) -> None:
        for local in locals_.values():
            self._groups(local)
            made = [(self._enrol(local, known), known) for known in local.volunteers]
            self._letters(local, made)
        for stem, last in self.numbers.items():
            self.batch.add(NumberCounter, stem=stem, last=last)

    def _groups(self, local: Local) -> None:
        """What each group of the roster is there for."""
        if not local.volunteers:
            return
        names = list(COMMON)
        for number, group_id in enumerate(local.group_ids):
            for name in (names[2 * number % len(names)], names[(2 * number + 1) % len(names)]):
                self.batch.add(GroupSkill, group_id=group_id, skill_id=self.skills[name])

    def _enrol(self, local: Local, known: Known) -> int:
        """Somebody on the roster, with skills, kinds of service and times; of whom the register knows the rest."""
        since = known.volunteer_since
        assert since is not None
        years = 0 if self.chance.random() < ENDING else 1
        volunteer_id = self.batch.add(
            Volunteer,
            person_id=known.id,
            association_id=local.id,
            group_id=local.group_id(known.group),
            sort_key=self.batch.row(Person, known.id)["sort_key"],
            started_on=since,
            term_end_on=date(self.day.year + years, 12, 31),
            ended_on=None,
            end_reason=None,
            note="",
            created_at=moment(since, 10),
        )
        for name in self.offers():
            self.batch.add(VolunteerAbility, volunteer_id=volunteer_id, skill_id=self.skills[name])
        for weekday, part in dict.fromkeys(self.chance.choices(FREE, k=self.chance.choice(TIMES_EACH))):
            self.batch.add(VolunteerTime, volunteer_id=volunteer_id, weekday=weekday, part=DayPart(part).value)
        return volunteer_id

    def offers(self) -> list[str]:
        skills = self.chance.choices(list(COMMON), list(COMMON.values()), k=self.chance.choice(SKILLS_EACH))
        interests = self.chance.choices(FIRST_SKILLS[SkillKind.INTEREST], k=self.chance.choice(INTERESTS_EACH))
        return list(dict.fromkeys([*skills, *interests]))

    def _letters(self, local: Local, made: list[tuple[int, Known]]) -> None:
        """A letter for the present term, for some one of the term before; numbered in the order of the days."""
        begun = date(self.day.year, 1, 6)
        wanted: list[tuple[date, date, int, Known, bool]] = []
        for volunteer_id, known in made:
            since, until = known.volunteer_since or self.day, self.batch.row(Volunteer, volunteer_id)["term_end_on"]
            start = max(since, date(begun.year - (until.year == self.day.year), 1, 6))
            start = min(start, self.day)
            wanted.append((start, until, volunteer_id, known, False))
            if since < start and self.chance.random() < RENEWED:
                before = max(since, date(start.year - 2, 1, 6))
                wanted.append((before, date(start.year - 1, 12, 31), volunteer_id, known, True))
        for start, until, volunteer_id, known, is_void in sorted(wanted, key=lambda one: (one[0], one[2])):
            self._letter(local, start, until, volunteer_id, known, is_void)

    def _letter(self, local: Local, start: date, until: date, volunteer_id: int, known: Known, is_void: bool) -> None:
        stem = f"{local.place.code.upper()}聘字〔{start.year}〕第{{serial}}号"
        self.numbers[stem] += 1
        secretary = local.officers_on(start).get(Position.SECRETARY)
        self.batch.add(
            AppointmentLetter,
            number=stem.replace("{serial}", f"{self.numbers[stem]:06}"),
            volunteer_id=volunteer_id,
            association_id=local.id,
            code_id=self.batch.add(VerifiableCode, code=code(self.chance), kind=KIND, created_at=moment(start, 10)),
            start_on=start,
            end_on=until,
            snapshot={"name": known.who.name, "association": self.batch.row(Association, local.id)["name"]},
            issued_on=start,
            issued_by_id=secretary.id if secretary else None,
            voided_at=moment(until, 12) if is_void else None,
            void_reason=VoidReason.RENEWED.value if is_void else "",
        )


def code(chance: random.Random) -> str:
    return "".join(chance.choices(ALPHABET, k=LENGTH))
