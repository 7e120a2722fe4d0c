"""A stranger verifies the certificate of an honour: each state, and no way from an old one to the newer name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import at
from portal.core.database import db
from portal.honours import queries, revoking, services
from portal.honours.models import Honour
from portal.people.queries import get_own
from portal.people.removal import remove_person
from portal.verification.attempts import Attempts
from portal.verification.codes import new_code
from portal.verification.kinds import State
from tests.harness.cases import either_engine
from tests.honours.rows import honoured
from tests.notices.rows import acting
from tests.reviews.rows import CONTACT, noon

REASON = "推荐材料与记录不符"


@pytest.fixture
def given(app, cast) -> Honour:
    app.extensions.pop("portal.verification", None)
    return honoured(cast)[0]


def code_of(honour: Honour) -> str:
    return str(queries.in_force(honour.id).code.code)


def verdict(client, code: str, status: int = 200) -> str:
    return client.page(f"/verify/{code}", status).select_one(".verdict").get_text(" ", strip=True)


def test_every_state(client, cast, given):
    """Valid; superseded without the newer name; revoked with its reason; deleted without a name."""
    chair, first = acting(cast.chair), code_of(given)
    shown = verdict(client, first)
    assert all(word in shown for word in (State.VALID.label, "陈**", queries.in_force(given.id).number))
    assert "陈晓明" not in client.get(f"/verify/{first}").text
    services.reissue(chair, given, name="程晓鸣", layout="plain")
    second = code_of(given)
    old = client.get(f"/verify/{first}").text
    assert State.SUPERSEDED.label in verdict(client, first)
    for told in ("程", "晓鸣", queries.in_force(given.id).number, second):
        assert told not in old
    assert "程**" in verdict(client, second)
    made = revoking.propose(chair, given, REASON, CONTACT)
    assert State.VALID.label in verdict(client, second)
    with at(noon(queries.period_of(made).end_on + timedelta(days=1))):
        revoking.decide(chair, made)
        for code in (first, second):
            assert State.REVOKED.label in verdict(client, code)
            assert REASON in verdict(client, code)
    remove_person(chair, get_own(given.person_id), "zh-Hans")
    for code in (first, second):
        page = client.get(f"/verify/{code}").text
        assert State.VOID.label in page
        assert not any(word in page for word in ("陈**", "程**", REASON))


@either_engine
def test_a_group_is_named_whole(client, cast, app):
    group = honoured(cast)[1]
    assert "第一小组" in verdict(client, code_of(group))


def test_guessing_is_slowed_for_this_kind_too(client, cast, given):
    """After some codes that do not exist nothing is answered, a valid one neither. The control: it was answered."""
    code = code_of(given)
    assert State.VALID.label in verdict(client, code)
    answers = [404]
    while answers[-1] == 404 and len(answers) < 100:
        answers.append(client.get(f"/verify/{new_code()}").status_code)
    assert answers[1:3] == [404, 404]
    assert answers[-1] == 429
    assert client.get(f"/verify/{code}").status_code == 429
    client.application.extensions["portal.verification"] = Attempts()
    db.session.commit()
    assert client.get(f"/verify/{code}").status_code == 200
