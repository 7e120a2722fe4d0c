"""Requests of the demonstration to borrow volunteers: around one association, one or two in each state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.demo.batch import Batch
from portal.demo.days import moment, working_day_before
from portal.demo.register import Local
from portal.lending.models import LendingRequest, LendingState, LentVolunteer
from portal.offices.rights import Position
from portal.volunteers.models import Skill, Volunteer, VolunteerAbility

HERE = "wh-04"
CAST_SKILL = "电脑手机辅导"  # of the volunteer of the cast, who is asked whether to help elsewhere
ASKED, AGREED, DECLINED, WITHDRAWN = LendingState


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks whom (`HERE` is one of the two) for what, in how many days, and what came of it."""

    other: str
    is_ours: bool
    skill: str
    starts_in: int
    lasts: int
    wanted: int
    occasion: str
    place: str = ""
    state: LendingState = ASKED
    named: tuple[LendingState, ...] = ()
    answer: str = ""
    asked_before: int = 3  # days


EVERY = (
    Request("wh-02", True, "理发", -41, 1, 2, "敬老义剪", "居民活动室", AGREED, (AGREED, AGREED), "", 52),
    Request("wh-06", True, "摄影摄像", -18, 2, 1, "“最美邻里”摄影展", "文化长廊", WITHDRAWN, (), "", 30),
    Request("wh-07", True, "书法写春联", 23, 2, 3, "书画日", "社区广场", AGREED, (AGREED, ASKED, DECLINED), "", 6),
    Request("wh-05", True, "家电维修", 9, 1, 2, "便民服务日", "社区广场", ASKED, (), "", 2),
    Request("wh-08", True, "水电维修", 5, 1, 1, "老楼用水用电排查", "3 号楼院内", DECLINED, (),
            "当天我们自己也有便民服务，抽不出人手，下周可以再约。", 4),
    Request("wh-03", False, "文艺表演", 16, 1, 3, "包饺子联欢", "文化站", ASKED, (), "", 1),
    Request("wh-09", False, CAST_SKILL, 12, 3, 2, "老年人学用手机", "活动中心二楼", AGREED, (ASKED, AGREED), "", 5),
)  # fmt: skip


def fill(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    """After the rosters: whom an association names has the skill that is asked for."""
    skills = {row["name"]: row["id"] for row in batch.rows[Skill.__tablename__]}
    _teach(batch, locals_[HERE], skills[CAST_SKILL])
    able = _able(batch)
    for one in EVERY:
        ours, theirs = locals_[HERE], locals_[one.other]
        borrower, lender = (ours, theirs) if one.is_ours else (theirs, ours)
        skill_id = skills[one.skill]
        _add(batch, one, borrower, lender, skill_id, able.get((lender.id, skill_id), []), day)


def _teach(batch: Batch, local: Local, skill_id: int) -> None:
    """The volunteer of the cast has the skill; the rosters give theirs by chance."""
    known = next(one for one in local.volunteers if one.role)
    row = next(row for row in batch.rows[Volunteer.__tablename__] if row["person_id"] == known.id)
    abilities = batch.rows[VolunteerAbility.__tablename__]
    if not any(one["volunteer_id"] == row["id"] and one["skill_id"] == skill_id for one in abilities):
        batch.add(VolunteerAbility, volunteer_id=row["id"], skill_id=skill_id)


def _able(batch: Batch) -> dict[tuple[int, int], list[int]]:
    """Volunteers by association and skill; whose skill was added last, the cast's, comes first."""
    place = {row["id"]: row["association_id"] for row in batch.rows[Volunteer.__tablename__]}
    found: dict[tuple[int, int], list[int]] = {}
    for row in batch.rows[VolunteerAbility.__tablename__]:
        found.setdefault((place[row["volunteer_id"]], row["skill_id"]), []).append(row["volunteer_id"])
    return {key: ids[::-1] for key, ids in found.items()}


def _add(
    batch: Batch, one: Request, borrower: Local, lender: Local, skill_id: int, able: list[int], day: date
) -> None:
    start = day + timedelta(days=one.starts_in)
    sent = working_day_before(day - timedelta(days=one.asked_before))
    decided = one.state in (AGREED, DECLINED)
    answered = min(day, sent + timedelta(days=1))
    request_id = batch.add(
        LendingRequest,
        association_id=borrower.id,
        lender_id=lender.id,
        skill_id=skill_id,
        wanted=one.wanted,
        occasion=one.occasion,
        place=one.place,
        start_on=start,
        end_on=start + timedelta(days=one.lasts - 1),
        state=one.state.value,
        asked_at=moment(sent, 9, 35),
        asked_by_id=_secretary(borrower, sent),
        decided_at=moment(answered, 10, 20) if decided else None,
        decided_by_id=_secretary(lender, answered) if decided else None,
        answer=one.answer,
    )
    for volunteer_id, state in zip(able, one.named, strict=False):
        said: dict[str, Any] = {"answered_at": None if state == ASKED else moment(answered, 19, 5)}
        batch.add(LentVolunteer, request_id=request_id, volunteer_id=volunteer_id, state=state.value, **said)


def _secretary(local: Local, day: date) -> int | None:
    secretary = local.officers_on(day).get(Position.SECRETARY)
    return secretary.id if secretary else None
