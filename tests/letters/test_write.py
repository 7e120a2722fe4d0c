"""Writing at /letters: one question a page, with or without a name, sent twice received once."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from portal.core import calendar
from portal.core.calendar import add_working_days, today
from portal.letters import queries
from portal.letters.models import Letter, LetterAbout
from portal.offices.queries import list_officers
from tests.harness.cases import each, either_engine
from tests.harness.client import client_of
from tests.letters.filling import answers, fill_in, send
from tests.letters.rows import BODY, NAME, PHONE, SUBJECT, deputy, kinds


def test_from_the_start_page_to_the_confirmation(cast, client, db_session):
    start = client.page("/letters?at=wangjiang")
    assert start.find("a", href="/letters/write/association?at=wangjiang")
    assert fill_in(client, answers(), seen=True).endswith("/letters/check")
    check = client.page("/letters/check").get_text()
    assert all(said in check for said in (SUBJECT, BODY, NAME, "望江社区协会"))
    reference = send(client)
    letter = queries.get_by_reference(reference)
    assert len(reference) == 12
    assert (letter.name, letter.phone, letter.body) == (NAME, PHONE, BODY)
    assert (letter.state, letter.channel, letter.may_publish, letter.person_id) == ("received", "web", True, None)
    assert letter.due_on == add_working_days(today(), 15)
    assert kinds(letter) == ["received"]
    sent = client.page(f"/letters/{reference}/sent").get_text()
    assert f"{reference[:4]}-{reference[4:8]}-{reference[8:]}".upper() in sent
    assert client.post("/letters/send").status_code == 400  # no token
    assert client.force("/letters/send").location == f"/letters/{reference}/sent"
    assert db_session.query(Letter).count() == 1


def test_what_was_written_is_encrypted(cast, client, db_session):
    fill_in(client, answers())
    letter = queries.get_by_reference(send(client))
    stored = db_session.execute(Letter.__table__.select()).one()._mapping  # decrypted by the type
    raw = db_session.connection().exec_driver_sql("SELECT body, name, phone FROM letter").one()
    assert stored["body"] == letter.body == BODY
    assert not any(said in str(raw) for said in (BODY, NAME, PHONE))


def test_a_question_is_answered_sooner_and_holidays_do_not_count(cast, client):
    """1 to 7 October are holidays, 10 October is worked for them."""
    with calendar.at(datetime(2026, 9, 30, 9, tzinfo=ZoneInfo("Asia/Shanghai"))):
        fill_in(client, answers(kind={"kind": "question"}))
        letter = queries.get_by_reference(send(client))
    assert letter.due_on == add_working_days(datetime(2026, 9, 30).date(), 5)
    assert letter.due_on.isoformat() > "2026-10-12"


def test_without_a_name_nothing_is_kept_of_who_wrote(cast, sign_in):
    """Also of somebody who is signed in, and had typed a phone before."""
    member = sign_in(cast.member)
    fill_in(member, answers(writer={"named": "no", "name": NAME, "phone": PHONE}))
    letter = queries.get_by_reference(send(member))
    assert letter.is_anonymous
    assert (letter.name, letter.phone, letter.email, letter.person_id) == (None, None, None, None)
    assert SUBJECT not in member.page("/me/letters").get_text()


def test_who_is_signed_in_finds_the_own_letters(cast, sign_in):
    member = sign_in(cast.member)
    assert cast.member.person.name in str(member.page("/letters/write/association"))  # signed in
    fill_in(
        member, {step: data for step, data in answers().items() if step in ("association", "kind", "text", "about")}
    )
    form = member.form("/letters/write/writer")
    assert (form["name"], form["phone"]) == (cast.member.person.name, cast.member.person.phone)
    member.force("/letters/write/writer", {**form, "named": "yes"})
    member.force("/letters/write/publish", {"may_publish": "no"})
    reference = send(member)
    assert member.page("/me/letters").find("a", href=f"/letters/{reference}")
    assert SUBJECT not in sign_in(cast.volunteer).page("/me/letters").get_text()


def test_about_an_officer_it_goes_past_them(cast, client, db_session):
    """The secretary is the only one there: it goes to the street at once. Names are those that are public."""
    held = next(one for one in list_officers(cast.community, today()) if one.person_id == cast.secretary.person_id)
    fill_in(client, {step: data for step, data in answers().items() if step in ("association", "kind", "text")})
    page = client.page("/letters/write/about").get_text()
    assert "秘书长" in page
    assert cast.secretary.person.name not in page
    assert client.force("/letters/write/about", {"about": "nobody-known"}).status_code == 422
    client.force("/letters/write/about", {"about": held.public_id})
    client.force("/letters/write/writer", {"named": "no"})
    letter = queries.get_by_reference(send(client))  # whether it may be published is not asked
    assert (letter.association_id, letter.may_publish) == (cast.street.id, False)
    assert letter.received_by_association_id == cast.community.id
    assert [row.person_id for row in db_session.query(LetterAbout)] == [cast.secretary.person_id]
    assert kinds(letter) == ["received", "passed_on"]


def test_about_somebody_who_is_not_named_it_goes_above(cast, client):
    deputy(cast)
    fill_in(client, answers(about={"about": "somebody"}, publish=None))
    assert queries.get_by_reference(send(client)).association_id == cast.street.id


def test_another_association_asks_anew_whom_it_is_about(cast, client):
    fill_in(client, answers())
    assert client.force("/letters/write/association", {"association": "tingyu"}).location.endswith("/about")


def test_thanks_are_not_asked_whom_they_complain_about(cast, client):
    assert fill_in(client, answers(kind={"kind": "thanks"}, about=None)).endswith("/letters/check")


@either_engine
@each(
    ("step", "data"),
    [
        ("association", {"association": "nowhere"}),
        ("association", {}),
        ("kind", {"kind": "denunciation"}),
        ("text", {"subject": "", "body": BODY}),
        ("text", {"subject": SUBJECT, "body": "  "}),
        ("text", {"subject": SUBJECT, "body": "字" * 3001}),
        ("writer", {"named": "yes", "name": "", "phone": PHONE}),
        ("writer", {"named": "yes", "name": NAME, "phone": "", "email": ""}),
        ("writer", {"named": "yes", "name": NAME, "phone": "123"}),
        ("publish", {}),
    ],
)
def test_what_makes_no_sense_is_asked_again(cast, app, step, data):
    visitor = client_of(app)
    said = answers()
    fill_in(visitor, {one: said[one] for one in list(said)[: list(said).index(step)]})
    response = visitor.force(f"/letters/write/{step}", data)
    assert response.status_code == 422
    assert (data.get("body") or "").strip() in response.text


@either_engine
def test_nobody_jumps_ahead_and_a_word_of_the_way_is_404(cast, client):
    assert client.get("/letters/write/writer").location.endswith("/association")
    assert client.get("/letters/check").location.endswith("/association")
    assert client.get("/letters/write/sheep").status_code == 404
    assert client.get("/letters/send").status_code == 405 or client.get("/letters/send").status_code == 404


@either_engine
def test_what_was_typed_can_be_deleted(cast, client):
    fill_in(client, answers())
    assert client.submit("/letters/forget", page="/letters/check").status_code == 303
    assert client.get("/letters/check").location.endswith("/association")


@either_engine
def test_too_many_of_an_hour_are_refused(cast, client, monkeypatch, db_session):
    from portal.applications import limits

    monkeypatch.setattr(limits, "SENT", 1)
    for expected in (303, 422):
        fill_in(client, answers(writer={"named": "no"}))
        response = client.submit("/letters/send", page="/letters/check")
        assert response.status_code == expected
    assert SUBJECT in response.text  # nothing typed is lost
    assert db_session.query(Letter).count() == 1
