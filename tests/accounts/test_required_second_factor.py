"""Where the installation asks for it, money and appointment rights open no office without a second factor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.core import calendar
from portal.core.database import db
from tests.harness.cast import build_cast
from tests.harness.client import client_of


@pytest.fixture
def strict_app(apps, engine_kind) -> Iterator[Flask]:
    with apps.live(engine_kind, require_second_factor=True) as portal:
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
    cast = build_cast()
    page = f"/office/wangjiang/people/{cast.volunteer.person.public_id}/access-code"
    client = client_of(strict_app)
    client.sign_in(cast.secretary)
    assert client.force(page).location == "/me/security/second-factor"
    cast.secretary.totp_secret, cast.secretary.totp_confirmed_at = "A" * 32, calendar.now()
    db.session.commit()
    assert client.force(page).status_code == 200


def test_not_required_by_default(cast, sign_in):
    assert sign_in(cast.secretary).get("/office/wangjiang/members").status_code == 200
