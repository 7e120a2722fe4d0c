"""Answering without a name: code, questions, check, done; once each; nothing ties an answer to a ticket."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from portal.accounts.models import Account
from portal.accounts.queries import get_account
from portal.core.audit import AuditEntry
from portal.core.calendar import at, now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.members.models import Membership
from portal.people.models import Person
from portal.surveys import answering, codes, giving, queries, services
from portal.surveys.models import Survey, SurveyAnswer, SurveyTicket
from portal.verification.attempts import FREE
from tests.harness.cases import either_engine
from tests.harness.factory import make_membership, make_person
from tests.harness.together import at_once
from tests.notices.rows import acting
from tests.surveys.rows import ANSWERS, make_codes, make_survey

AT_ONCE = 10


def count(entity) -> int:
    return db.session.scalar(select(func.count()).select_from(entity)) or 0


def test_on_a_phone(cast, client):
    """The code leads to the questions, those to the check, and that to the end; the same code then to a refusal."""
    survey = make_survey(cast.secretary, cast.community)
    code = make_codes(survey)[0]
    url = f"/appraisals/{survey.public_id}"
    shown = client.page(f"{url}?code={code}")
    assert shown.find("input", {"name": "code"})["value"] == codes.shown(code)
    questions = client.submit(url, page=f"{url}?code={code}")
    assert questions.status_code == 200
    assert questions.headers["Cache-Control"] == "no-store"
    sent = {"code": codes.shown(code), **ANSWERS}
    assert client.force(f"{url}/check", {"code": code}).status_code == 422
    check = client.force(f"{url}/check", sent)
    assert "多办一些活动" in check.text
    assert count(SurveyAnswer) == 0
    assert "多办一些活动" in client.force(f"{url}/send", {**sent, "change": "yes"}).text
    assert client.force(f"{url}/send", sent).location == f"{url}/done"
    assert client.get(f"{url}/done").status_code == 200
    answer = db.session.scalars(select(SurveyAnswer)).one()
    assert answer.answers == {"1": "satisfied", "2": 1, "3": "多办一些活动"}
    for path in ("", "/check", "/send"):
        assert client.force(url + path, sent).status_code == 422, path
    assert count(SurveyAnswer) == 1


@either_engine
def test_refused(cast, client):
    survey = make_survey(cast.secretary, cast.community)
    url, code = f"/appraisals/{survey.public_id}", make_codes(survey)[0]
    other = make_codes(make_survey(cast.secretary, cast.community, title="另一次评议"))[0]
    for wrong in ("", "ABCD", other):
        assert client.force(url, {"code": wrong}).status_code == 422, wrong
    for bad in ({"q1": "perfect"}, {"q2": "9"}, {"q3": "长" * 501}):
        assert client.force(f"{url}/check", {"code": code, **ANSWERS, **bad}).status_code == 422, bad
    for path in ("/check", "/send"):
        assert client.get(url + path).status_code == 405
    draft = make_survey(cast.secretary, cast.community, is_open=False)
    assert client.get(f"/appraisals/{draft.public_id}").status_code == 404
    with at(now() + timedelta(days=30)):
        assert client.get(url).status_code == 200
        assert client.force(url, {"code": code}).location == url
    assert count(SurveyAnswer) == 0


@either_engine
def test_guessing_is_slowed(cast, client):
    survey = make_survey(cast.secretary, cast.community)
    url, code = f"/appraisals/{survey.public_id}", make_codes(survey)[0]
    for number in range(FREE):
        assert client.force(url, {"code": f"zz{number:010}"}).status_code == 422
    slowed = client.force(url, {"code": "zz0000009999"})
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) > 0
    assert client.force(url, {"code": code}).status_code == 429
    with at(now() + timedelta(minutes=1)):
        assert client.force(url, {"code": code}).status_code == 200


def test_apart_from_names(cast):
    """No code is kept, no moment, no order, and no line in the log; a ticket tells that it was used."""
    survey = make_survey(cast.secretary, cast.community)
    drawn = make_codes(survey, count=3)
    before = count(AuditEntry)
    for code in drawn:
        answering.answer(survey, answering.ticket_of_code(survey, code), ANSWERS)
    assert count(AuditEntry) == before
    columns = {column.name for table in (SurveyTicket, SurveyAnswer) for column in table.__table__.columns}
    assert not {name for name in columns if name.endswith(("_at", "_on"))}
    ids = list(db.session.scalars(select(SurveyAnswer.id)))
    assert len(set(ids)) == 3
    assert max(ids) > 10**9
    kept = db.session.scalars(select(SurveyTicket.code_hash)).all()
    assert not set(kept) & set(drawn)
    assert all(db.session.scalars(select(SurveyTicket.is_used)))


def test_closed_a_ticket_is_nobodys(cast):
    """Who was asked and who answered is forgotten; how many of each association is not."""
    survey = make_survey(cast.secretary, cast.community, audience="members")
    drawn = make_codes(survey, count=6)
    giving.ask_members(acting(cast.secretary), survey)
    for code in drawn[:4]:
        answering.answer(survey, answering.ticket_of_code(survey, code), ANSWERS)
    before = {ticket.code_hash for ticket in db.session.scalars(select(SurveyTicket))}
    db.session.expire_all()
    survey = queries.get_public(survey.public_id)
    assert services.close(survey)
    assert not services.close(survey)
    rows = db.session.execute(select(SurveyTicket.code_hash, SurveyTicket.person_id, SurveyTicket.is_used)).all()
    assert not before & {row.code_hash for row in rows}
    assert {row.person_id for row in rows} == {None}
    assert (len(rows), sum(row.is_used for row in rows)) == (survey.asked, 4)


def test_members_by_account(cast, sign_in):
    """Whoever is asked answers once on the own page; nobody else finds it there."""
    survey = make_survey(cast.secretary, cast.community, audience="members")
    make_membership(make_person("无账号"), db.session.merge(cast.community))
    assert giving.ask_members(acting(cast.secretary), survey) == 1
    assert giving.ask_members(acting(cast.secretary), survey) == 0
    assert survey.asked == 1
    url = f"/me/appraisals/{survey.public_id}"
    member = sign_in(cast.member)
    assert member.page("/me/appraisals").find("a", href=url)
    assert member.submit(url, {"q1": None}).status_code == 422
    assert "多办一些活动" in member.submit(url, ANSWERS).text
    assert count(SurveyAnswer) == 0
    assert member.force(url, {**ANSWERS, "send": "yes"}).location == f"/appraisals/{survey.public_id}/done"
    assert member.force(url, {**ANSWERS, "send": "yes"}).status_code == 422
    assert not member.page(url).main.find("input", {"name": "q1"})
    assert count(SurveyAnswer) == 1
    stranger = sign_in(cast.stranger)
    assert stranger.get(url).status_code == 404
    assert stranger.force(url, ANSWERS).status_code == 404


def test_of_two_records_that_became_one_is_one_answer(cast, db_session):
    """Asked and answered under the record that is gone, whose account and membership are the other's now."""
    survey = make_survey(cast.secretary, cast.community, audience="members")
    giving.ask_members(acting(cast.secretary), survey)
    gone, kept = cast.member.person_id, make_person("同一个人")
    ticket = answering.ticket_of_member(survey, gone)
    answering.answer(survey, ticket, ANSWERS)
    for table in (Account, Membership):
        db_session.execute(update(table).where(table.person_id == gone).values(person_id=kept.id))
    db_session.execute(update(Person).where(Person.id == gone).values(merged_into_id=kept.id))
    assert giving.ask_members(acting(cast.secretary), survey) == 0
    assert answering.ticket_of_member(survey, kept.id).is_used
    assert [row.is_used for row in queries.list_own(kept.id)] == [True]
    other = SurveyTicket(survey_id=survey.id, association_id=cast.community.id, person_id=kept.id)
    db_session.add(other)  # asked under both before they were merged
    db_session.flush()
    assert answering.ticket_of_member(survey, kept.id).id == ticket.id
    assert [row.is_used for row in queries.list_own(kept.id)] == [True]
    with pytest.raises(RuleError):
        answering.answer(survey, answering.ticket_of_member(survey, kept.id), ANSWERS)


