"""Following a letter by its reference: steps, something added, rated once, opened again once; guessing is slowed."""

from __future__ import annotations

from datetime import timedelta

from portal.accounts.attempts import FREE_FOR_PAIR
from portal.core import calendar
from portal.core.calendar import add_working_days, now, today
from portal.core.database import db
from portal.letters import services, writing
from tests.harness.cases import each, either_engine
from tests.letters.rows import BODY, NAME, PHONE, answered, deputy, kinds, read, written


def test_by_the_reference_as_it_is_read_aloud(cast, client):
    letter = written(cast)
    services.note(cast.secretary, letter, "内部的话")
    services.ask(cast.secretary, letter, "请问您平时几点下班？")
    shown = "-".join(letter.reference[i : i + 4] for i in (0, 4, 8)).upper()
    response = client.submit("/letters/follow", {"reference": f" {shown} "})
    assert response.location == f"/letters/{letter.reference}"
    answer = client.get(response.location)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "请问您平时几点下班？" in answer.text
    for hidden in (NAME, PHONE, BODY, "内部的话", cast.secretary.person.name):
        assert hidden not in answer.text


@either_engine
def test_every_unknown_reference_gets_the_same_answer(cast, client):
    sent = [client.submit("/letters/follow", {"reference": text}) for text in ("0000-0000-0000", "zzzzzzzzzzzz")]
    assert [answer.status_code for answer in sent] == [422, 422]
    pages = {client.get(f"/letters/{text}").text for text in ("000000000000", "zzzzzzzzzzzz")}
    assert len({page.split("<main")[1].split('name="csrf_token"')[0] for page in pages}) == 1
    assert client.get("/letters/000000000000/sent").status_code == 404
    for rest in ("add", "rate", "reopen"):
        assert client.force(f"/letters/000000000000/{rest}", {"more": "是的"}).status_code == 404


def test_opened_again_the_first_answer_is_still_read(cast, client):
    letter = answered(cast)
    page = f"/letters/{letter.reference}"
    assert client.get(page).text.count("星期三、星期五开到晚上八点") == 1
    writing.reopen(letter, "周末还是没有开")
    db.session.commit()
    assert client.get(page).text.count("星期三、星期五开到晚上八点") == 1


def test_guessing_is_slowed(cast, client):
    letter = written(cast)
    for _ in range(FREE_FOR_PAIR):
        assert client.force("/letters/follow", {"reference": "000000000000"}).status_code == 422
    response = client.force("/letters/follow", {"reference": letter.reference})
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    with calendar.at(now() + timedelta(minutes=6)):
        assert client.force("/letters/follow", {"reference": letter.reference}).status_code == 303


def test_something_is_added_until_it_is_closed(cast, client, monkeypatch):
    letter = written(cast)
    at = f"/letters/{letter.reference}"
    assert client.submit(f"{at}/add", {"more": "周末也可以"}, page=at).location == at
    assert kinds(letter) == ["received", "added"]
    assert "周末也可以" not in client.get(at).text
    monkeypatch.setattr(writing, "MOST_ADDED", 1)
    assert client.force(f"{at}/add", {"more": "还有"}).status_code == 422
    assert client.force(f"{at}/add", {"more": " "}).status_code == 422
    services.settle(cast.secretary, letter, "已经安排。")
    refused = client.force(f"{at}/add", {"more": "再说一句"})
    assert refused.status_code == 422
    assert client.post(f"{at}/add", data={"more": "没有凭证"}).status_code == 400
    assert client.get(f"{at}/add").status_code == 405


def test_the_answer_is_rated_once(cast, client):
    letter = written(cast)
    at = f"/letters/{letter.reference}"
    assert client.force(f"{at}/rate", {"rating": "5"}).status_code == 422  # not answered yet
    services.answer(cast.secretary, letter, "星期三、星期五开到晚上八点。")
    assert "星期三、星期五开到晚上八点。" in client.page(at).get_text()
    for wrong in ("", "0", "6", "x"):
        assert client.force(f"{at}/rate", {"rating": wrong}).status_code == 422
    assert client.submit(f"{at}/rate", {"rating": "4", "note": "很快"}, page=at).location == at
    assert client.force(f"{at}/rate", {"rating": "1"}).status_code == 422
    letter = read(letter)
    assert (letter.rating, letter.rating_note, letter.state) == (4, "很快", "answered")


def test_whoever_is_on_the_offices_side_does_not_rate_it(cast, client, sign_in):
    """Entered by the secretary, who was told the reference to hand it on: signed in nobody of the office rates it."""
    letter = written(cast, entered_by=cast.secretary, channel="phone")
    services.settle(cast.secretary, letter, "星期三、星期五开到晚上八点。")
    at = f"/letters/{letter.reference}"
    for officer in (cast.secretary, deputy(cast), cast.chair):
        told = sign_in(officer)
        assert "评价" not in [one.get_text() for one in told.page(at).find_all("summary")]
        refused = told.force(f"{at}/rate", {"rating": "5"})
        assert refused.status_code == 422
        assert read(letter).rating is None
    told.force("/sign-out", {})
    assert writing.rate(read(letter), "2", by=cast.member) is None  # whoever wrote it may have an account
    assert read(letter).rating == 2


def test_opened_again_once_with_a_due_date_of_its_own(cast, client):
    letter = answered(cast)
    at = f"/letters/{letter.reference}"
    services.close(cast.secretary, letter)
    assert client.force(f"{at}/reopen", {"why": ""}).status_code == 422
    assert client.submit(f"{at}/reopen", {"why": "星期三去了还是关着"}, page=at).location == at
    letter = read(letter)
    assert (letter.state, letter.reopened, letter.answered_at, letter.closed_at) == ("in_hand", 1, None, None)
    assert letter.due_on == add_working_days(today(), 15)
    services.answer(cast.secretary, letter, "值班的同事记错了，已经更正。")
    page = client.page(at).get_text()
    assert "值班的同事记错了，已经更正。" in page
    assert "星期三、星期五开到晚上八点。" in page  # the earlier answer stays among the steps
    assert client.force(f"{at}/reopen", {"why": "还是不满意"}).status_code == 422


@each(("days", "is_taken"), [(0, True), (15, True), (16, False)])
def test_until_the_fifteenth_working_day(cast, client, days, is_taken):
    letter = answered(cast)
    later = now() + (add_working_days(today(), days) - today())
    with calendar.at(later):
        response = client.force(f"/letters/{letter.reference}/reopen", {"why": "还没有解决"})
    assert (response.status_code == 303) == is_taken
