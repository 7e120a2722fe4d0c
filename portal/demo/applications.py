"""Applications of the demonstration: a dozen in the street, every state, from phones and from paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.applications.models import ApplicationMessage, ApplicationState, MembershipApplication
from portal.core.database import ALPHABET
from portal.core.encryption import blind_index
from portal.core.identity import demo_identity
from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import moment, working_day_before, years_later
from portal.demo.names import Invented, crowd
from portal.demo.register import Local
from portal.members.models import Membership, MembershipKind
from portal.offices.rights import Position
from portal.people.models import Person

MAIN = "wh-04"  # where the secretary of the cast works
FIRST_SERIAL = 4_200_000  # identity numbers far beyond those of the register


@dataclass(frozen=True, slots=True)
class Applied:
    """How many days ago, where, and what came of it."""

    days: int
    state: ApplicationState
    at: str = MAIN
    why: str = ""
    asked: str = ""
    answered: str = ""
    declined: str = ""
    is_paper: bool = False
    is_child: bool = False
    organisation: str = ""
    consents: tuple[str, ...] = ("register",)


SUBMITTED, ASKED = ApplicationState.SUBMITTED, ApplicationState.ASKED
ACCEPTED, DECLINED, WITHDRAWN = ApplicationState.ACCEPTED, ApplicationState.DECLINED, ApplicationState.WITHDRAWN
EVERY = (
    Applied(58, ACCEPTED, why="想参加社区的合唱和节日活动", consents=("register", "photo")),
    Applied(44, DECLINED, declined="您的居住地属于柳堤社区，请向那里的协会申请，可凭本编号转交材料"),
    Applied(37, ACCEPTED, at="wh-02", is_paper=True),
    Applied(29, WITHDRAWN, why="工作调动，暂时离开本市"),
    Applied(16, SUBMITTED, is_paper=True, why="邻居介绍，愿意帮忙值守"),
    Applied(12, ASKED, asked="请问您住在哪条巷？我们好为您安排小组。", why="想参加培训班"),
    Applied(9, SUBMITTED, asked="请补充一个能联系到您的时间。", answered="平日晚上七点以后都可以。"),
    Applied(7, SUBMITTED, at="wh-02", why="退休了，有时间做志愿服务", consents=("register", "photo", "public_name")),
    Applied(5, SUBMITTED, organisation="槐树里便民超市", why="愿意为活动提供场地"),
    Applied(3, SUBMITTED, is_child=True, why="想参加少年志愿小队"),
    Applied(2, SUBMITTED, why="想和邻居们一起打理楼前花园", consents=("register", "public_roster")),
    Applied(1, ASKED, at="wh-01", asked="身份证号最后一位请核对后补充。"),
    Applied(0, SUBMITTED),
)


def fill(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    people, chance = crowd("applications", len(EVERY), day), seeded("applications")
    for number, (applied, who) in enumerate(zip(EVERY, people, strict=True)):
        reference = "".join(chance.choices(ALPHABET, k=12))
        _add(batch, locals_[applied.at], applied, _younger(who, day) if applied.is_child else who, day,
             {"reference": reference, **_numbers(number, who if not applied.is_child else None)})  # fmt: skip


def _younger(who: Invented, day: date) -> Invented:
    return Invented(who.name, who.sex, years_later(day, -11) - timedelta(days=40))


def _numbers(number: int, who: Invented | None) -> dict[str, Any]:
    """A phone, and for every other grown-up an identity number."""
    phone = f"1547{number * 7919 + 1_000_003:07d}"
    identity = demo_identity(FIRST_SERIAL + number, who.birth_on, who.sex) if who and number % 2 == 0 else None
    return {
        "phone": phone,
        "phone_index": blind_index(phone, "phone"),
        "phone_last4": phone[-4:],
        "identity_number": identity,
        "identity_index": blind_index(identity, "identity") if identity else None,
        "identity_last4": identity[-4:] if identity else None,
    }


def _add(batch: Batch, local: Local, applied: Applied, who: Invented, day: date, numbers: dict[str, Any]) -> None:
    sent = day - timedelta(days=applied.days)
    decided = min(day, sent + timedelta(days=6)) if not applied.state.is_open else None
    secretary = local.officers_on(sent).get(Position.SECRETARY)
    officer, paper = secretary.id if secretary else None, applied.is_paper
    member = _newest(batch, local) if applied.state == ACCEPTED else None
    application_id = batch.add(
        MembershipApplication,
        association_id=local.id,
        group_id=local.group_ids[0] if local.group_ids and applied.days % 3 == 0 else None,
        kind_id=_kind(batch, 2 if applied.organisation else 0),
        state=applied.state.value,
        channel="paper" if paper else "web",
        reason=applied.why,
        consents=list(applied.consents),
        notice_version=1,
        submitted_at=moment(sent, 8, 17),
        entered_by_id=officer if paper else None,
        decided_at=moment(decided, 15, 20) if decided else None,
        decided_by_id=officer if applied.state in (ACCEPTED, DECLINED) else None,
        decision_reason=applied.declined,
        person_id=member["person_id"] if member else None,
        membership_id=member["id"] if member else None,
        **(_of_member(batch, applied, member, numbers) if member else _said(applied, who, numbers)),
    )
    _messages(batch, application_id, applied, working_day_before(sent), officer)


def _said(applied: Applied, who: Invented, numbers: dict[str, Any]) -> dict[str, Any]:
    is_person = not applied.organisation
    guardian = {"guardian_name": f"{who.name[0]}建平", "guardian_phone": "15470000077"} if applied.is_child else {}
    unknown = dict.fromkeys(("identity_number", "identity_index", "identity_last4")) if not is_person else {}
    return {
        "name": who.name,
        "organisation_name": applied.organisation,
        "sex": who.sex if is_person else None,
        "birth_on": who.birth_on if is_person else None,
        "email": None,
        "residence": "槐树里社区" if is_person else "",
        "guardian_name": "",
        "guardian_phone": None,
        **numbers,
        **unknown,
        **guardian,
    }


def _of_member(batch: Batch, applied: Applied, member: dict[str, Any], numbers: dict[str, Any]) -> dict[str, Any]:
    """What somebody had said who is a member now: as the register has it."""
    person = batch.row(Person, member["person_id"])
    who = Invented(person["name"], person["sex"], person["birth_on"])
    kept = ("phone", "phone_index", "phone_last4", "identity_number", "identity_index", "identity_last4")
    return _said(applied, who, {"reference": numbers["reference"], **{name: person[name] for name in kept}})


def _newest(batch: Batch, local: Local) -> dict[str, Any]:
    """Who joined last, in person."""
    rows = [row for row in batch.rows[Membership.__tablename__] if row["association_id"] == local.id]
    live = [row for row in rows if row["ended_on"] is None and not row["organisation_name"]]
    return max(live, key=lambda row: (row["joined_on"], row["id"]))


def _kind(batch: Batch, position: int) -> int:
    return int(batch.rows[MembershipKind.__tablename__][position]["id"])


def _messages(batch: Batch, application_id: int, applied: Applied, day: date, officer: int | None) -> None:
    known = {"application_id": application_id}
    if applied.asked:
        batch.add(ApplicationMessage, **known, at=moment(day, 16, 5), is_from_applicant=False, by_person_id=officer,
                  body=applied.asked)  # fmt: skip
    if applied.answered:
        batch.add(ApplicationMessage, **known, at=moment(day, 20, 41), is_from_applicant=True, by_person_id=None,
                  body=applied.answered)  # fmt: skip
