"""An office left idle asks for the password again, and what was typed meanwhile is not lost."""

from __future__ import annotations

import io
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from werkzeug.datastructures import MultiDict

from portal.accounts import kept
from portal.people.models import Person
from tests.harness.cases import each, either_engine
from tests.harness.client import form_to, form_values
from tests.harness.factory import PASSWORD


@pytest.fixture
def edit(cast) -> str:
    """An office page with a form: the record of the volunteer."""
    return f"/office/wangjiang/people/{cast.volunteer.person.public_id}/edit"


def test_a_page_of_the_office(cast, client, enter, edit, later):
    enter(client, cast.secretary)
    with later(minutes=29):
        assert client.get(edit).status_code == 200
    with later(minutes=29 + 31):
        answer = client.get(edit)
        assert answer.location == f"/confirm?next={quote(edit)}"
        done = client.submit("/confirm", {"password": PASSWORD}, page=answer.location)
        assert done.location == edit
        assert client.get(edit).status_code == 200


def test_each_page_counts_as_activity(cast, client, enter, edit, later):
    enter(client, cast.secretary)
    for minutes in (20, 40, 60):
        with later(minutes=minutes):
            assert client.get(edit).status_code == 200


def test_own_pages_need_no_confirmation_and_do_not_replace_it(cast, client, enter, edit, later):
    enter(client, cast.secretary)
    with later(minutes=31):
        assert client.get("/me/security").status_code == 200
        assert client.get(edit).status_code == 303


def test_the_cookie_of_an_idle_session_is_not_renewed(cast, client, enter, cookie_of, later):
    enter(client, cast.secretary)
    before = cookie_of(client)
    with later(minutes=31):
        client.get("/me/security")
    assert cookie_of(client) == before
    with later(minutes=2):
        client.get("/me/security")
    assert cookie_of(client) != before


def test_a_forged_moment_is_no_session(cast, client, enter, cookie_of):
    enter(client, cast.secretary)
    token, moment, signature = cookie_of(client).split(".")
    client.set_cookie("portal", f"{token}.{moment[::-1]}.{signature}")
    assert client.get("/me/security").status_code == 303


def stopped(client, edit: str, **typed: str) -> tuple[BeautifulSoup, dict]:
    """Post to the form after it stood open too long; returns the page that answers and its fields."""
    answer = client.force(edit, typed)
    assert answer.status_code == 401
    page = BeautifulSoup(answer.text, "html.parser")
    return page, form_values(form_to(page, "/confirm", edit))


def test_a_post_is_kept_and_goes_on(cast, client, enter, edit, later, db_session):
    enter(client, cast.secretary)
    typed = {"name": "陈晓明", "residence": '江边路 7 号 "后门"\r\n<b>二楼</b>', "email": "", "has_signed": "y"}
    with later(minutes=31):
        page, fields = stopped(client, edit, **typed)
        assert "江边路" not in page.select_one("main").get_text()
        assert db_session.get(Person, cast.volunteer.person_id).residence == ""

        wrong = client.post("/confirm", data=fields | {"password": "wrong password"})
        assert wrong.status_code == 422
        fields = form_values(form_to(BeautifulSoup(wrong.text, "html.parser"), "/confirm", edit))

        right = client.post("/confirm", data=fields | {"password": PASSWORD})
        assert right.status_code == 200
        last = form_to(BeautifulSoup(right.text, "html.parser"), edit, "/confirm")
        values = form_values(last)
        assert {name: values[name].replace("\r\n", "\n") for name in typed} == {
            name: value.replace("\r\n", "\n") for name, value in typed.items()
        }
        assert client.post(edit, data=values).status_code == 303
    assert db_session.get(Person, cast.volunteer.person_id).residence.startswith("江边路 7 号")


def test_passwords_are_not_carried(cast, client, enter, edit, later):
    enter(client, cast.secretary)
    with later(minutes=31):
        page, fields = stopped(client, edit, name="陈晓明", password="secret words", new_password="more secret")
    assert "secret" not in str(page)
    assert fields["kept-field-name"] == "陈晓明"


