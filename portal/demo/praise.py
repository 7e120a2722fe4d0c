"""Commendations of the demonstration: three yearly calls of the street that were decided (96 people, 9 collectives),
an association's own, one of the street under review, and one of the district that takes nominations now.
"""

from __future__ import annotations

import calendar as months
import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Update, update

from portal.commendations.kinds import FIRST_KINDS
from portal.commendations.models import (
    CallCategory,
    CallCriterion,
    CallState,
    CommendationCall,
    CommendationKind,
    Scope,
    Source,
    Suggestion,
)
from portal.core import text
from portal.core.calendar import add_working_days, notice_period_end
from portal.core.database import ALPHABET
from portal.demo.batch import AnySession, Batch
from portal.demo.chance import seeded
from portal.demo.days import moment, working_day_before, years_later
from portal.demo.judging import Judging
from portal.demo.laurels import Laurels
from portal.demo.names import DATA
from portal.demo.nominees import MEMBER, TEAM, UNIT, VOLUNTEER, Category, Nominees, Round
from portal.demo.records import Record, Span
from portal.demo.register import Local
from portal.offices.rights import Position

CHAIR = "优秀会长"
# Of each year of the street: how many members, volunteers, chairs; groups, associations.
PLACES = ((14, 14, 2, 2, 1), (15, 15, 2, 2, 1), (16, 16, 2, 2, 1))
OFFERED = (MEMBER, VOLUNTEER, CHAIR, TEAM, UNIT)
# What a kind asks of the record, and how many one association puts forward.
ASKED: dict[str, dict[str, Any]] = {
    MEMBER: {"per_association": 1, "least_years": 2, "needs_dues": True},
    VOLUNTEER: {"per_association": 2, "least_minutes": 8 * 60},
    CHAIR: {"per_association": 1},
    TEAM: {"per_association": 1},
    UNIT: {"per_association": 1},
}
SINCE, REVIEWED = 4, 3  # days ago: the street's last decision; the end of nominations under review
OPENED, STAYS_OPEN = 9, 21  # days ago, and from now on: the district's call


@dataclass(slots=True)
class Days:
    """The days of a call that was decided on `decided`, counted back from it."""

    decided: date
    start: date = field(init=False)  # of the notice period
    met: date = field(init=False)
    closes: date = field(init=False)
    opens: date = field(init=False)

    def __post_init__(self) -> None:
        self.start = add_working_days(self.decided, -6)
        while notice_period_end(self.start) >= self.decided:
            self.start = add_working_days(self.start, -1)
        self.met = add_working_days(self.start, -2)
        self.closes = self.met - timedelta(days=16)
        self.opens = self.closes - timedelta(days=20)

    @property
    def span(self) -> Span:
        """The twelve months that had ended before it was opened."""
        return twelve_months(self.opens - timedelta(days=12))


def twelve_months(before: date) -> Span:
    """Twelve whole months, the last of them over on the day."""
    end = before.replace(day=1) - timedelta(days=1)
    first = date(end.year - (end.month < 12), end.month % 12 + 1, 1)
    return Span(first, date(end.year, end.month, months.monthrange(end.year, end.month)[1]))


