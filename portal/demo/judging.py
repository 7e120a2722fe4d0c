"""How nominations of the demonstration were judged: reviewers, who keeps out, points, the meeting, public notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any

from portal.commendations.models import Nomination
from portal.core import text
from portal.core.calendar import add_working_days, notice_period_end
from portal.core.database import ALPHABET
from portal.demo.batch import Batch
from portal.demo.chance import public_ids, seeded
from portal.demo.days import moment
from portal.demo.names import crowd
from portal.demo.nominees import Put, Round
from portal.demo.register import Known, Local
from portal.objections.models import NoticePeriod, Objection
from portal.offices.rights import Position
from portal.reviews.models import Review, Reviewer, ReviewScore, SelectionMeeting, Showing

REMARKED = 0.15
SPREAD = 0.09  # how far reviewers differ


@dataclass(frozen=True, slots=True)
class _Sitting:
    """A reviewer with the association to which they belong."""

    id: int
    known: Known
    local: Local


class Judging:
    """Adds reviewers, reviews, meetings and notice periods."""

    def __init__(self, batch: Batch, locals_: dict[str, Local], told: dict[str, Any]) -> None:
        self.batch, self.told, self.chance = batch, told, seeded("judging")
        self.cast = {known.role.phone: (known, local) for local in locals_.values() for known in local.members
                     if known.role}  # fmt: skip
        self.sitting: dict[int, list[_Sitting]] = {}
        self.met: list[tuple[int, Round]] = []

    def ask(self, call: Round, phones: Sequence[str]) -> None:
        """People of the cast review: a reviewer needs an account."""
        asked = moment(call.opens + timedelta(days=2), 10, 5)
        chair = call.local.officers_on(call.opens)[Position.CHAIR].id
        self.sitting[call.id] = [
            _Sitting(
                self.batch.add(Reviewer, call_id=call.id, person_id=self.cast[phone][0].id, asked_at=asked,
                               asked_by_id=chair, ended_at=None),
                *self.cast[phone],
            )
            for phone in phones
        ]  # fmt: skip

    def review(self, call: Round, only: str = "", part: float = 1.0) -> None:
        """Everybody gives points, but where they are kept out; or one of them, for a part of the nominations."""
        for who in self.sitting[call.id]:
            if only and who.known is not self.cast[only][0]:
                continue
            mine = [put for put in call.puts if not _kept_out(who, put, call)]
            for put in mine[: round(len(mine) * part)]:
                self._write(call, who, put)

    def choose(self, call: Round, met: date, present: int) -> None:
        """The meeting takes the best of each category, as many as there are places."""
        for category in call.categories.values():
            rows = sorted((one for one in call.puts if one.category is category), key=_in_rank)
            for position, put in enumerate(rows):
                put.is_chosen = position < category.places
                state = "honoured" if put.is_chosen else "passed_over"
                self.batch.row(Nomination, put.id)["state"] = state
        abstained, against = self.chance.randrange(2), self.chance.randrange(2)
        call.meeting_id = self.batch.add(
            SelectionMeeting, call_id=call.id, number=1, held_on=met, place=call.place, present=present,
            chaired_by=call.local.officers_on(met)[Position.CHAIR].who.name, against=against, abstained=abstained,
            in_favour=present - against - abstained, minutes=self.told["review"]["minutes"], chosen=[],
            recorded_at=moment(met, 16, 45), recorded_by_id=call.local.officers_on(met)[Position.CHAIR].id,
        )  # fmt: skip
        self.met.append((call.meeting_id, call))

    def show(self, call: Round, start: date, decided: date) -> int:
        """On public notice, decided after it as shown."""
        chosen = sorted((one for one in call.puts if one.is_chosen), key=in_order)
        period_id = self.batch.add(
            NoticePeriod, **noticed(call.local, start, decided), title=f"拟表彰名单公示：{call.title}",
            contact=call.contact, **_written(self._body(call, chosen)),
            decision=f"按公示内容予以表彰，共 {len(chosen)} 项。",
        )  # fmt: skip
        self.batch.add(Showing, call_id=call.id, meeting_id=call.meeting_id, period_id=period_id)
        return period_id

    def object(self, period_id: int, call: Round, start: date, decided: date) -> None:
        """Somebody asks how the hours were counted, and is answered before it is decided."""
        said, who = self.told["objection"], next(crowd("praise", 1, start))
        answered = add_working_days(decided, -2)
        self.batch.add(
            Objection, period_id=period_id, reference="".join(self.chance.choices(ALPHABET, k=12)), number=1,
            name=who.name, phone=f"1549{self.chance.randrange(10**7):07d}", in_the_open=False, body=said["says"],
            received_at=moment(add_working_days(start, 1), 20, 15), state="rejected", answer=said["answer"],
            answered_at=moment(answered, 15, 20),
            answered_by_id=call.local.officers_on(answered)[Position.SECRETARY].id,
        )  # fmt: skip

    def finish(self) -> None:
        """What lay before each meeting, with the public ids that the nominations are going to have."""
        rows = self.batch.rows[Nomination.__tablename__]
        ids = public_ids(Nomination.__tablename__, len(rows))
        known = {row["id"]: public_id for row, public_id in zip(rows, ids, strict=True)}
        for meeting_id, call in self.met:
            self.batch.row(SelectionMeeting, meeting_id)["chosen"] = [
                one for category in call.categories.values()
                for one in _ranked([put for put in call.puts if put.category is category], known)
            ]  # fmt: skip

    def _write(self, call: Round, who: _Sitting, put: Put) -> None:
        on = call.closes + timedelta(days=1 + self.chance.randrange(3 if call.key == "special" else 10))
        told = self.told["review"]["remarks"]
        remark = self.chance.choice(told) if self.chance.random() < REMARKED else ""
        at = moment(min(on, call.last), 8 + self.chance.randrange(12), self.chance.randrange(60))
        review_id = self.batch.add(Review, reviewer_id=who.id, nomination_id=put.id, remark=remark, written_at=at)
        total = 0
        for criterion_id, most in call.criteria:
            points = min(most, round(most * (put.merit + self.chance.uniform(-SPREAD, SPREAD))))
            self.batch.add(ReviewScore, review_id=review_id, criterion_id=criterion_id, points=points)
            total += points
        put.points.append(total)

    def _body(self, call: Round, chosen: Sequence[Put]) -> str:
        """As reviews.announcing has it."""
        meeting = self.batch.row(SelectionMeeting, call.meeting_id)
        parts = [
            f"依据：{call.basis}\n\n评选期间：{_long(call.span.start)}至{_long(call.span.end)}。\n\n"
            f"经{_long(meeting['held_on'])}评审会议评定：到会 {meeting['present']} 人，"
            f"赞成 {meeting['in_favour']} 人。"
        ]
        for kind, rows in groupby(chosen, key=lambda one: one.category.kind):
            names = [
                f"- {one.name}" if one.name == one.local.place.name else f"- {one.name}（{one.local.place.name}）"
                for one in rows
            ]
            parts.append(f"## {kind}（{len(names)}）\n\n" + "\n".join(names))
        return "\n\n".join(parts)


def noticed(local: Local, start: date, decided: date) -> dict[str, Any]:
    """A notice period that the chair opened, and decided after its end as shown."""
    chairs = [local.officers_on(day)[Position.CHAIR].id for day in (start, decided)]
    return {
        "association_id": local.id, "matter": "commendation", "start_on": start, "end_on": notice_period_end(start),
        "opened_at": moment(start, 9, 5), "opened_by_id": chairs[0], "decided_at": moment(decided, 10, 30),
        "decided_by_id": chairs[1], "state": "passed",
    }  # fmt: skip


def in_order(put: Put) -> tuple[int, str, int]:
    return put.category.id, put.name, put.id


def _written(body: str) -> dict[str, str]:
    return {"body": body, "html": text.render(body)}


def _mean(put: Put) -> Fraction:
    return Fraction(sum(put.points), len(put.points))


def _in_rank(put: Put) -> tuple[Fraction, str]:
    return -_mean(put), put.name


def _ranked(rows: list[Put], ids: dict[int, str]) -> list[dict[str, Any]]:
    """As reviews.meetings keeps it; equal points share a place."""
    means = sorted((_mean(put) for put in rows), reverse=True)
    return [
        {"nomination": ids[put.id], "rank": means.index(_mean(put)) + 1, "points": round(float(_mean(put)), 2),
         "reviews": len(put.points), "chosen": put.is_chosen, **({"name": put.name} if put.is_chosen else {})}
        for put in sorted(rows, key=_in_rank)
    ]  # fmt: skip


def _kept_out(who: _Sitting, put: Put, call: Round) -> bool:
    """As reviews.conflicts finds it: of the own association, or put forward by themselves."""
    is_own = who.local.id == put.local.id and (call.keeps_own_out or put.known is None)
    return is_own or put.by == who.known.id or put.known is who.known


def _long(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
