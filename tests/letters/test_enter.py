"""A letter from paper, the phone or a visit: entered once, answered at once, closed at the first visit."""

from __future__ import annotations

from datetime import timedelta

from portal.core.calendar import today
from portal.letters.models import Letter
from tests.harness.cases import each, either_engine
from tests.letters.rows import BODY, NAME, OFFICE, SUBJECT, kinds

NEW = f"{OFFICE}/new"
SAID = {"channel": "visit", "kind": "question", "subject": SUBJECT, "body": BODY, "name": NAME}


def only(db_session) -> Letter:
    return db_session.query(Letter).one()


def test_a_visit_that_is_answered_at_once_is_closed_at_the_first_visit(cast, sign_in, db_session):
    client = sign_in(cast.secretary)
    form = {**client.form(NEW), **SAID, "answer": "周一到周六，上午八点半开门。"}
    response = client.send(NEW, form)
    letter = only(db_session)
    assert (letter.state, letter.reopened, letter.entered_by_id) == ("closed", 0, cast.secretary.person_id)
    assert kinds(letter) == ["received", "answered", "closed"]
    page = client.page(response.location).get_text()
    assert letter.reference[:4].upper() in page
    again = client.send(NEW, form)
    assert again.location == response.location
    assert db_session.query(Letter).count() == 1
    # The reference is told to nobody else, nor on the letter's page.
    assert sign_in(cast.chair).get(response.location.replace("wangjiang", "liuan")).status_code == 303
    assert letter.reference[:4].upper() not in client.page(f"{OFFICE}/{letter.public_id}").get_text()


@either_engine
@each(("channel", "state"), [("letter", "received"), ("phone", "in_hand"), ("visit", "in_hand")])
def test_who_said_it_to_an_officer_knows_that_it_came(cast, sign_in, db_session, channel, state):
    day = today() - timedelta(days=3)
    sign_in(cast.secretary).submit(NEW, {**SAID, "channel": channel, "received_on": str(day)})
    letter = only(db_session)
    assert letter.state == state
    assert letter.received_at.date() == day
    assert (letter.acknowledged_at is not None) == (state == "in_hand")


def test_about_oneself_it_goes_to_the_association_above(cast, sign_in, db_session):
    client = sign_in(cast.secretary)
    page = client.page(NEW)
    label = next(one for one in page.find_all("label") if cast.secretary.person.name in one.get_text())
    about = label.find("input")["value"]
    data = {**client.form(NEW), **SAID, "about": about}
    refused = client.send(NEW, {**data, "answer": "已经说明。"})
    assert refused.status_code == 422
    assert "已经说明。" in refused.text
    assert db_session.query(Letter).count() == 0
    response = client.send(NEW, data)
    letter = only(db_session)
    assert letter.association_id == cast.street.id
    assert client.get(f"{OFFICE}/{letter.public_id}").status_code == 404
    told = client.page(response.location)
    assert not told.find("a", href=f"{OFFICE}/{letter.public_id}")


@either_engine
@each(
    ("field", "value"),
    [
        ("channel", "web"), ("kind", ""), ("subject", ""), ("body", " "), ("name", ""), ("received_on", ""),
        ("received_on", str(today() + timedelta(days=1))), ("received_on", str(today() - timedelta(days=61))),
        ("key", ""), ("phone", "12"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(cast, sign_in, db_session, field, value):
    client = sign_in(cast.secretary)
    response = client.submit(NEW, {**SAID, field: value})
    assert response.status_code == 422
    assert BODY in response.text or field == "body"
    assert db_session.query(Letter).count() == 0


@either_engine
def test_by_whom(cast, sign_in, client):
    assert client.force(NEW, SAID).location.startswith("/sign-in")
    for role, status in (("treasurer", 403), ("sibling", 404), ("member", 404)):
        assert sign_in(getattr(cast, role)).force(NEW, SAID).status_code == status
