"""Notice periods and objections for tests, made as people make them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import DEFAULT_ZONE
from portal.core.database import db
from portal.objections import objecting, services
from portal.objections.models import NoticePeriod, Objection
from tests.harness.cast import Cast
from tests.harness.factory import appoint, make_account, make_person
from tests.notices.rows import acting

OFFICE = "/office/wangjiang/notice-periods"
SHOWN = {
    "matter": "commendation",
    "title": "2026 年度优秀会员表彰名单公示",
    "body": "经会员推荐、理事会评议，拟表彰优秀会员 **三名**。",
    "contact": "望江社区协会 周明德 0571-5550 0100",
}
SAID = "名单中有人全年没有参加过活动，请核实活动记录。"
WORDS = "经核对记录，情况属实，理由如上。"


def make_period(actor: Account, association: Association, **values: Any) -> NoticePeriod:
    period = services.open_period(acting(actor), association, **{**SHOWN, **values})
    db.session.flush()
    return period


def make_objection(period: NoticePeriod, **values: Any) -> Objection:
    key, given = values.pop("key", None), {"body": SAID, "name": "许文斌", "phone": "13912340001", **values}
    made = objecting.record_objection(period, objecting.Given(**given), key=key)
    db.session.flush()
    return made


def make_supervisor(cast: Cast) -> Account:
    """Somebody of the community who answers objections and opens nothing."""
    person = make_person("唐若水")
    appoint(person, cast.community, "supervisor")
    return make_account(person)


def last_moment(period: NoticePeriod) -> datetime:
    """One second before the end of its last day, where the association is."""
    return datetime.combine(period.end_on, time(23, 59, 59), ZoneInfo(DEFAULT_ZONE))


def over(period: NoticePeriod) -> datetime:
    return last_moment(period) + timedelta(seconds=1)
