"""What the tests of the plan send and look at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from portal.core.calendar import today
from portal.core.database import db
from portal.plans.models import Activity, ActivitySession
from tests.harness.service import make_activity, make_session

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


def open_to_all(cast: Any, **values: Any) -> ActivitySession:
    """A session that states all, of an activity that is open for sign-up."""
    activity = make_activity(cast.community, content="清理步道")
    return make_session(activity, **{**STATED, **values})


def url_of(shown: Activity | ActivitySession, what: str = "") -> str:
    """Its page in the office of the association, or what stands below it."""
    kind = "plan" if isinstance(shown, Activity) else "sessions"
    return f"/office/wangjiang/{kind}/{shown.public_id}{what}"


EXPECTED_TO_WRITE = {
    "treasurer": 403,
    "publisher": 403,
    "administrator": 403,
    "sibling": 404,
    "member": 404,
    "volunteer": 404,
    "stranger": 404,
    "ended": 404,
}


def refuses_all_but_writers(cast: Any, sign_in: Any, client: Any, url: str, data: dict[str, Any]) -> None:
    """Wrong roles, another association, somebody not signed in: nobody of them writes."""
    answers = {name: sign_in(getattr(cast, name)).force(url, data).status_code for name in EXPECTED_TO_WRITE}
    assert answers == EXPECTED_TO_WRITE
    answer = client.force(url, data)
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in")
    assert sign_in(cast.secretary).post(url, data=data).status_code == 400


def activity_of(session: ActivitySession) -> Activity:
    """Asked of the database: what was loaded with a session is forgotten after each request."""
    return db.session.get_one(Activity, session.activity_id)
