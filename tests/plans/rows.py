"""What the tests of the plan send and look at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from portal.core.calendar import today
from portal.core.database import db
from portal.plans.models import Activity, ActivitySession

PLAN = "/office/wangjiang/plan"
NEW = PLAN + "/new"


def in_days(count: int) -> date:
    return today() + timedelta(days=count)


def planned(**changes: Any) -> dict[str, Any]:
    """The form of an activity as an officer fills it in."""
    known = {
        "kind": "service",
        "title": "江边步道清洁",
        "planned_on": in_days(20).isoformat(),
        "place": "望江桥头",
        "content": "清理步道和绿化带",
    }
    return {**known, **changes}


def asked(**changes: Any) -> dict[str, Any]:
    """The form of a session that states all that a recruitment notice must."""
    known = {
        "day": in_days(20).isoformat(),
        "starts": "09:00",
        "ends": "11:30",
        "place": "望江桥头",
        "need_skill": [""],
        "need_count": ["10"],
        "conditions": "能走三公里",
        "content": "清理步道",
        "risks": "路面湿滑",
        "safeguards": "已购意外保险，备急救包",
        "contact_name": "黄淑兰",
        "contact_phone": "13912345678",
    }
    return {**known, **changes}


def activities() -> list[Activity]:
    return db.session.query(Activity).order_by(Activity.id).all()


def sessions() -> list[ActivitySession]:
    return db.session.query(ActivitySession).order_by(ActivitySession.starts_at).all()


STATED = {
    "content": "清理步道",
    "conditions": "能走三公里",
    "risks": "路滑",
    "safeguards": "保险",
    "contact_name": "黄淑兰",
    "contact_phone": "13912345678",
}
