"""Registrations of volunteers in the demonstration: every state, from phones and from paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.core.database import ALPHABET
from portal.core.encryption import blind_index
from portal.core.identity import demo_identity
from portal.demo.batch import Batch
from portal.demo.chance import public_ids
from portal.demo.days import moment
from portal.demo.names import crowd
from portal.demo.register import Local
from portal.demo.volunteers import FREE, Volunteers
from portal.offices.rights import Position
from portal.people.models import Person
from portal.volunteers.models import RegistrationState, Skill, Volunteer, VolunteerRegistration

MAIN = "wh-04"  # where the secretary of the cast works
FIRST_SERIAL = 4_300_000  # identity numbers far beyond those of the register
HELD = (
    "name", "sex", "birth_on", "phone", "phone_index", "phone_last4", "identity_number", "identity_index",
    "identity_last4",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Registered:
    """How many days ago, and what came of it."""

    days: int
    state: RegistrationState
    at: str = MAIN
    note: str = ""
    declined: str = ""
    is_paper: bool = False
    consents: tuple[str, ...] = ("register",)


SUBMITTED, ACCEPTED = RegistrationState.SUBMITTED, RegistrationState.ACCEPTED
DECLINED, WITHDRAWN = RegistrationState.DECLINED, RegistrationState.WITHDRAWN
EVERY = (
    Registered(61, ACCEPTED, consents=("register", "photo")),
    Registered(40, DECLINED, declined="您报名的时段已满，欢迎下一季度再来登记。"),
    Registered(31, ACCEPTED, at="wh-02", is_paper=True),
    Registered(22, WITHDRAWN),
    Registered(13, SUBMITTED, is_paper=True, note="会修自行车，可自带工具"),
    Registered(6, SUBMITTED, note="寒暑假整天有空"),
    Registered(4, SUBMITTED, at="wh-02"),
    Registered(2, SUBMITTED, consents=("register", "photo", "public_name"), note="退休教师，可辅导数学"),
    Registered(0, SUBMITTED),
)


def fill(batch: Batch, locals_: dict[str, Local], day: date, volunteers: Volunteers) -> None:
    people = crowd("registrations", len(EVERY), day)
    ids = dict(zip(volunteers.skills, public_ids(Skill.__tablename__, len(volunteers.skills)), strict=True))
    for number, (one, who) in enumerate(zip(EVERY, people, strict=True)):
        phone, identity = f"1548{number * 7919 + 1_000_003:07d}", None
        if number % 2 == 0:
            identity = demo_identity(FIRST_SERIAL + number, who.birth_on, who.sex)
        said = {"name": who.name, "sex": who.sex, "birth_on": who.birth_on, **_numbers(phone, identity)}
        said["skills"] = [ids[name] for name in volunteers.offers()]
        said["times"] = [list(each) for each in dict.fromkeys(volunteers.chance.choices(FREE, k=2))]
        said["reference"] = "".join(volunteers.chance.choices(ALPHABET, k=12))
        _add(batch, locals_[one.at], one, said, day)


def _add(batch: Batch, local: Local, one: Registered, said: dict[str, Any], day: date) -> None:
    sent = day - timedelta(days=one.days)
    decided = None if one.state == SUBMITTED else min(day, sent + timedelta(days=5))
    secretary = local.officers_on(sent).get(Position.SECRETARY)
    officer = secretary.id if secretary else None
    batch.add(
        VolunteerRegistration,
        association_id=local.id,
        group_id=None,
        state=one.state.value,
        channel="paper" if one.is_paper else "web",
        email=None,
        residence=local.place.short,
        guardian_name="",
        guardian_phone=None,
        note=one.note,
        consents=list(one.consents),
        notice_version=1,
        submitted_at=moment(sent, 8, 41),
        entered_by_id=officer if one.is_paper else None,
        decided_at=moment(decided, 15, 5) if decided else None,
        decided_by_id=officer if one.state in (ACCEPTED, DECLINED) else None,
        decision_reason=one.declined,
        **{**said, **_accepted(batch, local, one, day)},
    )


def _accepted(batch: Batch, local: Local, one: Registered, day: date) -> dict[str, Any]:
    """Of one that was accepted: what the register says of the volunteer who came of it."""
    if one.state != ACCEPTED:
        return {"person_id": None, "volunteer_id": None}
    known = max((k for k in local.volunteers if k.role is None), key=lambda k: k.volunteer_since or day)
    volunteer = next(row for row in batch.rows[Volunteer.__tablename__] if row["person_id"] == known.id)
    person = batch.row(Person, known.id)
    return {"person_id": known.id, "volunteer_id": volunteer["id"], **{name: person[name] for name in HELD}}


def _numbers(phone: str, identity: str | None) -> dict[str, Any]:
    return {
        "phone": phone,
        "phone_index": blind_index(phone, "phone"),
        "phone_last4": phone[-4:],
        "identity_number": identity,
        "identity_index": blind_index(identity, "identity") if identity else None,
        "identity_last4": identity[-4:] if identity else None,
    }
