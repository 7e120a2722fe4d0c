"""Hostile texts in every field of an application (`make soak`: sixty): nothing of them runs, sends or fetches."""

from __future__ import annotations

import pytest

from portal.applications import services
from portal.applications.models import MembershipApplication
from portal.applications.submission import LIMITS
from tests.applications.filling import OFFICE, answers_of, applied, birthday, fill_in
from tests.harness.soaking import SOAKING
from tests.notices.payloads import PAYLOADS, dangers

# The pages are the same whichever database keeps the text.
pytestmark = pytest.mark.engines("sqlite")
FIELDS = ("name", "residence", "reason", "guardian_name")


@pytest.mark.soak
def test_in_the_office_and_on_the_applicant_s_page(cast, sign_in, client, db_session):
    secretary = sign_in(cast.secretary)
    child = {"identity_number": None, "sex": "female", "birth_on": birthday(10), "guardian_phone": "13800000000"}
    for payload in PAYLOADS if SOAKING else PAYLOADS[::8]:
        made = applied(cast, **child, **{name: payload[: LIMITS[name]] for name in FIELDS})
        services.ask(cast.secretary, made, payload)
        services.answer(made, payload)
        services.decline(cast.secretary, made, payload)
        db_session.commit()
        for page in (secretary.get(f"{OFFICE}/{made.public_id}"), client.get(f"/join/{made.reference}")):
            assert page.status_code == 200
            assert dangers(page.text) == []
    assert dangers(secretary.get(f"{OFFICE}?state=declined").text) == []


@pytest.mark.soak
def test_typed_again_and_on_the_check_page(cast, client):
    for payload in PAYLOADS if SOAKING else PAYLOADS[1::12]:
        fill_in(client, answers_of(cast, name={"name": payload[:60]}, residence={"residence": payload[:120]}))
        for page in ("check", "apply/name", "apply/residence"):
            assert dangers(client.get(f"/join/{page}").text) == []
        client.force("/join/forget")
        refused = client.force("/join/follow", {"reference": payload[:40]})
        assert dangers(refused.text) == []
        assert dangers(client.get("/join/apply/association", query_string={"q": payload, "at": payload}).text) == []


@pytest.mark.parametrize("text", ["a\0b", "a\x08b", "a\u202eb"])
def test_control_characters_are_left_out_or_harmless(cast, client, db_session, text):
    fill_in(client, answers_of(cast, name={"name": text}, reason={"reason": text}))
    assert client.submit("/join/send", page="/join/check").status_code == 303
    made = db_session.query(MembershipApplication).one()
    assert "\0" not in made.name + made.reason
    assert "\x08" not in made.name + made.reason


def test_no_column_but_those_that_are_asked(cast, client, db_session):
    """What a form does not ask for is not taken from it."""
    extra = {"state": "accepted", "person_id": "1", "notice_version": "9", "reference": "000000000000"}
    answers = {step: {**data, **extra} for step, data in answers_of(cast).items()}
    for step, data in answers.items():
        client.force(f"/join/apply/{step}", data)
    client.force("/join/send", extra)
    made = db_session.query(MembershipApplication).one()
    assert (made.state, made.person_id, made.notice_version) == ("submitted", None, 1)
    assert made.reference != "000000000000"
