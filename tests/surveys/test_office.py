"""An appraisal in the office: written, opened, given out, entered from paper, closed, published."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.core.calendar import at, now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.files import store
from portal.core.jobs import Job
from portal.surveys import answering, clock, giving, proving, queries, services
from portal.surveys.models import Survey, SurveyAnswer, SurveyQuestion, SurveyTicket
from portal.transparency.queries import proof_of
from tests.harness.cases import each, either_engine
from tests.notices.rows import acting
from tests.surveys.rows import ANSWERS, make_codes, make_survey

OFFICE = "/office/wangjiang/appraisals"
WHO_MAY_NOT = [("treasurer", 403), ("publisher", 403), ("leader", 403), ("sibling", 404), ("member", 404)]


def later() -> object:
    return at(now() + timedelta(days=11))


def test_written_and_opened(cast, sign_in):
    """Sent twice, made once; its questions are changed, ordered, taken out; opened, they stand."""
    client, day = sign_in(cast.secretary), today()
    new = {**client.form(f"{OFFICE}/new"), "title": "年度评议", "closes_on": str(day + timedelta(days=9))}
    first = client.send(f"{OFFICE}/new", new)
    assert first.status_code == 303
    assert client.send(f"{OFFICE}/new", new).location == first.location
    for bad in ({"title": ""}, {"closes_on": "2020-01-01"}, {"hide_below": "2"}, {"audience": "all"}):
        assert client.send(f"{OFFICE}/new", {**new, "entry_key": "k", **bad}).status_code == 422, bad
    made = db.session.scalars(select(Survey)).one()
    url = f"{OFFICE}/{made.public_id}"
    assert client.submit(f"{url}/edit", {"title": "年终评议"}).status_code == 303
    question = {"text": "最喜欢什么？", "kind": "choice", "choices": "讲座\n文体"}
    assert client.submit(f"{url}/questions/new", question).status_code == 303
    for bad in ({"text": ""}, {"choices": "讲座"}, {"kind": "x"}):
        assert client.submit(f"{url}/questions/new", {**question, **bad}).status_code == 422, bad
    assert client.submit(f"{url}/questions/2", {"text": "最想要什么？"}).status_code == 303
    assert client.submit(f"{url}/questions/2/order", {"step": "up"}, page=url).status_code == 303
    texts = select(SurveyQuestion.text).order_by(SurveyQuestion.position)
    assert list(db.session.scalars(texts)) == ["最想要什么？", services.FIRST_QUESTION]
    assert client.force(f"{url}/questions/1/remove").status_code == 303
    assert client.submit(f"{url}/open").status_code == 303
    assert (made.state, made.title) == ("open", "年终评议")
    for path in ("edit", "questions/new", "questions/1", "questions/1/remove", "questions/1/order", "open"):
        assert client.force(f"{url}/{path}").status_code == 404, path
    assert client.get(f"{OFFICE}/list.csv").text.count("年终评议") == 1


@either_engine
@each(("who", "status"), WHO_MAY_NOT)
def test_who_may_not(cast, sign_in, who, status):
    url = f"{OFFICE}/{make_survey(cast.secretary, cast.community).public_id}"
    client = sign_in(getattr(cast, who))
    for path in ("give-out", "ask-members", "paper", "publish", "put-off"):
        assert client.force(f"{url}/{path}").status_code == status, path
    assert client.get(OFFICE).status_code == status
    assert client.get(f"{url}/results.xlsx").status_code == status


@either_engine
def test_of_another_association(cast, sign_in, client):
    survey = make_survey(cast.sibling, cast.sibling_community)
    secretary = sign_in(cast.secretary)
    for path in ("", "/give-out", "/paper", "/publish", "/results.csv"):
        assert secretary.get(f"{OFFICE}/{survey.public_id}{path}").status_code == 404, path
    assert client.get(OFFICE).status_code == 303
    assert secretary.get(f"/office/wangjiang/appraisals/{survey.public_id}/ask-members").status_code == 405


def test_codes_are_printed_once(cast, sign_in):
    """A batch for each association below; the PDF holds the codes, the table only what cannot be read."""
    survey = make_survey(cast.chair, cast.street)
    url, client = f"/office/liuan/appraisals/{survey.public_id}", sign_in(cast.chair)
    assert client.submit(f"{url}/give-out", {"place": "below", "count": "0"}).status_code == 422
    assert client.submit(f"{url}/give-out", {"place": "shangshi", "count": "5"}).status_code == 422
    answer = client.submit(f"{url}/give-out", {"place": "below", "count": "13"})
    assert answer.status_code == 303
    job = db.session.scalars(select(Job).where(Job.kind == giving.JOB)).one()
    assert (job.state, [file["count"] for file in job.result["files"]]) == ("done", [13, 13])
    assert db.session.merge(survey).asked == 26
    by_place = select(SurveyTicket.association_id, func.count()).group_by(SurveyTicket.association_id)
    assert [row[1] for row in db.session.execute(by_place)] == [13, 13]
    assert client.page(answer.location).main.find("a", href=f"{answer.location}/files/1")
    assert client.get(f"{answer.location}/files/1").data.startswith(b"%PDF")
    assert client.get(f"{answer.location}/files/3").status_code == 404
    assert sign_in(cast.secretary).get(answer.location.replace("liuan", "wangjiang")).status_code == 404
    key = job.result["files"][0]["key"]
    with at(now() + timedelta(days=2)):
        assert sign_in(cast.chair).get(f"{answer.location}/files/1").status_code == 404
        giving.tidy()
    assert not store.has(key)


def test_paper_put_off_and_published(cast, sign_in):
    """Entered with its code, once; closed after the last day; published, frozen and in the chain."""
    survey = make_survey(cast.secretary, cast.community)
    drawn, url = make_codes(survey, count=8), f"{OFFICE}/{survey.public_id}"
    client = sign_in(cast.secretary)
    assert client.submit(f"{url}/paper", {**ANSWERS, "code": drawn[0]}).status_code == 303
    assert client.submit(f"{url}/paper", {**ANSWERS, "code": drawn[0]}).status_code == 422
    again = queries.get_public(survey.public_id)
    for number, code in enumerate(drawn[1:7]):
        said = {**ANSWERS, "q1": "fairly" if number else "unknown", "q3": f"建议{number}"}
        answering.answer(again, answering.ticket_of_code(again, code), said)
    assert client.get(f"{url}/results.csv").status_code == 404
    assert client.submit(f"{url}/publish", {}).status_code == 422
    nearer = {"closes_on": str(again.closes_on - timedelta(days=1))}
    assert client.submit(f"{url}/put-off", nearer).status_code == 422
    with later():
        clock.close_ended()
        assert again.state == "closed"
        client = sign_in(cast.secretary)
        assert client.force(f"{url}/put-off", nearer).status_code == 404
        assert "建议1" in client.page(f"{url}/publish").get_text()
        again = queries.get_public(survey.public_id)
        keys = {text: key for key, text in services.own_words(again)[3]}
        assert client.submit(f"{url}/publish", {"words": [keys["建议2"]]}).status_code == 303
        assert client.force(f"{url}/publish").status_code == 303
        public = sign_in(cast.stranger).page(f"/appraisals/{survey.public_id}").get_text()
        assert "建议2" in public
        assert "建议1" not in public
        assert "100.0%" in public
    found = db.session.merge(survey)
    assert (found.state, found.results["asked"], found.results["answered"]) == ("published", 8, 7)
    assert proof_of(survey.public_id).hash
    assert proving.results_of(survey.public_id, 1)["results"] == found.results


def test_the_database_keeps_what_was_answered(cast):
    survey = make_survey(cast.secretary, cast.community)
    answering.answer(survey, answering.ticket_of_code(survey, make_codes(survey)[0]), ANSWERS)
    for statement in (
        SurveyAnswer.__table__.delete(),
        SurveyAnswer.__table__.update().values(answers={}),
        SurveyTicket.__table__.update().values(is_used=False),
    ):
        with pytest.raises(Exception, match=r"way back|nothing is removed|append|refuse"), db.session.begin_nested():
            db.session.execute(statement)


@either_engine
def test_services_refuse(cast):
    survey, who = make_survey(cast.secretary, cast.community, is_open=False), acting(cast.secretary)
    with pytest.raises(RuleError):
        giving.order_batch(who, survey, [survey.association], 5)
    with pytest.raises(RuleError):
        giving.ask_members(who, survey)
    with pytest.raises(RuleError):
        services.publish(who, survey, [])
    for question in list(survey.questions):
        services.remove_question(who, survey, question)
    with pytest.raises(RuleError):
        services.open_survey(who, survey)
