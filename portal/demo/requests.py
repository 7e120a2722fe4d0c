"""Requests of the demonstration about one's own data: one street, one or two in each state."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from portal.demo.batch import Batch
from portal.demo.days import moment, working_day_before
from portal.demo.register import Known, Local
from portal.offices.rights import Position
from portal.own.models import PersonalRequest, RequestKind, RequestState

STREET, OFFICES = "wh", 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked, how many days ago, and what came of it."""

    days: int
    kind: RequestKind
    state: RequestState
    wanted: tuple[tuple[str, str], ...] = ()
    note: str = ""
    reason: str = ""


CORRECTION, DELETION = RequestKind.CORRECTION, RequestKind.DELETION
EVERY = (
    Asked(2, CORRECTION, RequestState.OPEN, (("phone", "15411223344"),), "换了新号码，旧号停用"),
    Asked(5, CORRECTION, RequestState.OPEN, (("birth_on", "1961-08-12"),), "登记时月份写错了，可带证件来核对"),
    Asked(9, DELETION, RequestState.OPEN, note="已搬到外地，不再参加活动"),
    Asked(24, CORRECTION, RequestState.DONE, (("phone", "15455667788"),), "手机号更换"),
    Asked(31, CORRECTION, RequestState.REFUSED, (("sex", "male"),), "", "与出示的证件不一致，请到办公室核对"),
    Asked(40, DELETION, RequestState.REFUSED, (), "", "本年度活动经费由您经手，核销后再办理"),
    Asked(52, CORRECTION, RequestState.WITHDRAWN, (("birth_on", "1970-02-03"),), "", ""),
)


def fill(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    """Asked by members of three associations of the street; the first by the member of the cast."""
    below = [local for code, local in sorted(locals_.items()) if code.startswith(STREET) and local.place.members]
    below.sort(key=lambda local: not any(known.role for known in local.members))
    for number, asked in enumerate(EVERY):
        local = below[number % OFFICES]
        known = next((one for one in local.members if one.role and one.role.role == "member"), None)
        _add(batch, local, known if number == 0 and known else local.members[-1 - number], asked, day)


def _add(batch: Batch, local: Local, known: Known, asked: Asked, day: date) -> None:
    sent = working_day_before(day - timedelta(days=asked.days))
    decided = None if asked.state == RequestState.OPEN else working_day_before(sent + timedelta(days=3))
    officer = local.officers_on(decided or day).get(Position.SECRETARY)
    by = known.id if asked.state == RequestState.WITHDRAWN else officer.id if officer else None
    batch.add(
        PersonalRequest,
        kind=asked.kind.value,
        person_id=known.id,
        association_id=local.id,
        wanted=json.dumps(dict(asked.wanted), ensure_ascii=False) if asked.wanted else None,
        note=asked.note,
        state=asked.state.value,
        asked_at=moment(sent, 10, 15),
        decided_at=moment(decided, 16, 40) if decided else None,
        decided_by_id=by if decided else None,
        reason=asked.reason,
    )
