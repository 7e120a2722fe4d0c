"""The disclosure calendar of the demonstration, what fulfils it (some of it late), and guides for residents."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from typing import Any

from portal.core.calendar import add_working_days
from portal.demo.batch import Batch
from portal.demo.days import moment, working_day_before
from portal.demo.names import DATA
from portal.demo.notices import Draft, announced, drafts
from portal.demo.register import Local
from portal.disclosure.models import Disclosure, DisclosureDuty, Frequency, Guide
from portal.notices.models import Notice, NoticeKind, NoticeSubject
from portal.offices.rights import Position

BASIS = "联合会信息公开办法第六条"
PLAN = "下一年度活动计划"
DECIDED = ("commendation-result",)
YEAR, HALF, ONCE = Frequency.YEAR, Frequency.HALF_YEAR, Frequency.ONCE
# Title, kind, subject, who owes it, how often, within working days, which notices fulfil it.
DUTIES: tuple[tuple[str, NoticeKind, str, str | None, Frequency, int, tuple[str, ...]], ...] = (
    ("年度收支情况", NoticeKind.ACCOUNTS, "财务公开", "town", YEAR, 20, ("accounts-year",)),
    ("会费收支情况", NoticeKind.ACCOUNTS, "财务公开", "town", HALF, 10, ("accounts-q2", "linxi-accounts")),
    ("会费收支情况", NoticeKind.ACCOUNTS, "财务公开", "grassroots", HALF, 10, ()),
    (PLAN, NoticeKind.NOTICE, "协会工作", None, YEAR, 20, ()),
    ("年度工作总结", NoticeKind.NOTICE, "协会工作", None, YEAR, 20, ()),
    ("表彰结果", NoticeKind.RESULT, "评比表彰", "town", YEAR, 20, ("commendation-result",)),
    ("任职名单", NoticeKind.RESULT, "组织建设", "town", ONCE, 10, ("election-result",)),
    ("章程", NoticeKind.POLICY, "章程制度", None, ONCE, 20, ()),
    ("服务指南", NoticeKind.POLICY, "会员服务", None, ONCE, 20, ("letters-rules", "huaishuli-room-hours")),
)


def fill(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    root = next(iter(locals_.values()))
    subjects = {row["name"]: row["id"] for row in batch.rows[NoticeSubject.__tablename__]}
    notices = {(row["association_id"], row["title"]): row["id"] for row in batch.rows[Notice.__tablename__]}
    by_slug = {draft.slug: draft for draft in drafts(day)}
    for position, (title, kind, subject, level, frequency, within, slugs) in enumerate(DUTIES):
        found = announced(day, locals_) if title == PLAN else [by_slug[slug] for slug in slugs]
        duty_id = batch.add(
            DisclosureDuty, association_id=root.id, subject_id=subjects.get(subject), title=title, kind=kind,
            level=level, frequency=frequency, within_days=within, basis=BASIS, position=position,
            starts_on=_starts_on(frequency, found, day), ended_on=None, created_by_id=None,
        )  # fmt: skip
        starts_on = batch.row(DisclosureDuty, duty_id)["starts_on"]
        for draft in found:
            local = locals_[draft.issuer]
            _fulfil(
                batch, local, duty_id, _period(frequency, draft, starts_on), notices[local.id, draft.title], draft
            )
    _guides(batch, locals_, day)


def _starts_on(frequency: Frequency, found: list[Draft], day: date) -> date:
    """Owed from the period of the first notice that fulfils it; what nothing fulfils yet, from the running one."""
    if frequency == ONCE:
        is_old = len(found) == 1
        return working_day_before((found[0].signed_on - timedelta(days=3)) if is_old else day - timedelta(days=14))
    if not found:
        return date(day.year, 1, 1) if frequency == YEAR else _half(day)
    return _period(frequency, found[0], day)


def _period(frequency: Frequency, draft: Draft, starts_on: date) -> date:
    """The period that a notice tells of: the one before it was signed; of what was decided, the year of that."""
    if frequency == ONCE:
        return starts_on
    if frequency == HALF:
        return _half(_half(draft.signed_on) - timedelta(days=1))
    return date(draft.signed_on.year - (draft.slug not in DECIDED), 1, 1)


def _half(day: date) -> date:
    return date(day.year, 1 if day.month <= 6 else 7, 1)


def _fulfil(batch: Batch, local: Local, duty_id: int, period_on: date, notice_id: int, draft: Draft) -> None:
    officer = local.officers_on(draft.signed_on)[Position.SECRETARY]
    batch.add(
        Disclosure, duty_id=duty_id, association_id=local.id, period_on=period_on, notice_id=notice_id,
        recorded_at=moment(draft.signed_on, 17), recorded_by_id=officer.id,
    )  # fmt: skip


def _guides(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    """Each where its file says, in its order; what it says of place and contact follows from the association."""
    read: list[dict[str, Any]] = tomllib.loads((DATA / "guides.toml").read_text("utf-8"))["guide"]
    since = moment(add_working_days(day, -40), 10)
    for position, said in enumerate(read):
        local = locals_[said.pop("at")]
        place, own = local.place, {"link": "", "who": "", "documents": "", "basis": "", "cost": "免费", **said}
        own |= {name: str(value).strip() for name, value in own.items()}
        batch.add(
            Guide, association_id=local.id, position=position, is_open=True, revised_at=since, ended_on=None,
            revised_by_id=None, place=place.address, hours="周一至周五 8:30–17:00，周六 9:00–11:30",
            contact=f"{place.name}秘书处 {place.phone}", **own,
        )  # fmt: skip
