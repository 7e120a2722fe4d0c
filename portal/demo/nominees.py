"""Whom the associations of the demonstration put forward, with what the record says of each, and their consent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from portal.commendations.evidence import Facts, TeamFacts
from portal.commendations.models import Nomination, Scope
from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import moment
from portal.demo.records import Record, Span
from portal.demo.register import Known, Local
from portal.members.models import Membership
from portal.offices.rights import Position
from portal.volunteers.models import Volunteer

MEMBER, VOLUNTEER, TEAM, UNIT = "优秀会员", "优秀志愿者", "先进集体", "先进协会"
AT_LEAST = 180  # minutes of whoever is put forward as a volunteer
# Of the cast, who is put forward as what.
CAST = {"15400000010": MEMBER, "15400000011": VOLUNTEER}
NEVER = (Position.CHAIR, Position.VICE_CHAIR, Position.SECRETARY)  # who put forward are not put forward


@dataclass(frozen=True, slots=True)
class Category:
    """A category of a call with what it asks."""

    id: int
    kind_id: int
    kind: str
    english: str
    scope: str
    places: int
    asked: dict[str, Any]


@dataclass(slots=True)
class Put:
    """A nomination; `merit` is how well reviewers think of it."""

    id: int
    category: Category
    local: Local
    known: Known | None
    group_id: int | None
    name: str
    facts: Facts | TeamFacts
    by: int
    merit: float
    points: list[int] = field(default_factory=list)
    is_chosen: bool = False


@dataclass(slots=True, kw_only=True)
class Round:
    """A call of the demonstration on its way."""

    id: int
    key: str
    local: Local
    title: str
    basis: str
    contact: str
    place: str
    span: Span
    opens: date
    closes: date  # the last day on which somebody was put forward
    last: date  # on which anything was done
    categories: dict[str, Category]
    criteria: list[tuple[int, int]]
    keeps_own_out: bool = True
    puts: list[Put] = field(default_factory=list)
    reviewers: dict[int, int] = field(default_factory=dict)  # by person
    meeting_id: int = 0


class Nominees:
    """Adds nominations: of people each once in all calls."""

    def __init__(
        self, batch: Batch, locals_: dict[str, Local], record: Record, reasons: dict[str, list[str]]
    ) -> None:
        self.batch, self.record, self.reasons, self.chance = batch, record, reasons, seeded("nominees")
        self.said = Counter[str]()
        self.used: set[int] = {known.id for local in locals_.values() for known in _everybody(local) if known.role}
        self.there = {
            (row["person_id"], row["association_id"]): row[began]
            for model, began in ((Volunteer, "started_on"), (Membership, "joined_on"))
            for row in batch.rows[model.__tablename__]
            if row["ended_on"] is None and not row.get("suspended_on")
        }

    def cast(self, call: Round, places: Iterable[Local], *, has_consent: bool = True) -> None:
        """Whoever can sign in and is put forward: they see on their own page what became of it."""
        for local in places:
            for known in _everybody(local):
                name = CAST.get(known.role.phone) if known.role else None
                if name in call.categories and self._is_fit(known, local, call, name):
                    category = call.categories[name]
                    self._put(call, category, local, known, has_consent=has_consent)

    def put_forward(
        self, call: Round, name: str, places: Sequence[Local], *, each: int = 0, without_consent: int = 0
    ) -> None:
        """Each association puts forward as many as it may; of chairs and collectives a few associations do."""
        category = call.categories[name]
        each = each or category.asked["per_association"] or 1
        few = {Scope.CHAIR: 5, Scope.COLLECTIVE: 6, Scope.ASSOCIATION: 4}.get(Scope(category.scope))
        able = [one for one in places if self._found(call, category, one)]
        chosen = self.chance.sample(able, min(few, len(able))) if few and call.local.place.top == "wh" else able
        for number, local in enumerate(sorted(chosen, key=lambda one: one.id)):
            left = each - sum(one.local.id == local.id and one.category is category for one in call.puts)
            for nominee in self._found(call, category, local)[: max(0, left)]:
                self._put(call, category, local, nominee, has_consent=number >= without_consent)

    def misspell(self, call: Round) -> None:
        """Of one who was chosen the name was put down wrong: without its dot, or its two characters in turn."""
        chosen = [(put, put.known.who.name) for put in call.puts if put.is_chosen and put.known]
        dotted = [one for one in chosen if "·" in one[1]]
        put, name = (dotted or [one for one in chosen if len(one[1]) == 3])[0]
        put.name = name.replace("·", "") if dotted else name[0] + name[2] + name[1]
        self.batch.row(Nomination, put.id)["name"] = put.name

    def _found(self, call: Round, category: Category, local: Local) -> list[Any]:
        """Who could be put forward, the best of the record first; a group by its number, an association as None."""
        if category.scope == Scope.ASSOCIATION:
            return [None]
        if category.scope == Scope.COLLECTIVE:
            return [(call.id + local.id) % len(local.group_ids)]
        if category.scope == Scope.CHAIR:
            chair = local.officers_on(call.span.end).get(Position.CHAIR)
            return [chair] if chair is not None and (chair.role or chair.id not in self.used) else []
        free = (one for one in _everybody(local) if one.id not in self.used)
        fit = [one for one in free if self._is_fit(one, local, call, category.kind)]
        return sorted(fit, key=lambda one: (-self.record.minutes(one.id, call.span), one.since, one.id))

    def _is_fit(self, known: Known, local: Local, call: Round, kind: str) -> bool:
        """A member or volunteer of the association within the period, whose record shows what is asked."""
        began = self.there.get((known.id, local.id))
        if began is None or began > call.span.end or known in self._officers(local, call):
            return False
        facts = self.record.of_person(known.id, call.span, moment(call.opens, 9))
        if kind == VOLUNTEER:
            return known.volunteer_since is not None and facts.minutes >= AT_LEAST
        return facts.years >= 2 and not facts.owed_fen

    def _officers(self, local: Local, call: Round) -> list[Known]:
        held = [local.officers_on(day) for day in (call.opens, call.closes)]
        return [one[position] for one in held for position in NEVER if position in one]

    def _put(self, call: Round, category: Category, local: Local, nominee: Any, *, has_consent: bool = True) -> None:
        known = nominee if isinstance(nominee, Known) else None
        group_id = None if known or nominee is None else local.group_ids[nominee]
        on = call.opens + timedelta(days=self.chance.randrange(max(1, (call.closes - call.opens).days)))
        at = moment(on, 9 + self.chance.randrange(8), self.chance.randrange(60))
        facts = (self.record.of_person(known.id, call.span, at) if known
                 else self.record.of_team(local.id, group_id, call.span))  # fmt: skip
        by = self._by(local, on, known)
        name = known.who.name if known else self._name(local, nominee)
        made = self.batch.add(
            Nomination, call_id=call.id, category_id=category.id, association_id=local.id, group_id=group_id,
            person_id=known.id if known else None, name=name, reason=self._reason(category, facts),
            evidence=facts.kept(), state="nominated", nominated_at=at, nominated_by_id=by,
            **self._consent(call, known, by, at, has_consent=has_consent),
        )  # fmt: skip
        if known:
            self.used.add(known.id)
        call.puts.append(
            Put(made, category, local, known, group_id, name, facts, by, self._merit(category, facts, known))
        )

    def _by(self, local: Local, on: date, known: Known | None) -> int:
        """The secretary puts forward, and the chair whoever is secretary."""
        held = local.officers_on(on)
        secretary, chair = held[Position.SECRETARY], held[Position.CHAIR]
        return chair.id if known is not None and known.id == secretary.id else secretary.id

    def _name(self, local: Local, group: int | None) -> str:
        return local.place.name if group is None else f"{local.place.name}{local.place.group_names[group]}"

    def _reason(self, category: Category, facts: Facts | TeamFacts) -> str:
        told = self.reasons[category.kind]
        self.said[category.kind] += 1
        words = told[self.said[category.kind] % len(told)]
        if isinstance(facts, Facts):
            return words.format(hours=facts.minutes // 60, years=facts.years)
        team = {"members": facts.members, "volunteers": facts.volunteers, "logs": facts.logs}
        return words.format(hours=facts.minutes // 60, **team)

    def _consent(
        self, call: Round, known: Known | None, by: int, at: datetime, *, has_consent: bool
    ) -> dict[str, Any]:
        """On paper, entered by whoever put them forward; who can sign in agrees on their own page."""
        given: dict[str, Any] = dict.fromkeys(("consented_at", "consent_entered_by_id", "consent_version"))
        if known is None or not has_consent:
            return {**given, "consent_by": ""}
        last = moment(call.closes, 18)
        agreed = min(at + timedelta(days=1 + self.chance.randrange(3), minutes=40), last)
        by_self = known.role is not None
        return {"consented_at": max(agreed, at), "consent_by": "self" if by_self else "paper",
                "consent_entered_by_id": None if by_self else by, "consent_version": 1}  # fmt: skip

    def _merit(self, category: Category, facts: Facts | TeamFacts, known: Known | None) -> float:
        if known is not None and known.role is not None:
            return 0.97
        full = 1200 if isinstance(facts, Facts) else 12_000
        asked = category.asked["least_minutes"] or 0
        return 0.74 + 0.18 * min(1.0, facts.minutes / full) - 0.12 * (facts.minutes < asked)


def _everybody(local: Local) -> list[Known]:
    """Members and volunteers, each once."""
    return list({known.id: known for known in (*local.members, *local.volunteers)}.values())
