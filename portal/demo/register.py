"""The register of the demonstration: members and volunteers of each association, with their consents."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from portal.core import search
from portal.core.encryption import blind_index
from portal.core.identity import demo_identity
from portal.demo.batch import Batch
from portal.demo.cast import Role, cast_at
from portal.demo.chance import seeded
from portal.demo.days import office_hour
from portal.demo.names import Invented, crowd
from portal.demo.places import Place, places
from portal.members.models import EndReason, Membership, MembershipKind, MembershipStay, NumberCounter
from portal.members.services import FIRST_KINDS
from portal.people.models import Affiliation, AffiliationKind, Consent, ConsentPurpose, Person, person_gram

VOLUNTEERS = 307  # of the street, and of the town
OUTSIDERS = 0.3  # the share of volunteers who are no members
WITH_NUMBER = 0.55  # members whose identity number is recorded; of volunteers and officers it always is
WITHOUT_PHONE = 0.03
# Those who were there from the start, among them everybody who ever held an office: at least so many.
FOUNDERS, FOUNDERS_SHARE, FOUNDERS_DAYS = 28, 0.35, 2000
LEFT = 2  # members of each association who have left
UPPER = 20  # people from whom the officers of street, town and district come
CONSENTS = {ConsentPurpose.PUBLIC_NAME: 0.35, ConsentPurpose.PHOTO: 0.45, ConsentPurpose.PUBLIC_ROSTER: 0.1}
TWICE = ("wh-01", "wh-02", "wh-05")  # where a member was entered a second time as a volunteer
# What the membership of one person who was never suspended leaves empty.
PLAIN = {"organisation_name": "", "suspended_on": None, "suspension_reason": "", "end_note": ""}
# Coprime to 100,000,000: every serial gives another number, and neighbours look unlike each other.
PHONE_STEP, PHONE_START = 48_271_003, 31_415_926


@dataclass(slots=True)
class Known:
    """A person of the register, as far as the rest of the demonstration asks."""

    id: int
    who: Invented
    since: date
    group: int | None
    role: Role | None = None
    volunteer_since: date | None = None

    def age_on(self, day: date) -> int:
        return day.year - self.who.birth_on.year


@dataclass(frozen=True, slots=True)
class Tenure:
    """Somebody in a position, at the whole association or at a group, up to a day or until further notice."""

    known: Known
    position: str
    group: int | None
    start_on: date
    end_on: date | None

    def covers(self, day: date) -> bool:
        return self.start_on <= day and (self.end_on is None or day <= self.end_on)


@dataclass(slots=True)
class Local:
    """An association with everybody it knows."""

    place: Place
    id: int
    group_ids: list[int]
    members: list[Known] = field(default_factory=list)
    volunteers: list[Known] = field(default_factory=list)
    tenures: list[Tenure] = field(default_factory=list)
    memberships: int = 0

    def officers_on(self, day: date) -> dict[str, Known]:
        """The council of the day, by position."""
        return {one.position: one.known for one in self.tenures if one.group is None and one.covers(day)}

    def leaders_on(self, day: date) -> dict[int, Known]:
        """The group leaders of the day, by the number of the group."""
        return {one.group: one.known for one in self.tenures if one.group is not None and one.covers(day)}

    def group_id(self, number: int | None) -> int | None:
        return None if number is None else self.group_ids[number]


def volunteer_shares(top: str) -> dict[str, int]:
    """How many of the 307 each association of a street or town has, by its members; they add up exactly."""
    below = [place for place in places() if place.members and place.top == top]
    total = sum(place.members for place in below)
    bounds = [0]
    for place in below:
        bounds.append(bounds[-1] + place.members)
    ends = [round(VOLUNTEERS * bound / total) for bound in bounds]
    return {place.code: ends[n + 1] - ends[n] for n, place in enumerate(below)}


class Register:
    """Adds people to the batch."""

    def __init__(self, batch: Batch, today: date) -> None:
        self.batch = batch
        self.today = today
        self._serials: Iterator[int] = count()
        self._shares = volunteer_shares("wh") | volunteer_shares("lx")

    def begin_kinds(self, root_id: int) -> None:
        """The kinds of membership of the federation; the first is the one of the many."""
        self.kind_ids = [
            self.batch.add(
                MembershipKind,
                association_id=root_id,
                name=name,
                holder=holder.value,
                position=position,
                is_open=position < len(FIRST_KINDS) - 1,
            )
            for position, (name, holder) in enumerate(FIRST_KINDS)
        ]

    def fill(self, local: Local) -> None:
        """Everybody whom this association knows; of those above the grass roots only their officers-to-be."""
        place, chance = local.place, seeded("register", local.place.code)
        people = crowd(place.code, (place.members or UPPER) + LEFT + self._shares.get(place.code, 0), self.today)
        for number in range(place.members or UPPER):
            role = self._role(place, number)
            group = (role.group if role else None) if place.members == 0 else self._group(local, role, number)
            founder = role is not None or number < max(FOUNDERS, place.members * FOUNDERS_SHARE)
            known = self._add(local, role.who if role else next(people), chance, group, role, founder)
            local.members.append(known)
            if place.members:
                self._join(local, known)
        if place.members:
            self._add_those_who_left(local, people, chance)
            self._count(local)
            self._add_volunteers(local, people, chance)

    def _role(self, place: Place, number: int) -> Role | None:
        roles = [role for role in cast_at(place.code) if role.role != "volunteer"]
        return roles[number] if number < len(roles) else None

    def _group(self, local: Local, role: Role | None, number: int) -> int:
        return role.group if role and role.group is not None else number % len(local.group_ids)

    def _add_those_who_left(self, local: Local, people: Iterator[Invented], chance: random.Random) -> None:
        for number in range(LEFT):
            known = self._add(local, next(people), chance, self._group(local, None, number), None)
            left = known.since + timedelta(days=chance.randrange(1, max(2, (self.today - known.since).days - 5)))
            self._join(local, known, left)

    def _add_volunteers(self, local: Local, people: Iterator[Invented], chance: random.Random) -> None:
        """Some are members, some are not; all are registered with their identity number."""
        wanted = self._shares[local.place.code]
        roles = [role for role in cast_at(local.place.code) if role.role == "volunteer"]
        outside = max(len(roles), round(wanted * OUTSIDERS))
        found = chance.sample(local.members, wanted - outside)
        twin = self._entered_twice(local, {known.id for known in found})
        for number in range(outside):
            role = roles[number] if number < len(roles) else None
            group = self._group(local, role, number)
            who = role.who if role else twin.who if twin and number == outside - 1 else next(people)
            found.append(self._add(local, who, chance, group, role))
        for known in found:
            days = (self.today - known.since).days
            known.volunteer_since = known.since + timedelta(days=chance.randrange(max(1, days // 2)))
            local.volunteers.append(known)
            self._affiliate(local, known, AffiliationKind.VOLUNTEER, known.volunteer_since)
            self.give_number(known)

    def _entered_twice(self, local: Local, volunteers: set[int]) -> Known | None:
        """A member whom the volunteers' list entered again: the queue of duplicates has a pair to show."""
        if local.place.code not in TWICE:
            return None
        others = [known for known in local.members if known.role is None and known.id not in volunteers]
        return next(one for one in others if self.batch.row(Person, one.id)["identity_number"] is None)

    def _add(
        self,
        local: Local,
        who: Invented,
        chance: random.Random,
        group: int | None,
        role: Role | None,
        founder: bool = False,
    ) -> Known:
        days = FOUNDERS_DAYS + chance.randrange(1400) if founder else self._days_ago(chance)
        since = self.today - timedelta(days=days)
        place, phone = local.place, role.phone if role else self._phone(chance)
        numbered = role is not None or chance.random() < WITH_NUMBER
        person_id = self.batch.add(
            Person,
            name=who.name,
            sort_key=search.sort_key(who.name),
            sex=who.sex,
            birth_on=who.birth_on,
            **self._identity(who if numbered else None),
            phone=phone,
            phone_index=blind_index(phone, "phone") if phone else None,
            phone_last4=phone[-4:] if phone else None,
            residence=f"{place.short}{place.area(group or 0)}" if place.members else place.short,
            created_at=office_hour(since, chance),
        )
        self._file(person_id, who.name)
        self._consents(person_id, since, chance)
        return Known(person_id, who, since, group, role)

    def _days_ago(self, chance: random.Random) -> int:
        """Most joined long ago, a few this month."""
        return 3 + int(3400 * (1 - chance.random() ** 1.6))

    def _phone(self, chance: random.Random) -> str | None:
        if chance.random() < WITHOUT_PHONE:
            return None
        return f"154{(next(self._serials) * PHONE_STEP + PHONE_START) % 10**8:08d}"

    def _identity(self, who: Invented | None) -> dict[str, str | None]:
        number = demo_identity(next(self._serials), who.birth_on, who.sex) if who else None
        return {
            "identity_number": number,
            "identity_index": blind_index(number, "identity") if number else None,
            "identity_last4": number[-4:] if number else None,
        }

    def give_number(self, known: Known) -> None:
        """Record the identity number of somebody whose task asks for one, if it is not there yet."""
        row = self.batch.row(Person, known.id)
        if row["identity_number"] is None:
            row.update(self._identity(known.who))

    def _file(self, person_id: int, name: str) -> None:
        key = self._sort_key(person_id)
        rows = self.batch.rows[person_gram.name]
        rows.extend(
            {"gram": gram, "sort_key": key, "person_id": person_id} for gram in sorted(search.name_grams(name))
        )

    def _sort_key(self, person_id: int) -> str:
        return str(self.batch.row(Person, person_id)["sort_key"])

    def _consents(self, person_id: int, since: date, chance: random.Random) -> None:
        given = [ConsentPurpose.REGISTER, *(p for p, share in CONSENTS.items() if chance.random() < share)]
        for purpose in given:
            self.batch.add(
                Consent,
                person_id=person_id,
                purpose=purpose,
                notice_version=1,
                given_at=office_hour(since, chance),
                given_by="paper",
            )

    def _join(self, local: Local, known: Known, left: date | None = None) -> None:
        """A membership with its number, the stay it begins with, and the record that the association holds."""
        local.memberships += 1
        group_id = local.group_id(known.group)
        membership_id = self.batch.add(
            Membership,
            number=f"{local.place.code.upper()}-{local.memberships:05}",
            kind_id=self.kind_ids[0],
            person_id=known.id,
            sort_key=self._sort_key(known.id),
            association_id=local.id,
            group_id=group_id,
            joined_on=known.since,
            ended_on=left,
            end_reason=EndReason.MOVED_AWAY.value if left else None,
            **PLAIN,
        )
        self.batch.add(
            MembershipStay,
            membership_id=membership_id,
            association_id=local.id,
            group_id=group_id,
            start_on=known.since,
            end_on=left,
        )
        self._affiliate(local, known, AffiliationKind.MEMBER, known.since, left)

    def _count(self, local: Local) -> None:
        """The counter stands at the last number given."""
        self.batch.add(NumberCounter, stem=f"{local.place.code.upper()}-{{serial}}", last=local.memberships)

    def _affiliate(
        self, local: Local, known: Known, kind: AffiliationKind, start_on: date, end_on: date | None = None
    ) -> None:
        self.batch.add(
            Affiliation,
            person_id=known.id,
            association_id=local.id,
            group_id=local.group_id(known.group),
            kind=kind,
            start_on=start_on,
            end_on=end_on,
        )
