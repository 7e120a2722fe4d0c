"""What volunteers did, written past the portal: a roster, activities with sessions, who came, and their hours.

Every association has a hundred volunteers and as many activities as the size asks for, spread over three years; of
the last one of each association the hours wait for approval.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.benchmarks.crowd import PER_ASSOCIATION, STAMP, Crowd, Rows

FIRST_DAY, DAYS = date(2023, 11, 6), 1_100
MINUTES = 120
SKILLS = ("急救", "理发", "水电维修", "书法写春联", "摄影摄像", "手语", "驾驶", "组织协调")
PARTS = ("morning", "afternoon", "evening")
TITLE, PLACE, CONTENT = "河边清洁", "望江桥头", "清理河岸，分拣垃圾"


class Served(Crowd):
    """`activities` with so many attendances in all, in associations of a hundred volunteers."""

    def __init__(self, activities: int, attendances: int, each: int = 100) -> None:
        super().__init__(max(1, activities // each) * PER_ASSOCIATION)
        self.activities = activities
        self.each = -(-activities // self.grassroots)
        self.came = min(attendances // activities, PER_ASSOCIATION)

    def place_of(self, activity_id: int) -> int:
        return self.first_grassroots() + (activity_id - 1) // self.each

    def day_of(self, activity_id: int) -> date:
        return FIRST_DAY + timedelta(days=(activity_id - 1) % self.each * DAYS // self.each)

    def is_last(self, activity_id: int) -> bool:
        return activity_id % self.each == 0 or activity_id == self.activities

    def person_of(self, activity_id: int, number: int) -> int:
        """Half of an association's volunteers or so come to each, others each time."""
        first = (self.place_of(activity_id) - self.first_grassroots()) * PER_ASSOCIATION
        return first + (activity_id * 7 + number) % PER_ASSOCIATION + 1

    def skills(self) -> Rows:
        for row_id, name in enumerate(SKILLS, 1):
            yield (row_id, f"s{row_id:011}", 1, "skill", name, row_id)

    def volunteers(self) -> Rows:
        for row_id in range(1, self.size + 1):
            place, key = self.association_of(row_id), self.named(row_id).sort_key
            yield (row_id, f"v{row_id:011}", row_id, place, key, "2022-01-10", "2027-12-31", "", STAMP)

    def held_as_volunteers(self) -> Rows:
        for row_id in range(1, self.size + 1):
            yield (self.size + row_id, row_id, self.association_of(row_id), "volunteer", "2022-01-10")

    def abilities(self) -> Rows:
        for row_id in range(1, self.size + 1):
            yield (row_id, row_id, row_id * 31 % len(SKILLS) + 1)

    def times(self) -> Rows:
        for row_id in range(1, self.size + 1):
            yield (row_id, row_id, row_id * 13 % 7, PARTS[row_id % 3])

    def planned(self) -> Rows:
        for row_id in range(1, self.activities + 1):
            day = self.day_of(row_id)
            yield (
                row_id, f"a{row_id:011}", self.place_of(row_id), "service", TITLE, day.isoformat(), "", PLACE,
                CONTENT, f"{day} 04:00:00", f"{day - timedelta(days=9)} 01:00:00", "", f"{day} 09:00:00", STAMP,
            )  # fmt: skip

    def sessions(self) -> Rows:
        for row_id in range(1, self.activities + 1):
            day = self.day_of(row_id)
            yield (
                row_id, f"e{row_id:011}", row_id, self.place_of(row_id), f"{day} 02:00:00", f"{day} 04:00:00",
                f"{day} 01:00:00", PLACE, CONTENT, "", "", "", "", "", 0, False, "", STAMP,
            )  # fmt: skip

    def needs(self) -> Rows:
        for row_id in range(1, self.activities + 1):
            yield (row_id, f"n{row_id:011}", row_id, max(1, self.came), self.came)

    def sign_ups(self) -> Rows:
        row_id = 0
        for activity_id in range(1, self.activities + 1):
            day, place = self.day_of(activity_id), self.place_of(activity_id)
            for number in range(self.came):
                row_id += 1
                yield (
                    row_id, f"u{row_id:011}", activity_id, activity_id, place, self.person_of(activity_id, number),
                    "", "completed", "", f"{day} 00:30:00", False, f"{day} 02:00:00", f"{day} 04:00:00", "",
                )  # fmt: skip

    def entries(self) -> Rows:
        row_id = 0
        for activity_id in range(1, self.activities + 1):
            day, place = self.day_of(activity_id), self.place_of(activity_id)
            for number in range(self.came):
                row_id += 1
                yield (
                    row_id, f"h{row_id:011}", self.person_of(activity_id, number), place, activity_id, "service",
                    day.isoformat(), TITLE, PLACE, CONTENT, "黄淑兰", f"{day} 09:00:00", "",
                )  # fmt: skip

    def revisions(self) -> Rows:
        row_id = 0
        for activity_id in range(1, self.activities + 1):
            place, waits = self.place_of(activity_id), self.is_last(activity_id)
            at = datetime.combine(self.day_of(activity_id), datetime.min.time()).isoformat(" ")
            for _number in range(self.came):
                row_id += 1
                yield (
                    row_id, f"r{row_id:011}", row_id, place, 1, MINUTES, "scanned", "", at,
                    "pending" if waits else "approved", None if waits else at, "",
                )  # fmt: skip

    def tables(self):  # type: ignore[no-untyped-def]
        """Those of the crowd, then what its volunteers did."""
        yield from super().tables()
        yield "affiliation", "id, person_id, association_id, kind, start_on", self.held_as_volunteers()
        yield "volunteer_skill", "id, public_id, association_id, kind, name, position", self.skills()
        yield (
            "volunteer",
            "id, public_id, person_id, association_id, sort_key, started_on, term_end_on, note, created_at",
            self.volunteers(),
        )
        yield "volunteer_ability", "id, volunteer_id, skill_id", self.abilities()
        yield "volunteer_time", "id, volunteer_id, weekday, part", self.times()
        yield (
            "activity",
            "id, public_id, association_id, kind, title, planned_on, festival, place, content, ends_at, opened_at,"
            " cancel_reason, logged_at, created_at",
            self.planned(),
        )
        yield (
            "activity_session",
            "id, public_id, activity_id, association_id, starts_at, ends_at, deadline_at, place, content, conditions,"
            " risks, safeguards, contact_name, contact_phone, min_people, own_only, cancel_reason, created_at",
            self.sessions(),
        )
        yield "session_need", "id, public_id, session_id, wanted, taken", self.needs()
        yield (
            "sign_up",
            "id, public_id, session_id, need_id, association_id, person_id, guest_name, state, clash_reason,"
            " signed_up_at, is_late, in_at, out_at, review",
            self.sign_ups(),
        )
        yield (
            "hours_entry",
            "id, public_id, person_id, association_id, session_id, category, held_on, title, place, content,"
            " in_charge, created_at, void_reason",
            self.entries(),
        )
        yield (
            "hours_revision",
            "id, public_id, entry_id, association_id, number, minutes, origin, reason, recorded_at, state,"
            " decided_at, decision_reason",
            self.revisions(),
        )
