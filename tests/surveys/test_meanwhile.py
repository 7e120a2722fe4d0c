"""An appraisal is closed, opened, reworded while somebody answers, takes a question out, opens it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.surveys import answering, queries, services
from portal.surveys.models import Survey, SurveyAnswer, SurveyTicket
from portal.surveys.services import Terms
from tests.harness.meanwhile import COMMITTED, Meanwhile
from tests.notices.rows import acting
from tests.surveys.rows import ANSWERS, make_codes, make_survey

pytestmark = pytest.mark.engines("postgresql")


def test_as_many_tickets_are_left_used_as_there_are_answers(live_app, cast, db_session, monkeypatch):
    survey = make_survey(cast.secretary, cast.community)
    public_id, code = survey.public_id, make_codes(survey, count=2)[0]
    db_session.commit()

    def answer():
        there = queries.get_public(public_id)
        answering.answer(there, answering.ticket_of_code(there, code), ANSWERS)

    late = Meanwhile(live_app, answer)
    late.before(monkeypatch, services, "delete")
    services.close(queries.get_public(public_id))
    db_session.commit()
    assert late.told == [COMMITTED]
    assert db_session.scalar(select(func.count()).select_from(SurveyAnswer)) == 1
    assert db_session.scalar(select(func.count()).where(SurveyTicket.is_used)) == 1


def of_office(cast, public_id):
    return queries.get_survey(acting(cast.secretary), cast.community, public_id)


def test_what_was_opened_meanwhile_stands(live_app, cast, db_session, monkeypatch):
    public_id = make_survey(cast.secretary, cast.community, is_open=False).public_id
    db_session.commit()
    opening = Meanwhile(live_app, lambda: services.open_survey(acting(cast.secretary), of_office(cast, public_id)))
    opening.before(monkeypatch, services, "_checked")
    terms = Terms(title="另一个题目", opens_on=today(), closes_on=today() + timedelta(days=3))
    survey = of_office(cast, public_id)
    with pytest.raises(RuleError):
        services.rewrite(acting(cast.secretary), survey, terms)
    db_session.rollback()
    assert opening.told == [COMMITTED]
    assert db_session.scalar(select(Survey.title)) == "年度工作民主评议"


def test_none_is_opened_without_a_question(live_app, cast, db_session, monkeypatch):
    public_id = make_survey(cast.secretary, cast.community, is_open=False).public_id
    db_session.commit()

    def remove():
        survey = of_office(cast, public_id)
        for question in list(survey.questions):
            services.remove_question(acting(cast.secretary), survey, question)

    survey = of_office(cast, public_id)
    assert Meanwhile(live_app, remove).run() == COMMITTED
    with pytest.raises(RuleError):
        services.open_survey(acting(cast.secretary), survey)
