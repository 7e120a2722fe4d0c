"""Charters for tests, led along their way as officers and members do."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.charters import adopting, commenting, queries, services
from portal.charters.models import Charter, CharterComment
from portal.core.calendar import DEFAULT_ZONE, at, today
from portal.core.database import db
from tests.harness.cast import Cast
from tests.notices.rows import acting

OFFICE = "/office/wangjiang/charters"
TEXT = """望江社区协会章程

第一章　总则
第一条　本会名称为望江社区协会。
第二条 本会宗旨：
（一）团结会员；
（二）服务居民。
第二章 会员
第三条 会员按年缴纳会费。"""
CLOSES = 14  # days
VOTES = {"entitled": 30, "present": 24, "in_favour": 20, "against": 3, "abstained": 1}

MINUTES = {
    "meeting": "会员大会", "place": "社区活动室", "presided_by": "黄淑兰", "entitled": "30", "present": "24",
    "in_favour": "24", "against": "0", "abstained": "0",
}  # fmt: skip


def begun(cast: Cast, **values: Any) -> Charter:
    """The first draft, of the community unless `place` says otherwise."""
    place = values.pop("place", cast.community)
    known = {"kind": "charter", "title": "望江社区协会章程", "reason": "换届后修订", "pasted": TEXT, **values}
    charter = services.begin(acting(cast.secretary), place, **known)
    db.session.flush()
    return charter


def opened(cast: Cast, charter: Charter, note: str = "按意见修改第三条") -> None:
    day = today()
    services.open_round(acting(cast.secretary), charter, day, day + timedelta(days=CLOSES), note)
    db.session.flush()


def said(cast: Cast, charter: Charter, **values: Any) -> CharterComment:
    given = commenting.Said(**{"body": "第三条请写明减免办法。", **values})
    made = commenting.comment(charter, cast.member.person_id, given)
    db.session.flush()
    return made


def after(days: int) -> datetime:
    """Noon so many days from now."""
    return datetime.combine(today() + timedelta(days=days), time(12), ZoneInfo(DEFAULT_ZONE))


def answered(cast: Cast, charter: Charter) -> None:
    """Every comment of a closed round has its answer."""
    for one in queries.comments_of(charter):
        if one.outcome is None:
            commenting.answer(acting(cast.secretary), charter, one, "taken_up", "已写入第三条。")


def finished(cast: Cast, **values: Any) -> Charter:
    """One that is ready for the meeting, 32 days from now."""
    charter = begun(cast, **values)
    opened(cast, charter)
    for days in (15, 31):
        with at(after(days)):
            services.close_round(acting(cast.secretary), charter)
            answered(cast, charter)
            if days == 15:
                opened(cast, charter)
    with at(after(32)):
        services.settle(acting(cast.secretary), charter, "文字校订")
    return charter


def meeting(held_on: date, **values: Any) -> adopting.Meeting:
    known = {"held_on": held_on, "place": "社区活动室", "meeting": "会员大会", "presided_by": "黄淑兰", **VOTES}
    return adopting.Meeting(**{**known, **values})


def adopted(cast: Cast, **values: Any) -> Charter:
    charter = finished(cast, **values)
    with at(after(33)):
        adopting.record(acting(cast.secretary), charter, meeting(today()))
    return charter
