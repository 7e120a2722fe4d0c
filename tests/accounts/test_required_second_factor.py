"""Where the installation asks for it, money and appointment rights open no office without a second factor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.core import calendar
from portal.core.database import db
from portal.people.models import Person
from tests.harness.cases import either_engine
from tests.harness.cast import build_cast
from tests.harness.client import client_of, form_to, form_values


@pytest.fixture
def strict_app(apps, engine_kind) -> Iterator[Flask]:
    with apps.lent(engine_kind, peopled=True, require_second_factor=True) as portal:
        yield portal


@pytest.mark.parametrize(
    ("who", "is_asked"),
    [("secretary", True), ("treasurer", True), ("leader", True), ("administrator", True), ("publisher", False)],
)
def test_who_is_asked(strict_app, who, is_asked):
    cast = build_cast()
    client = client_of(strict_app)
    client.sign_in(getattr(cast, who))
    answer = client.get("/office/wangjiang/members")
    assert (answer.location == "/me/security/second-factor") == is_asked
    assert client.get("/me/security").status_code == 200


def test_a_post_is_stopped_too_and_the_app_opens_the_way(strict_app):
    """What was typed is on the page that says so, and goes on from there when the app is set up, not before."""
    cast = build_cast()
    edit = f"/office/wangjiang/people/{cast.volunteer.person.public_id}/edit"
    client = client_of(strict_app)
    client.sign_in(cast.secretary)
    typed = {"name": "陈晓明", "residence": "江边路 7 号", "has_signed": "y"}
    for _attempt in range(2):
        answer = client.force(edit, typed)
        assert answer.status_code == 401
        page = BeautifulSoup(answer.text, "html.parser")
        assert page.select_one("main a[href='/me/security/second-factor']")["target"] == "_blank"
        typed = form_values(form_to(page, edit, edit))
    assert typed["residence"] == "江边路 7 号"
    cast.secretary.totp_secret, cast.secretary.totp_confirmed_at = "A" * 32, calendar.now()
    db.session.commit()
    assert client.post(edit, data=typed).status_code == 303
    assert db.session.get(Person, cast.volunteer.person_id).residence == "江边路 7 号"


@either_engine
def test_not_required_by_default(cast, sign_in):
    assert sign_in(cast.secretary).get("/office/wangjiang/members").status_code == 200
