"""Registering at /volunteer: one question a page, sent once; who is signed in is asked less."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from portal.applications.models import ApplicationDraft
from portal.core.calendar import today
from portal.core.database import db
from portal.core.identity import demo_identity
from portal.people.models import ConsentPurpose
from portal.people.services import correct_person, give_consent
from portal.volunteers.models import VolunteerRegistration
from tests.applications.filling import birthday
from tests.harness.cases import either_engine
from tests.volunteers.filling import NUMBER, PHONE, answers_of, count, fill_in, send


def row() -> VolunteerRegistration:
    return db.session.scalars(select(VolunteerRegistration)).one()


def test_from_the_start_to_the_reference(cast, client, db_session):
    start = client.page("/volunteer?at=wangjiang")
    assert "望江社区协会" in start.get_text()
    link = next(a["href"] for a in start.find_all("a") if "/volunteer/register" in a["href"])
    assert client.page(link).select_one("input[name=association][checked]")["value"] == "wangjiang"
    assert fill_in(client, answers_of(cast), seen=True) == "/volunteer/check"
    check = client.page("/volunteer/check").get_text()
    for said in ("望江社区协会", "蒋文竹", NUMBER, "139 0000 4321", "急救", "敬老助老", "寒暑假都有空"):
        assert said in check
    reference = send(client)
    assert reference[:4].upper() in client.page(f"/volunteer/{reference}/sent").get_text()
    made = row()
    assert (made.reference, made.state, made.channel, made.person_id) == (reference, "submitted", "web", None)
    assert (made.sex, str(made.birth_on), made.phone) == ("female", "1975-05-12", PHONE)
    assert (made.consents, made.notice_version, made.times) == (["register"], 1, [[5, "morning"], [6, "evening"]])
    assert len(made.skills) == 2
    assert db_session.query(ApplicationDraft).count() == 0


def test_sent_twice_it_is_one(cast, client):
    fill_in(client, answers_of(cast))
    data = {"csrf_token": client.token()}
    first, second = (client.post("/volunteer/send", data=data).location for _ in range(2))
    assert first == second
    assert count() == 1


def test_nothing_need_be_ticked(cast, client):
    """Skills, kinds of service and times may be left empty; consents beside the first are off."""
    answers = answers_of(cast, skills={}, interests={}, times={})
    fill_in(client, answers)
    send(client)
    assert (row().skills, row().times, row().consents) == ([], [], ["register"])


def test_who_jumps_ahead_comes_to_the_first_open_question(cast, client):
    assert client.get("/volunteer/register/times").location.endswith("/volunteer/register/association")
    assert client.get("/volunteer/check").location.endswith("/volunteer/register/association")
    nothing = client.post("/volunteer/send", data={"csrf_token": client.token()})
    assert nothing.location.endswith("/volunteer")
    assert client.get("/volunteer/register/kind").status_code == 404
    assert client.get("/volunteer/send").status_code == 404  # not a reference either
    assert count() == 0


FAULTS: dict[str, list[dict[str, object]]] = {
    "association": [{"association": "liuan"}, {"association": "nowhere"}],
    "skills": [{"skills": ["nothing"]}],
    "interests": [{"interests": ["x"]}],
    "times": [{"times": ["7-morning"]}, {"note": "长" * 301}],
    "consents": [{}, {"photo": "y"}],
}


@either_engine
def test_bad_input(cast, client):
    """Of the questions that are a volunteer's; the others are those of /join."""
    for step, sound in answers_of(cast).items():
        for data in FAULTS.get(step, ()):
            response = client.force(f"/volunteer/register/{step}", data)
            assert response.status_code == 422, (step, data)
            assert 'role="alert"' in response.text
        assert client.force(f"/volunteer/register/{step}", sound).status_code == 303, step


def test_a_child_with_a_guardian(cast, client):
    number = demo_identity(12, birthday(10), "male")
    guardian = {"guardian_name": "蒋德明", "guardian_phone": "13900004444", "guardian_agrees": "y"}
    answers = answers_of(cast, identity={"identity_number": number}, contact={"phone": ""}, guardian=guardian)
    assert fill_in(client, answers, seen=True) == "/volunteer/check"
    send(client)
    assert (row().guardian_name, row().guardian_phone, row().phone) == ("蒋德明", "13900004444", None)


def test_without_a_number_sex_and_birth_are_asked(cast, client):
    birth = {"sex": "female", "birth_on": "1980-02-03"}
    assert (
        fill_in(client, answers_of(cast, identity={"identity_number": ""}, birth=birth), seen=True)
        == "/volunteer/check"
    )
    future = {"sex": "female", "birth_on": str(today() + timedelta(days=2))}
    assert client.submit("/volunteer/register/birth", future).status_code == 422


def test_who_is_signed_in_is_not_asked_what_the_register_knows(cast, sign_in):
    """Name, number, phone, residence and the consents that were given come from the record."""
    person = cast.member.person
    correct_person(cast.secretary, person, identity_number=NUMBER, phone=PHONE, residence="望江社区")
    give_consent(None, person, ConsentPurpose.REGISTER, 1)
    give_consent(None, person, ConsentPurpose.PHOTO, 1)
    db.session.commit()
    member = sign_in(cast.member)
    answers = answers_of(cast, name=None, identity=None, contact=None, residence=None,
                         consents={"public_name": "y"})  # fmt: skip
    assert "王秀英" in member.page("/volunteer").get_text()
    assert fill_in(member, answers, seen=True) == "/volunteer/check"
    assert NUMBER not in member.page("/volunteer/check").get_text()
    send(member)
    made = row()
    assert (made.person_id, made.name, made.identity_number) == (person.id, "王秀英", NUMBER)
    assert sorted(made.consents) == ["photo", "public_name", "register"]
    assert member.page("/me/volunteer").find("a", href=f"/volunteer/{made.reference}")


def test_a_volunteer_is_told_at_once(cast, sign_in):
    volunteer = sign_in(cast.volunteer)
    response = volunteer.submit("/volunteer/register/association", {"association": "wangjiang"})
    assert response.status_code == 422
    assert 'href="#association-0"' in response.text
    assert volunteer.submit("/volunteer/register/association", {"association": "tingyu"}).status_code == 303


def test_forgotten(cast, client, db_session):
    fill_in(client, dict(list(answers_of(cast).items())[:3]))
    assert client.submit("/volunteer/forget", page="/volunteer").status_code == 303
    assert db_session.query(ApplicationDraft).count() == 0


def test_the_answers_of_join_and_of_volunteer_are_apart(cast, client):
    fill_in(client, dict(list(answers_of(cast).items())[:3]))
    assert client.get("/join/apply/name").location.endswith("/join/apply/association")


@either_engine
def test_the_paper_form_is_one_sheet(cast, client):
    response = client.get("/volunteer/form.pdf?at=wangjiang")
    assert response.mimetype == "application/pdf"
    assert len(re.findall(rb"/Type\s*/Page\b", response.data)) == 1
