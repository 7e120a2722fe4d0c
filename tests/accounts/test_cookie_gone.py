"""The browser was closed, or signed out in another tab, while a form stood open: what was typed is not lost by it."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from portal.people.models import Person
from tests.harness.client import form_to, form_values
from tests.harness.factory import PASSWORD

OWN = {"Origin": "http://localhost"}


@pytest.fixture
def edit(cast) -> str:
    return f"/office/wangjiang/people/{cast.volunteer.person.public_id}/edit"


@pytest.fixture
def typed(cast, sign_in, edit) -> dict[str, str]:
    """The form as it was opened while somebody was signed in, filled in."""
    page = sign_in(cast.secretary).page(edit)
    own = {"residence": "江边路 9 号", "identity_number": "11010519491231002X", "password": "secret words"}
    return form_values(form_to(page, edit, edit)) | own


@pytest.mark.parametrize("gone", ["the session", "every cookie"])
def test_a_post_is_carried_through_signing_in(cast, client, edit, typed, gone, phone_of, db_session):
    if gone == "the session":
        typed |= {"csrf_token": client.token()}
    answer = client.post(edit, data=typed, headers=OWN)
    assert (answer.status_code, answer.location) == (401, None)
    assert "secret words" not in answer.text
    assert "11010519491231002X" not in BeautifulSoup(answer.text, "html.parser").get_text()
    fields = form_values(form_to(BeautifulSoup(answer.text, "html.parser"), "/sign-in", edit))
    right = client.post("/sign-in", data=fields | {"login": phone_of(cast.secretary), "password": PASSWORD})
    assert (right.status_code, right.location) == (200, None)
    assert db_session.get(Person, cast.volunteer.person_id).residence == "", "nothing is saved by signing in"
    last = form_values(form_to(BeautifulSoup(right.text, "html.parser"), edit, "/sign-in"))
    assert client.post(edit, data=last | {"identity_number": ""}).status_code == 303
    assert db_session.get(Person, cast.volunteer.person_id).residence == "江边路 9 号"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://localhost.evil.example", "http://evil", "null", ""]
)
def test_what_another_site_sends_is_never_carried_on(client, edit, typed, origin):
    """Or "save what I typed" would be somebody else's wish, in the hands of whoever signs in next."""
    headers = {"Origin": origin} if origin else {}
    without = client.post(edit, data=typed, headers=headers)
    assert without.status_code == 400
    assert "kept-field" not in without.text
    with_token = client.post(edit, data=typed | {"csrf_token": client.token()}, headers=headers)
    assert (with_token.status_code, with_token.location) == (303, "/sign-in")


def test_only_for_a_visitor_and_only_behind_the_sign_in(cast, client, sign_in, edit, typed):
    assert sign_in(cast.secretary).post(edit, data=typed, headers=OWN).status_code == 400
    assert client.post("/sign-in", data={"login": "x"}, headers=OWN).status_code == 400
