"""Notice periods of the demonstration: one open with an objection, one to be decided, one passed, one stopped."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

from portal.core import text
from portal.core.calendar import add_working_days, notice_period_end
from portal.core.database import ALPHABET
from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import moment
from portal.demo.names import DATA, crowd
from portal.demo.register import Local
from portal.objections.models import NoticePeriod, Objection
from portal.offices.rights import Position


def fill(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    told = tomllib.loads((DATA / "periods.toml").read_text("utf-8"))["period"]
    people, chance = crowd("objections", 9, day), seeded("objections")
    for said in told:
        local = locals_[said["at"]]
        period_id = _open(batch, said, local, day)
        for number, objection in enumerate(said.get("objections", ()), 1):
            reference = "".join(chance.choices(ALPHABET, k=12))
            who, phone = next(people).name, f"1548{chance.randrange(10**7):07d}"
            sent = {"reference": reference, "name": who, "phone": phone, "number": number}
            _object(batch, objection, period_id, local, day, sent, said["opened"])


def _open(batch: Batch, said: dict[str, Any], local: Local, day: date) -> int:
    start = add_working_days(day, -said["opened"])
    officers = local.officers_on(start)
    body, decided = said["body"].strip(), said.get("decided")
    values: dict[str, Any] = {"decided_at": None, "decided_by_id": None, "decision": "", "state": "open"}
    if decided is not None:
        on = max(add_working_days(day, -decided), add_working_days(notice_period_end(start), 1))
        values = {"decided_at": moment(on, 10, 20), "decided_by_id": officers[Position.SECRETARY].id,
                  "decision": said["decision"], "state": said["state"]}  # fmt: skip
    return batch.add(
        NoticePeriod, association_id=local.id, matter=said["matter"], title=said["title"], body=body,
        html=text.render(body), contact=f"{local.place.name} {local.place.phone}".strip(), start_on=start,
        end_on=notice_period_end(start), opened_at=moment(start, 9, 12),
        opened_by_id=officers[Position.SECRETARY].id, **values,
    )  # fmt: skip


def _object(
    batch: Batch, said: dict[str, Any], period_id: int, local: Local, day: date, sent: dict[str, Any], opened: int
) -> None:
    on = add_working_days(day, 1 - opened)
    values: dict[str, Any] = {"state": "received", "answer": "", "answered_at": None, "answered_by_id": None}
    if "outcome" in said:
        answered = add_working_days(day, -said["answered"])
        chair = local.officers_on(answered)[Position.CHAIR]
        values = {"state": said["outcome"], "answer": said["answer"], "answered_at": moment(answered, 15, 30),
                  "answered_by_id": chair.id}  # fmt: skip
    shown = {"in_the_open": said.get("open", False), "body": said["says"], "received_at": moment(on, 19, 40)}
    batch.add(Objection, period_id=period_id, **shown, **sent, **values)
