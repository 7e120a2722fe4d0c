"""Following an application by its reference: seen masked, answered, withdrawn; guessing is slowed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.attempts import FREE_FOR_PAIR
from portal.applications import services
from portal.applications.models import ApplicationMessage
from portal.core import calendar
from portal.core.calendar import now
from tests.applications.filling import NUMBER, PHONE, applied
from tests.harness.cases import either_engine


def test_by_the_reference_as_it_is_read_aloud(cast, client):
    made = applied(cast)
    shown = "-".join(made.reference[i : i + 4] for i in (0, 4, 8)).upper()
    response = client.submit("/join/follow", {"reference": f" {shown} "})
    assert response.location == f"/join/{made.reference}"
    page = client.page(response.location).get_text()
    assert "望江社区协会" in page
    assert "钟若兰" not in page
    assert NUMBER not in page
    assert NUMBER[-4:] not in page
    assert PHONE[-4:] not in page
    assert client.get(response.location).headers["Cache-Control"] == "no-store"


@either_engine
def test_every_unknown_reference_gets_the_same_answer(cast, client):
    answers = [client.submit("/join/follow", {"reference": text}) for text in ("0000-0000-0000", "zzzzzzzzzzzz")]
    assert [answer.status_code for answer in answers] == [422, 422]
    pages = {client.get(f"/join/{text}").text for text in ("000000000000", "zzzzzzzzzzzz")}
    assert len({page.split("<main")[1].split('name="csrf_token"')[0] for page in pages}) == 1
    assert client.get("/join/000000000000").status_code == 404
    for rest in ("sent", "withdraw"):
        assert client.get(f"/join/000000000000/{rest}").status_code == 404
    for rest in ("answer", "withdraw"):
        assert client.force(f"/join/000000000000/{rest}", {"answer": "是的"}).status_code == 404


def test_guessing_is_slowed(cast, client):
    made = applied(cast)
    for _ in range(FREE_FOR_PAIR):
        assert client.force("/join/follow", {"reference": "000000000000"}).status_code == 422
    response = client.force("/join/follow", {"reference": made.reference})
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    with calendar.at(now() + timedelta(minutes=6)):
        assert client.force("/join/follow", {"reference": made.reference}).status_code == 303


def test_what_was_asked_is_answered_once(cast, client, db_session):
    made = applied(cast)
    services.ask(cast.secretary, made, "请问住在几号楼？")
    db_session.commit()
    url = f"/join/{made.reference}"
    assert "请问住在几号楼？" in client.page(url).get_text()
    assert client.submit(f"{url}/answer", {"answer": "住三号楼"}, page=url).location == url
    db_session.refresh(made)
    assert made.state == "submitted"
    bodies = [row.body for row in db_session.query(ApplicationMessage).order_by(ApplicationMessage.id)]
    assert bodies == ["请问住在几号楼？", "住三号楼"]
    assert "住三号楼" not in client.page(url).get_text()
    assert client.force(f"{url}/answer", {"answer": "再说一次"}).status_code == 422
    assert db_session.query(ApplicationMessage).count() == 2


@pytest.mark.parametrize("answer", ["", "  ", "字" * 1001])
def test_an_answer_of_sense(cast, client, db_session, answer):
    made = applied(cast)
    services.ask(cast.secretary, made, "请问住在几号楼？")
    db_session.commit()
    response = client.force(f"/join/{made.reference}/answer", {"answer": answer})
    assert response.status_code == 422
    assert answer.strip() in response.text


def test_withdrawn_once(cast, client, db_session):
    made = applied(cast)
    url = f"/join/{made.reference}/withdraw"
    assert client.submit(url).location == f"/join/{made.reference}"
    db_session.refresh(made)
    assert made.state == "withdrawn"
    assert client.force(url).status_code == 422
    assert client.post(url).status_code == 400


def test_declined_with_its_reason(cast, client, db_session):
    made = applied(cast)
    services.decline(cast.secretary, made, "住址不在本社区")
    db_session.commit()
    page = client.page(f"/join/{made.reference}").get_text()
    assert "住址不在本社区" in page
    assert client.get(f"/join/{made.reference}/withdraw").status_code == 200
    assert client.force(f"/join/{made.reference}/withdraw").status_code == 422
    db_session.refresh(made)
    assert made.state == "declined"