def test_htmx_gets_the_whole_page_in_place(cast, client, enter, edit, later):
    enter(client, cast.secretary)
    with later(minutes=31):
        answer = client.force(edit, {"name": "陈晓明"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.headers["HX-Retarget"] == "#main"
    assert 'name="kept-field-name"' in answer.text


def test_a_session_that_has_run_out_keeps_the_post_too(cast, client, enter, edit, later, phone_of, db_session):
    enter(client, cast.secretary)
    with later(hours=21):
        answer = client.force(edit, {"name": "陈晓明", "residence": "江边路 9 号"})
        assert answer.status_code == 401
        fields = form_values(form_to(BeautifulSoup(answer.text, "html.parser"), "/sign-in", edit))
        fields |= {"login": phone_of(cast.secretary), "password": PASSWORD}
        right = client.post("/sign-in", data=fields)
        last = form_to(BeautifulSoup(right.text, "html.parser"), edit, "/sign-in")
        assert client.post(edit, data=form_values(last)).status_code == 303
    assert db_session.get(Person, cast.volunteer.person_id).residence == "江边路 9 号"


def test_with_a_second_factor_the_post_is_carried_through_both_steps(
    cast, client, enter, edit, later, phone_of, with_app, db_session
):
    enter(client, cast.secretary)
    shows = with_app(cast.secretary)
    with later(hours=21):
        answer = client.force(edit, {"name": "陈晓明", "residence": "江边路 9 号"})
        fields = form_values(form_to(BeautifulSoup(answer.text, "html.parser"), "/sign-in", edit))
        answer = client.post("/sign-in", data=fields | {"login": phone_of(cast.secretary), "password": PASSWORD})
        fields = form_values(form_to(BeautifulSoup(answer.text, "html.parser"), "/sign-in/code", "/sign-in"))
        answer = client.post("/sign-in/code", data=fields | {"code": shows()})
        last = form_to(BeautifulSoup(answer.text, "html.parser"), edit, "/sign-in/code")
        assert client.post(edit, data=form_values(last)).status_code == 303
    assert db_session.get(Person, cast.volunteer.person_id).residence == "江边路 9 号"


@either_engine
def test_somebody_else_cannot_go_on_where_they_may_not(cast, client, enter, edit, later, phone_of):
    enter(client, cast.secretary)
    with later(hours=21):
        answer = client.force(edit, {"name": "陈晓明"})
        fields = form_values(form_to(BeautifulSoup(answer.text, "html.parser"), "/sign-in", edit))
        right = client.post("/sign-in", data=fields | {"login": phone_of(cast.member), "password": PASSWORD})
        last = form_to(BeautifulSoup(right.text, "html.parser"), edit, "/sign-in")
        assert client.post(edit, data=form_values(last)).status_code == 404


@each("target", ["https://evil.example/", "//evil.example/x", "/me", "/no-such-page", "data:,x"])
def test_a_forged_target_is_not_gone_on_to(cast, sign_in, target):
    typed = {"password": PASSWORD, "kept-target": target, "kept-field-a": "1"}
    answer = sign_in(cast.member).submit("/confirm", typed)
    assert (answer.status_code, answer.location) == (303, "/me")


def test_files_are_named_to_be_chosen_again(app):
    data = MultiDict([("kinds", "a"), ("kinds", "b"), ("csrf_token", "x"), ("current_password", "y")])
    data.add("photos", (io.BytesIO(b"1"), "晚会.jpg"))
    data.add("photos", (io.BytesIO(b"2"), "two.jpg"))
    data.add("empty", (io.BytesIO(b""), ""))
    with app.test_request_context("/sign-out?page=2", method="POST", data=data):
        made = kept.stopped()
    photos = {"photos": ["晚会.jpg", "two.jpg"]}
    assert made == kept.Kept("/sign-out?page=2", [("kinds", "a"), ("kinds", "b")], photos)
    with app.test_request_context("/confirm", method="POST", data=MultiDict(made.hidden)):
        assert kept.carried() == made
        assert kept.stopped() == made


@either_engine
def test_not_signed_in_and_get(cast, client, sign_in):
    assert client.force("/confirm", {"password": PASSWORD}).location == "/sign-in"
    assert client.get("/confirm").location == "/sign-in?next=/confirm"
    assert sign_in(cast.member).get("/confirm").status_code == 200


@either_engine
def test_empty_and_guessed(cast, sign_in):
    member = sign_in(cast.member)
    assert member.submit("/confirm", {"password": ""}).status_code == 422
    answers = [member.submit("/confirm", {"password": f"wrong {n}"}).status_code for n in range(6)]
    assert answers == [422] * 5 + [429]
