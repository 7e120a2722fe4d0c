"""Sign-ups of the demonstration: places taken in the sessions to come, a waiting list, an offer, who came before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import moment
from portal.demo.diary import SHOWCASE
from portal.demo.plans import Made
from portal.plans.models import ActivitySession, SessionNeed
from portal.signups.models import HOLDING, Origin, SignUp, SignUpState
from portal.volunteers.models import Volunteer, VolunteerAbility

FILLED = (0.2, 0.9)  # of the places of a session, at least and at most
WAITING = 3
FEW = 8  # places of the session that is shown full


@dataclass(slots=True)
class SignUps:
    """Adds sign-ups to the batch, by the rules: on the roster, with the skill, one session a day."""

    batch: Batch
    today: date
    _rosters: dict[int, list[int]] = field(default_factory=dict)
    _skills: dict[int, set[int]] = field(default_factory=dict)
    _busy: set[tuple[int, date]] = field(default_factory=set)
    _with_cast: set[int] = field(default_factory=set)  # sessions in which the cast's volunteer is

    def fill(self, sessions: Sequence[Made]) -> None:
        people = {}
        for row in self.batch.rows[Volunteer.__tablename__]:
            if row.get("ended_on") is None:
                self._rosters.setdefault(row["association_id"], []).append(row["person_id"])
            people[row["id"]] = row["person_id"]
        for row in self.batch.rows[VolunteerAbility.__tablename__]:
            self._skills.setdefault(people[row["volunteer_id"]], set()).add(row["skill_id"])
        shown = [made for made in sessions if made.local.place.code == SHOWCASE and made.is_open]
        coming = [made for made in shown if made.starts_on > self.today]
        full = next((made for made in coming if self._wanted(made) <= FEW), None)
        self._with_cast = {made.id for made in shown if made not in coming[2:]}
        for made in sessions:
            if made.is_open:
                self._session(made, is_full=made is full)

    def _wanted(self, made: Made) -> int:
        return sum(int(self.batch.row(SessionNeed, need_id)["wanted"]) for need_id in made.need_ids)

    def _session(self, made: Made, *, is_full: bool) -> None:
        chance = seeded("sign-ups", made.id)
        if is_full:
            self._with_cast.add(made.id)
        for need_id in made.need_ids:
            need = self.batch.row(SessionNeed, need_id)
            free = self._free(made, need, chance)
            wanted = need["wanted"] if is_full else round(need["wanted"] * chance.uniform(*FILLED))
            for number, person_id in zip(range(wanted), free, strict=False):
                self._add(made, need, person_id, self._state(made, number, is_full), number)
            if is_full and need["taken"] == need["wanted"]:
                for number, person_id in zip(range(WAITING), free, strict=False):
                    self._add(made, need, person_id, SignUpState.WAITLISTED, wanted + number)

    def _free(self, made: Made, need: dict[str, Any], chance: Any) -> Iterator[int]:
        """Those of the roster who can do it and have nothing else that day; the cast's volunteer first, or last."""
        able = [
            one
            for one in self._rosters.get(made.local.id, ())
            if need["skill_id"] is None or need["skill_id"] in self._skills.get(one, ())
        ]
        chance.shuffle(able)
        cast = {known.id for known in (*made.local.volunteers, *made.local.members) if known.role}
        able.sort(key=lambda one: (one in cast) != (made.id in self._with_cast))
        return (one for one in able if (one, made.starts_on) not in self._busy)

    def _state(self, made: Made, number: int, is_full: bool) -> SignUpState:
        if made.starts_on < self.today:
            return SignUpState.NO_SHOW if number == 1 else SignUpState.COMPLETED
        return SignUpState.OFFERED if is_full and number == 0 else SignUpState.CONFIRMED

    def _add(self, made: Made, need: dict[str, Any], person_id: int, state: SignUpState, number: int) -> None:
        session = self.batch.row(ActivitySession, made.id)
        came = state == SignUpState.COMPLETED
        signed_up = moment(
            min(self.today, made.starts_on) - timedelta(days=2 + number % 3), 9 + number % 10, number % 60
        )
        self.batch.add(
            SignUp,
            session_id=made.id,
            need_id=need["id"],
            association_id=session["association_id"],
            group_id=session.get("group_id"),
            person_id=person_id,
            state=state.value,
            signed_up_at=signed_up,
            offered_until=moment(self.today + timedelta(days=1), 9) if state == SignUpState.OFFERED else None,
            in_at=session["starts_at"] if came else None,
            in_origin=Origin.SCANNED.value if came else None,
            out_at=session["ends_at"] if came else None,
            out_origin=Origin.SCANNED.value if came else None,
        )
        self._busy.add((person_id, made.starts_on))
        need["taken"] += state.value in HOLDING