def fill(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    _Praise(batch, locals_, day).fill()


def settle(session: AnySession, day: date) -> None:
    """Once everything is written: the rows of a call are written while it is a draft, as the database has it."""
    session.execute(_moved(CallState.DECIDED).where(CommendationCall.decided_at.is_not(None)))
    left = _moved(CallState.REVIEW).where(CommendationCall.decided_at.is_(None), CommendationCall.closes_on < day)
    session.execute(left)
    session.execute(_moved(CallState.OPEN).where(CommendationCall.closes_on >= day))


def _moved(state: CallState) -> Update:
    return update(CommendationCall).where(CommendationCall.state == CallState.DRAFT).values(state=state)


class _Praise:
    """All that is commended."""

    def __init__(self, batch: Batch, locals_: dict[str, Local], day: date) -> None:
        self.batch, self.locals, self.day, self.chance = batch, locals_, day, seeded("praise")
        self.told = tomllib.loads((DATA / "praise.toml").read_text("utf-8"))
        self.root = next(iter(locals_.values()))
        self.nominees = Nominees(batch, locals_, Record(batch), self.told["reasons"])
        self.judging = Judging(batch, locals_, self.told)
        self.laurels = Laurels(batch, self.root, self.told["revocation"]["reason"], day)

    def fill(self) -> None:
        self.kinds = {name: self._kind(at, name, scope, english)
                      for at, (name, scope, english) in enumerate(FIRST_KINDS)}  # fmt: skip
        decided = working_day_before(self.day - timedelta(days=SINCE))
        for back, places in zip((2, 1, 0), PLACES, strict=True):
            if back == 1:  # in the course of the year before an association commended some of its own
                self._own(Days(working_day_before(years_later(self.day, -1) - timedelta(days=60))))
            on = decided if not back else working_day_before(years_later(decided, -back))
            self._street(Days(on), decided.year - back, places, back)
        self._special()
        self._district()
        self.judging.finish()
        self.laurels.finish()

    def _kind(self, position: int, name: str, scope: Scope, english: str) -> int:
        kept = {"name": name, "position": position, "scope": scope.value, "english": english, "ended_on": None}
        return self.batch.add(CommendationKind, association_id=self.root.id, **kept)

    def _street(self, days: Days, year: int, places: tuple[int, ...], back: int) -> None:
        offered = dict(zip(OFFERED, places, strict=True))
        call = self._call("street", year, days.span, (days.opens, days.closes), offered, days.decided)
        below = [one for one in self.locals.values() if one.place.top == "wh" and one.place.members]
        if back == 1:
            self.nominees.cast(call, below)
        for name in offered:
            self.nominees.put_forward(call, name, below)
        self.judging.ask(call, ("15400000003", "15400000004", "15400000014", "15400000005"))
        self.judging.review(call)
        self.judging.choose(call, days.met, present=11)
        if back == 1:
            self.nominees.misspell(call)
        period_id = self.judging.show(call, days.start, days.decided)
        if not back:
            self.judging.object(period_id, call, days.start, days.decided)
        self.laurels.give(call, days.decided)

    def _own(self, days: Days) -> None:
        call = self._call("own", days.decided.year, days.span, (days.opens, days.closes), {MEMBER: 2}, days.decided)
        row = self.batch.row(CallCategory, call.categories[MEMBER].id)
        row["per_association"], call.keeps_own_out = 2, False
        self.batch.row(CommendationCall, call.id)["keeps_own_out"] = False
        self.nominees.put_forward(call, MEMBER, [call.local], each=3)
        self.judging.ask(call, ("15400000006", "15400000007", "15400000008"))
        self.judging.review(call)
        self.judging.choose(call, days.met, present=9)
        self.judging.show(call, days.start, days.decided)
        self.laurels.give(call, days.decided)
        self.laurels.revoke(call)

    def _special(self) -> None:
        """Reviewed now: one reviewer has given points, one is kept out of what their own association put forward."""
        closes = working_day_before(self.day - timedelta(days=REVIEWED))
        opens = closes - timedelta(days=25)
        span = twelve_months(opens - timedelta(days=12))
        call = self._call("special", opens.year, span, (opens, closes), {VOLUNTEER: 6, TEAM: 2})
        places = [one for one in self.locals.values() if one.place.top == "wh" and one.place.members][:9]
        self.nominees.put_forward(call, VOLUNTEER, places, each=1, without_consent=1)
        self.nominees.put_forward(call, TEAM, places[2:6])
        self.judging.ask(call, ("15400000003", "15400000005", "15400000012"))
        self.judging.review(call, only="15400000003", part=0.6)

    def _district(self) -> None:
        """Open now: two wait for their own consent, two suggestions for the answer of an association."""
        opens, closes = self.day - timedelta(days=OPENED), self.day + timedelta(days=STAYS_OPEN)
        span = twelve_months(opens - timedelta(days=12))
        call = self._call("district", opens.year, span, (opens, closes), {VOLUNTEER: 20, CHAIR: 6, UNIT: 5})
        some = [one for one in self.locals.values() if one.place.members][:8]
        self.nominees.cast(call, some, has_consent=False)
        self.nominees.put_forward(call, VOLUNTEER, some, each=1, without_consent=2)
        self.nominees.put_forward(call, CHAIR, [self.locals["wh"]], without_consent=1)
        self.nominees.put_forward(call, CHAIR, [self.locals[code] for code in ("lx-01", "lx-05")])
        self.nominees.put_forward(call, UNIT, [self.locals[code] for code in ("wh-04", "lx-02")])
        self.judging.ask(call, ("15400000005", "15400000002", "15400000012"))
        self._suggestions(call)

    def _call(
        self, key: str, year: int, span: Span, taken: tuple[date, date], offered: dict[str, int],
        decided: date | None = None,
    ) -> Round:  # fmt: skip
        """A call, written as a draft and told by its days what it is, with its categories and criteria."""
        told, (opens, closes) = self.told[key], taken
        local, is_open, body = self.locals[told["at"]], key == "district", told["body"].strip()
        written = moment(working_day_before(opens - timedelta(days=3)), 10, 15)
        chair = local.officers_on(opens)[Position.CHAIR].id
        body, title = (words.replace("{year}", str(year)) for words in (body, told["title"]))
        call_id = self.batch.add(
            CommendationCall, association_id=local.id, title=title, basis=told["basis"], body=body,
            html=text.render(body), contact=told["contact"], start_on=span.start, end_on=span.end, opens_on=opens,
            closes_on=closes, by_groups=True, by_members=is_open, by_anyone=is_open, keeps_own_out=True,
            state="draft", created_at=written, created_by_id=chair, opened_at=moment(opens, 8, 30),
            decided_at=moment(decided, 10, 30) if decided else None,
        )  # fmt: skip
        return Round(
            id=call_id, key=key, local=local, title=title, basis=told["basis"], contact=told["contact"], span=span,
            opens=opens, closes=min(closes, self.day - timedelta(days=1)), categories=self._rows(call_id, offered),
            criteria=self._criteria(call_id), place=told["place"], last=self.day - timedelta(days=1),
        )  # fmt: skip

    def _rows(self, call_id: int, offered: dict[str, int]) -> dict[str, Category]:
        least = dict.fromkeys(("per_association", "least_minutes", "least_years", "least_led", "least_stars"))
        found = {}
        for position, (name, places) in enumerate(offered.items()):
            asked: dict[str, Any] = {**least, "needs_dues": False, **ASKED[name]}
            if asked["per_association"] is not None:
                asked["per_association"] = min(places, 1 if self._is_once(call_id) else asked["per_association"])
            row_id = self.batch.add(
                CallCategory, call_id=call_id, kind_id=self.kinds[name], position=position, places=places, **asked
            )
            english = next(words for kind, _scope, words in FIRST_KINDS if kind == name)
            scope = next(scope for kind, scope, _words in FIRST_KINDS if kind == name)
            found[name] = Category(row_id, self.kinds[name], name, english, scope.value, places, asked)
        return found

    def _is_once(self, call_id: int) -> bool:
        """Above the street one association puts forward one in each category."""
        return bool(self.batch.row(CommendationCall, call_id)["association_id"] != self.locals["wh"].id)

    def _criteria(self, call_id: int) -> list[tuple[int, int]]:
        return [
            (self.batch.add(CallCriterion, call_id=call_id, position=position, **said), said["points"])
            for position, said in enumerate(self.told["criteria"])
        ]

    def _suggestions(self, call: Round) -> None:
        for number, said in enumerate(self.told["suggestions"]):
            local = self.locals[said["at"]]
            leader = local.leaders_on(self.day)[said["group"] - 1] if "group" in said else None
            self.batch.add(
                Suggestion, reference="".join(self.chance.choices(ALPHABET, k=12)),
                category_id=call.categories[said["kind"]].id, association_id=local.id,
                source=Source.GROUP.value if leader else Source.PUBLIC.value,
                group_id=local.group_ids[said["group"] - 1] if leader else None,
                by_person_id=leader.id if leader else None, name=leader.who.name if leader else said["name"],
                phone=said.get("phone"), nominee=said["nominee"], reason=said["reason"],
                received_at=moment(self.day - timedelta(days=2 + number), 19, 25), state="waiting",
            )  # fmt: skip
