"""Evaluations in the demonstration: each January the coordinator says of the year before how everybody served."""

from __future__ import annotations

from datetime import date

from portal.core.calendar import add_working_days
from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import moment
from portal.demo.register import Local
from portal.dossiers.models import Evaluation
from portal.offices.rights import Position
from portal.volunteers.models import Volunteer

YEARS = 2
SAID = {
    "excellent": ("随叫随到，带新人耐心细致", "组织能力强，多次带队", "技术过硬，居民评价很好"),
    "good": ("守时可靠，服务认真", "积极参加，配合默契", "热心细致"),
    "satisfactory": ("能完成分配的任务", "参加次数不多，服务认真"),
}
SHARES = {"excellent": 2, "good": 6, "satisfactory": 2}
EVALUATORS = (Position.VOLUNTEER_COORDINATOR, Position.SECRETARY, Position.CHAIR)


def fill(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    places = {local.id: local for local in locals_.values()}
    chance = seeded("evaluations")
    for row in batch.rows[Volunteer.__tablename__]:
        for year in range(day.year - YEARS, day.year):
            grade = chance.choices(list(SHARES), list(SHARES.values()))[0]
            words, late = chance.choice(SAID[grade]), chance.randrange(1, 9)
            if row["started_on"] <= date(year, 12, 1):
                _add(batch, places[row["association_id"]], row, year, grade, words, late)


def _add(batch: Batch, local: Local, row: dict[str, object], year: int, grade: str, words: str, days: int) -> None:
    """Recorded within ten working days of the year's end, by an officer of the day who is somebody else."""
    said_on = add_working_days(date(year, 12, 31), days)
    officers = local.officers_on(said_on)
    by = next(
        (officers[one].id for one in EVALUATORS if one in officers and officers[one].id != row["person_id"]), None
    )
    started_on = row["started_on"]
    assert isinstance(started_on, date)
    batch.add(
        Evaluation,
        volunteer_id=row["id"],
        association_id=local.id,
        group_id=row["group_id"],
        start_on=max(date(year, 1, 1), started_on),
        end_on=date(year, 12, 31),
        grade=grade,
        remarks=words,
        evaluated_at=moment(said_on, 10),
        evaluated_by_id=by,
    )
