"""Appraisals for tests, made through the services."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.surveys import codes, giving, queries, services
from portal.surveys.models import Audience, Survey
from portal.surveys.services import Terms, Wording
from tests.harness.factory import make_membership, make_person
from tests.notices.rows import acting

ANSWERS = {"q1": "satisfied", "q2": "1", "q3": "多办一些活动"}


def make_survey(actor: Account, association: Association, *, is_open: bool = True, **values: Any) -> Survey:
    """Open from today for ten days, with a question of each kind."""
    day = today()
    known = {"title": "年度工作民主评议", "opens_on": day, "closes_on": day + timedelta(days=10), **values}
    who = acting(actor)
    made = services.create(who, db.session.merge(association), Terms(**known))
    survey = queries.get_survey(who, association, made.public_id)
    assert survey is not None
    services.write_question(who, survey, Wording(kind="choice", text="最喜欢什么？", choices=["讲座", "文体"]))
    services.write_question(who, survey, Wording(kind="text", text="您还有什么建议？"))
    if is_open:
        services.open_survey(who, survey)
    db.session.flush()
    return survey


def make_codes(survey: Survey, place: Association | None = None, count: int = 3) -> list[str]:
    """A batch, as printed sheets would have it; where members are asked, for as many without an account."""
    for _number in range(count if survey.audience == Audience.MEMBERS else 0):
        make_membership(make_person("无账号"), place or survey.association)
    drawn = [codes.new_code() for _number in range(count)]
    giving.keep_codes(survey, place or survey.association, drawn)
    db.session.flush()
    return drawn
