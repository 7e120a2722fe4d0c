"""Rows for tests about commendations: calls with their categories and criteria."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.associations.models import Association
from portal.commendations import calls
from portal.commendations.models import CommendationCall, CommendationKind
from portal.commendations.queries import list_kinds
from portal.commendations.terms import CategoryTerms, CriterionTerms, Terms
from portal.core.calendar import DEFAULT_ZONE, at, now, today
from portal.core.database import db
from portal.objections import models as _objections  # noqa: F401 - what is shown refers to it

CRITERIA = (
    CriterionTerms(name="服务表现", points=50, description="服务时长、活动带领"),
    CriterionTerms(name="会员口碑", points=30),
    CriterionTerms(name="履行义务", points=20, description="按时交纳会费"),
)


def commendation_kind(association: Association, name: str = "优秀志愿者") -> CommendationKind:
    """A kind of the list that the association's federation began with."""
    return next(kind for kind in list_kinds(association.path_ids[0]) if kind.name == name)


def make_terms(association: Association, **values: Any) -> Terms:
    """The year up to now is looked at; nominations from today for 30 days; two volunteers of an association at most
    among ten, with ten hours, and three groups.
    """
    day = values.get("opens_on", today())
    categories = (
        CategoryTerms(kind=commendation_kind(association), places=10, per_association=2, least_minutes=600),
        CategoryTerms(kind=commendation_kind(association, "先进集体"), places=3, per_association=1),
    )
    known = {
        "title": f"{day.year}年度评比表彰",
        "basis": "《清河区协会联合会表彰办法》第三条",
        "body": "会员中**热心服务**、带头参加活动者，由所在协会推荐，评审后公示。",
        "contact": f"{association.name} 0571-5550 0100",
        "start_on": date(day.year, 1, 1),
        "end_on": date(day.year, 12, 31),
        "opens_on": day,
        "closes_on": day + timedelta(days=30),
        "categories": categories,
        "criteria": CRITERIA,
        **values,
    }
    return Terms(**known)


def make_call(association: Association, *, is_open: bool = True, **values: Any) -> CommendationCall:
    """A call with two categories (优秀志愿者, 先进集体) and three criteria, opened on its first day.

    `is_open=False` leaves the draft; `state` puts an opened one further on its way.
    """
    state = values.pop("state", None)
    first = values.get("opens_on", today())
    moment = datetime.combine(first, time(9), ZoneInfo(DEFAULT_ZONE)) if first < today() else now()
    with at(moment):
        call = calls.draft(None, association, make_terms(association, **values))
        if is_open:
            calls.open_call(None, call)
    call.state = state or call.state
    db.session.flush()
    return call
