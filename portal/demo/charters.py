"""Charters of the demonstration: one adopted and published, one in its second consultation."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update

from portal.charters.models import (
    Charter,
    CharterAdoption,
    CharterComment,
    CharterDraft,
    CharterParagraph,
    ConsultationRound,
)
from portal.charters.splitting import Piece, split
from portal.core.calendar import next_working_day
from portal.demo.batch import AnySession, Batch
from portal.demo.days import moment
from portal.demo.names import DATA
from portal.demo.register import Local
from portal.notices.models import Notice
from portal.offices.rights import Position

MAIN = "wh-04"
FIGURES = ("entitled", "present", "in_favour", "against", "abstained")
READ_THROUGH = timedelta(minutes=20)


def fill(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    """After the notice board: what was adopted is published there."""
    for told in tomllib.loads((DATA / "charters.toml").read_text("utf-8"))["charter"]:
        _Told(batch, locals_[MAIN], told, day).fill()


def settle(session: AnySession) -> None:
    """After the writing: the drafts stand from nine o'clock of their day on: nothing more is written in them."""
    for draft_id, written_at in session.execute(select(CharterDraft.id, CharterDraft.written_at)).all():
        stands = update(CharterDraft).where(CharterDraft.id == draft_id)
        session.execute(stands.values(settled_at=written_at + READ_THROUGH))


class _Told:
    """One charter on its way."""

    def __init__(self, batch: Batch, local: Local, told: dict[str, Any], day: date) -> None:
        self.batch, self.local, self.told, self.day = batch, local, told, day
        self.secretary = local.officers_on(day)[Position.SECRETARY].id
        self.paragraphs: dict[int, dict[str, int]] = {}  # of each draft, by how they begin

    def fill(self) -> None:
        self.charter_id = self.batch.add(Charter, **self._values())
        text = split(self.told["first"])
        before: dict[str, int] = {}
        drafts = 3 if "met" in self.told else len(self.told["rounds"])
        for number in range(1, drafts + 1):
            text = self._changed(text, number)
            draft_id = self._draft(number, text, before)
            before = self.paragraphs[number]
            if number <= len(self.told["rounds"]):
                self._round(number, draft_id)
            else:
                self._adopt(draft_id)

    def _values(self) -> dict[str, Any]:
        told, notices = self.told, self.batch.rows[Notice.__tablename__]
        notice = next((row for row in notices if row["title"] == told["title"] and told.get("notice")), None)
        met = "met" in told
        return {
            "association_id": self.local.id, "kind": told["kind"], "title": told["title"], "reason": told["reason"],
            "state": "adopted" if met else "second_round", "notice_id": notice["id"] if notice else None,
            "created_at": moment(self._ago(told["rounds"][0][0] + 6), 9, 30), "created_by_id": self.secretary,
            "ended_at": moment(self._met(), 17) if met else None,
        }  # fmt: skip

    def _changed(self, text: list[Piece], number: int) -> list[Piece]:
        found = list(text)
        for begins, body in self.told.get("changes", {}).get(str(number), ()):
            if begins == "+":
                found.append(Piece(body))
            else:
                found = [Piece(body) if piece.body.startswith(begins) else piece for piece in found]
        return found

    def _draft(self, number: int, text: list[Piece], before: dict[str, int]) -> int:
        rounds = self.told["rounds"]
        settled = self._ago(rounds[number - 1][0] if number <= len(rounds) else self.told["settled"])
        note = self.told["notes"][number - 2] if number > 1 else ""
        draft_id = self.batch.add(
            CharterDraft, charter_id=self.charter_id, number=number, note=note, settled_at=None,
            written_by_id=self.secretary, written_at=moment(settled, 8, 40),
        )  # fmt: skip
        self.paragraphs[number] = {
            piece.body[:3]: self.batch.add(
                CharterParagraph, draft_id=draft_id, position=position, is_heading=piece.is_heading, body=piece.body,
                follows_id=before.get(piece.body[:3]),
            )
            for position, piece in enumerate(text, 1)
        }  # fmt: skip
        return draft_id

    def _round(self, number: int, draft_id: int) -> None:
        opens, closes = (self._ago(days) for days in self.told["rounds"][number - 1])
        is_over = closes < self.day
        round_id = self.batch.add(
            ConsultationRound, charter_id=self.charter_id, draft_id=draft_id, number=number, opens_on=opens,
            closes_on=closes, closed_at=moment(closes + timedelta(days=1), 9) if is_over else None,
            opened_by_id=self.secretary,
        )  # fmt: skip
        for at, said in enumerate(self.told["comments"]):
            if said["round"] == number:
                self._comment(round_id, number, at, opens, closes)

    def _comment(self, round_id: int, number: int, at: int, opens: date, closes: date) -> None:
        said, member = self.told["comments"][at], self.local.members[5 + 3 * at]
        answered = "outcome" in said
        self.batch.add(
            CharterComment, round_id=round_id, person_id=member.id, body=said["says"],
            paragraph_id=self.paragraphs[number].get(said.get("article", "")), shows_name=said.get("name", False),
            written_at=moment(opens + timedelta(days=1 + at % 4), 20, 7 * at), outcome=said.get("outcome"),
            answer=said.get("answer", ""), answered_by_id=self.secretary if answered else None,
            answered_at=moment(closes + timedelta(days=2), 14, 5 * at) if answered else None,
        )  # fmt: skip

    def _adopt(self, draft_id: int) -> None:
        told, met = self.told, self._met()
        figures = dict(zip(FIGURES, told["votes"], strict=True))
        chair = self.local.officers_on(met)[Position.CHAIR]
        self.batch.add(
            CharterAdoption, charter_id=self.charter_id, draft_id=draft_id, held_on=met, place=told["place"],
            meeting=told["meeting"], presided_by=chair.who.name, recorded_as=told["recorded_as"], is_adopted=True,
            effective_on=met + timedelta(days=told["effective_in"]), recorded_at=moment(met, 17),
            recorded_by_id=self.secretary, **figures,
        )  # fmt: skip

    def _met(self) -> date:
        return next_working_day(self._ago(self.told["met"]))

    def _ago(self, days: int) -> date:
        return self.day - timedelta(days=days)