def answering_at_once(survey_id: int, code: str) -> list:
    def send() -> str:
        survey = queries.get_public(db.session.scalar(select(Survey.public_id).where(Survey.id == survey_id)) or "")
        assert survey is not None
        answering.answer(survey, answering.ticket_of_code(survey, code), ANSWERS)
        return "counted"

    return [send] * AT_ONCE


def test_members_asked_twice_at_once_are_asked_once(live_app, cast):
    survey = make_survey(cast.secretary, cast.community, audience="members")
    db.session.commit()
    public_id, account_id = survey.public_id, cast.secretary.id
    db.session.rollback()

    def ask() -> int:
        return giving.ask_members(get_account(account_id), queries.get_public(public_id))

    given = at_once(live_app, [ask] * 3)
    assert (len(given), sum(given)) == (3, count(SurveyTicket))


@pytest.fixture
def open_code(live_app, cast) -> tuple[int, str]:
    survey = make_survey(cast.secretary, cast.community)
    code = make_codes(survey, count=1)[0]
    db.session.commit()
    return survey.id, code


def test_ten_at_once_are_counted_once(live_app, open_code):
    assert at_once(live_app, answering_at_once(*open_code)).count("counted") == 1
    assert count(SurveyAnswer) == 1


def test_control_without_the_condition_they_are_counted_again(live_app, open_code, monkeypatch):
    """Both looked before either wrote: the look alone keeps nobody out."""
    survey_id, code = open_code
    ticket = db.session.scalars(select(SurveyTicket)).one()
    db.session.expunge(ticket)
    db.session.rollback()
    monkeypatch.setattr(answering, "ticket_of_code", lambda _survey, _code: ticket)
    monkeypatch.setattr(answering, "_spend", lambda _ticket: True)
    assert at_once(live_app, answering_at_once(survey_id, code)).count("counted") == AT_ONCE


@either_engine
def test_services_refuse(cast):
    survey = make_survey(cast.secretary, cast.community)
    ticket = answering.ticket_of_code(survey, make_codes(survey)[0])
    with pytest.raises(RuleError):
        answering.answer(survey, ticket, {"q1": "", "q3": " "})
    survey.closes_on = survey.opens_on - timedelta(days=1)
    with pytest.raises(RuleError):
        answering.answer(survey, ticket, ANSWERS)
    db.session.rollback()
