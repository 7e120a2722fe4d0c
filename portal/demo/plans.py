"""The plans of the demonstration: what the log books hold was planned; the weeks to come, to sign up for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from portal.activities.models import ActivityLog
from portal.core.calendar import FESTIVALS, upcoming_festivals
from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import moment, working_day_before
from portal.demo.diary import SHOWCASE
from portal.demo.logbook import Logged
from portal.demo.names import DATA
from portal.demo.register import Local
from portal.offices.rights import Position
from portal.plans.kinds import ActivityKind
from portal.plans.models import Activity, ActivitySession, FestivalDay, SessionNeed
from portal.volunteers.models import Skill

AHEAD = 60  # days
SHARE = 0.55  # of the other associations' templates, those that they plan
OPENED = 0.7
NAMES = {
    "new_year": "元旦",
    "volunteer_service_day": "学雷锋志愿服务日",
    "womens_day": "妇女节",
    "labour_day": "劳动节",
    "youth_day": "青年节",
    "association_members_day": "会员活动日",
    "childrens_day": "儿童节",
    "environment_day": "环境日",
    "party_founding_day": "建党节",
    "neighbours_day": "邻里互助日",
    "army_day": "建军节",
    "open_letter_day": "公开信日",
    "national_day": "国庆节",
    "fire_safety_day": "消防日",
    "constitution_day": "宪法日",
    "international_volunteer_day": "国际志愿者日",
}
DAY_KINDS = {"international_volunteer_day": ActivityKind.SERVICE, "constitution_day": ActivityKind.PUBLICITY}
OWN_DAYS = (("植树节", 3, 12), ("社区读书节", 4, 23))


@dataclass(frozen=True, slots=True)
class Made:
    """A session that was made, for the sign-ups."""

    id: int
    local: Local
    need_ids: tuple[int, ...]
    starts_on: date
    is_open: bool


@dataclass(slots=True)
class Plans:
    """Adds activities to the batch; `locals` are all associations by code, `sessions` what was made."""

    batch: Batch
    locals: dict[str, Local]
    today: date
    sessions: list[Made] = field(default_factory=list)
    _skills: dict[str, int] = field(default_factory=dict)

    def fill(self, logged: Iterable[Logged]) -> None:
        rows = self.batch.rows[Skill.__tablename__]
        self._skills = {row["name"]: row["id"] for row in rows if row["kind"] == "skill"}
        for row in self.batch.rows[ActivityLog.__tablename__]:
            row.setdefault("activity_id", None)
        for one in logged:
            self._logged(one)
        for local in self.locals.values():
            if local.place.members:
                self._coming(local)
        self._showcase(self.locals[SHOWCASE])

    def _logged(self, one: Logged) -> None:
        """What stands in the log book since last January was planned for its day."""
        log = self.batch.row(ActivityLog, one.id)
        if not one.is_complete or log["held_on"] < date(self.today.year - 1, 1, 1):
            return
        names = ("association_id", "group_id", "kind", "title", "place")
        festival = next(
            (f.key for f in FESTIVALS if (f.month, f.day) == (log["held_on"].month, log["held_on"].day)), ""
        )
        log["activity_id"] = self._activity(
            one.local,
            **{name: log[name] for name in names},
            planned_on=log["held_on"],
            festival=festival,
            logged_at=log["recorded_at"],
        )

    def _coming(self, local: Local) -> None:
        """The next weeks: some of the templates, most of them open for sign-up."""
        chance = seeded("plans", local.place.code)
        is_shown = local.place.code == SHOWCASE
        first = 0 if is_shown else chance.randrange(len(_templates()))  # neighbours begin with others
        for number, template in enumerate([*_templates()[first:], *_templates()[:first]]):
            if local.place.land not in template["at"] or not (is_shown or chance.random() < SHARE):
                continue
            on = self.today + timedelta(days=3 + 7 * number + chance.randrange(5))
            if (on - self.today).days > AHEAD:
                continue
            is_open = is_shown or chance.random() < OPENED
            self._with_sessions(local, template, on, is_open)

    def _with_sessions(self, local: Local, template: dict[str, Any], on: date, is_open: bool, **values: Any) -> int:
        """An activity with a session, or several in as many weeks."""
        repeats = int(template.get("repeats", 1))
        days = [on + timedelta(days=7 * n) for n in range(repeats)]
        hour, minute = template["begins"]
        ends = moment(days[-1], hour, minute) + timedelta(minutes=template["minutes"])
        opened = moment(min(self.today, on) - timedelta(days=6), 10) if is_open else None
        known = {
            "association_id": local.id,
            "kind": template["kind"],
            "title": template["title"],
            "place": template["place"].format(c=local.place.where),
            "content": template["content"],
            "planned_on": on,
            "opened_at": opened,
            "ends_at": ends,
        }
        activity_id = self._activity(local, **{**known, **values})
        for day in days:
            self._session(local, template, activity_id, day, is_open, f"series{activity_id}" if repeats > 1 else None)
        return activity_id

    def _session(
        self, local: Local, template: dict[str, Any], activity_id: int, on: date, is_open: bool, series: str | None
    ) -> None:
        starts = moment(on, *template["begins"])
        secretary = local.officers_on(self.today)[Position.SECRETARY]
        session_id = self.batch.add(
            ActivitySession,
            activity_id=activity_id,
            association_id=local.id,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=template["minutes"]),
            deadline_at=moment(on - timedelta(days=1), 18),
            place=template["place"].format(c=local.place.where),
            **{name: template[name] for name in ("content", "conditions", "risks", "safeguards")},
            contact_name=secretary.who.name,
            contact_phone=local.place.phone,
            min_people=2,
            min_age=template.get("min_age"),
            series=series,
            created_at=moment(self.today - timedelta(days=8), 10),
        )
        needs = tuple(self._need(session_id, skill, wanted) for skill, wanted in self._wanted(template))
        self.sessions.append(Made(session_id, local, needs, on, is_open))

    def _wanted(self, template: dict[str, Any]) -> list[tuple[int | None, int]]:
        """Skills that the federation does not keep are asked of anybody."""
        wanted: dict[int | None, int] = {}
        for name, count in template["needs"]:
            skill_id = self._skills.get(name) if name else None
            wanted[skill_id] = wanted.get(skill_id, 0) + count
        return list(wanted.items())

    def _need(self, session_id: int, skill_id: int | None, wanted: int) -> int:
        return self.batch.add(SessionNeed, session_id=session_id, skill_id=skill_id, wanted=wanted, taken=0)

    def _activity(self, local: Local, **values: Any) -> int:
        """A row with every column that any of them fills in."""
        officers = local.officers_on(min(values["planned_on"], self.today))
        person = officers.get(Position.VOLUNTEER_COORDINATOR) or officers.get(Position.SECRETARY)
        known: dict[str, Any] = {
            **dict.fromkeys(("group_id", "opened_at", "ends_at", "logged_at", "cancelled_at")),
            **dict.fromkeys(("festival", "content", "cancel_reason"), ""),
            "in_charge_id": person.id if person else None,
            "created_by": person.id if person else None,
            "created_at": moment(min(date(values["planned_on"].year, 1, 4), self.today - timedelta(days=9)), 15),
        }
        return self.batch.add(Activity, **{**known, **values})

    def _showcase(self, local: Local) -> None:
        """What the pages of the plan are for: something cancelled, held and not logged, not held; days to come."""
        for name, month, day in OWN_DAYS:
            self.batch.add(FestivalDay, association_id=local.id, name=name, month=month, day=day)
        first, second = _templates()[:2]
        late = working_day_before(self.today - timedelta(days=5))
        off = {
            "cancelled_at": moment(late - timedelta(days=1), 16),
            "cancel_reason": "气象台预报有大到暴雨，为安全起见取消。",
        }
        self._planned(local, ActivityKind.CULTURE, "户外读书会", late, **off)
        self._with_sessions(local, first, self.today - timedelta(days=8), is_open=True, title="秋季步道清洁")
        self._planned(local, ActivityKind.VISIT, "看望离任老干部", late - timedelta(days=2))
        self._with_sessions(local, second, self.today + timedelta(days=40), is_open=False, title="智能手机课堂提高班")
        for on, key in upcoming_festivals(self.today, 150):
            self._planned(local, DAY_KINDS.get(key, ActivityKind.CULTURE), f"{NAMES[key]}活动", on, festival=key)
        (all_day,) = _templates("today")
        self._with_sessions(local, all_day, self.today, is_open=True)

    def _planned(self, local: Local, kind: ActivityKind, title: str, on: date, **values: Any) -> int:
        place = f"{local.place.where}活动室"
        return self._activity(
            local, association_id=local.id, kind=kind.value, title=title, place=place, planned_on=on, **values
        )


@cache
def _templates(name: str = "template") -> list[dict[str, Any]]:
    """Of the weeks to come; or `today`: open all day, so that check-in can be tried whenever somebody looks."""
    found: list[dict[str, Any]] = tomllib.loads((DATA / "plans.toml").read_text("utf-8"))[name]
    return found
