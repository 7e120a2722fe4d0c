"""Deciding a registration in the office: accepted with a letter, declined with a reason, withdrawn."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from portal.core.calendar import today
from portal.core.database import db
from portal.people.models import Consent, Person
from portal.people.services import correct_person
from portal.volunteers import queries
from portal.volunteers.models import AppointmentLetter, Volunteer, VolunteerRegistration
from tests.harness.cases import each, either_engine
from tests.harness.factory import make_person
from tests.volunteers.filling import NUMBER, OFFICE, PHONE, answers_of, count, registered

NEXT = date(today().year + 1, 12, 31)
LIST = f"{OFFICE}/registrations"
ACCEPT = {"record": "new", "group": "", "term_end_on": NEXT.isoformat()}


def now_of(found: VolunteerRegistration) -> VolunteerRegistration:
    db.session.expire_all()
    return db.session.get_one(VolunteerRegistration, found.id)


def roster() -> list[Volunteer]:
    return list(db.session.scalars(select(Volunteer).order_by(Volunteer.id)))[1:]  # the cast has one


def test_accepted(cast, sign_in, client):
    """A record, a place on the roster with skills and times, consents, a letter; the registrant reads of it."""
    found = registered(cast, consents=["register", "photo"])
    secretary = sign_in(cast.secretary)
    assert "蒋文竹" in secretary.page(LIST).get_text()
    url = f"{LIST}/{found.public_id}"
    page = secretary.page(url)
    assert NUMBER not in page.get_text()
    assert PHONE not in page.get_text()
    response = secretary.submit(f"{url}/accept", {**ACCEPT, "group": cast.group.public_id}, page=url)
    assert response.status_code == 303
    (made,) = roster()
    assert (made.group_id, made.started_on, made.term_end_on) == (cast.group.id, today(), NEXT)
    person = db.session.get_one(Person, made.person_id)
    assert (person.name, person.identity_number, person.phone) == ("蒋文竹", NUMBER, PHONE)
    shown = queries.get_own(person.id, made.public_id)
    assert [row.skill.name for row in shown.abilities] == ["急救"]
    given = db.session.scalars(select(Consent).where(Consent.person_id == person.id)).all()
    assert {row.purpose for row in given} == {"register", "photo"}
    letter = queries.live_letter(made.id)
    assert (now_of(found).state, now_of(found).volunteer_id) == ("accepted", made.id)
    for text in (secretary.page(url).get_text(), client.page(f"/volunteer/{found.reference}").get_text()):
        assert letter.number in text


def test_the_same_number_is_that_person(cast, sign_in):
    """A new record is not offered, and refused when it is posted."""
    person = make_person("蒋文竹")
    correct_person(cast.secretary, person, identity_number=NUMBER)
    db.session.commit()
    found = registered(cast)
    secretary, url = sign_in(cast.secretary), f"{LIST}/{found.public_id}"
    assert [box["value"] for box in secretary.page(url).select("input[name=record]")] == [person.public_id]
    assert secretary.submit(f"{url}/accept", ACCEPT, page=url).status_code == 422
    assert secretary.submit(f"{url}/accept", {**ACCEPT, "record": person.public_id}, page=url).status_code == 303
    assert roster()[0].person_id == person.id


def test_who_looks_alike_is_asked_about(cast, sign_in):
    """Same name and phone: nothing is chosen until the officer says whether it is the same person."""
    correct_person(cast.secretary, cast.member.person, phone=PHONE)
    db.session.commit()
    found = registered(cast, name="王秀英")
    secretary, url = sign_in(cast.secretary), f"{LIST}/{found.public_id}"
    page = secretary.page(url)
    values = [box["value"] for box in page.select("input[name=record]")]
    assert values == [cast.member.person.public_id, "new"]
    assert not page.select("input[name=record][checked]")
    assert secretary.submit(f"{url}/accept", {**ACCEPT, "record": None}, page=url).status_code == 422
    data = {**ACCEPT, "record": cast.member.person.public_id}
    assert secretary.submit(f"{url}/accept", data, page=url).status_code == 303
    assert roster()[0].person_id == cast.member.person_id


@either_engine
@each(
    ("field", "value"),
    [
        ("term_end_on", ""), ("term_end_on", "soon"), ("term_end_on", str(today() - timedelta(days=1))),
        ("term_end_on", "2199-01-01"), ("group", "nowhere"), ("record", "nobody"),
    ],
)  # fmt: skip
def test_bad_input(cast, sign_in, field, value):
    found = registered(cast)
    url = f"{LIST}/{found.public_id}"
    response = sign_in(cast.secretary).submit(f"{url}/accept", {**ACCEPT, field: value}, page=url)
    assert response.status_code == 422
    assert now_of(found).state == "submitted"
    assert db.session.query(AppointmentLetter).count() == 0


def test_twice_and_by_get(cast, sign_in):
    found = registered(cast)
    secretary, url = sign_in(cast.secretary), f"{LIST}/{found.public_id}"
    token = {"csrf_token": secretary.token()}
    assert secretary.post(f"{url}/accept", data={**ACCEPT, **token}).status_code == 303
    assert secretary.post(f"{url}/accept", data={**ACCEPT, **token}).status_code == 422
    assert secretary.post(f"{url}/decline", data={"reason": "名额已满。", **token}).status_code == 422
    assert secretary.get(f"{url}/accept").status_code == 405
    assert len(roster()) == 1


def test_not_by_others(cast, sign_in, client):
    """Who may only read, another association, the person themself, a stranger, nobody signed in."""
    found = registered(cast)
    url, refused = f"{LIST}/{found.public_id}", {"leader": 403, "sibling": 404, "member": 404}
    for role, status in refused.items():
        other = sign_in(getattr(cast, role))
        answer = other.post(f"{url}/accept", data={**ACCEPT, "csrf_token": other.token()})
        assert answer.status_code == status, role
    own = f"/office/tingyu/volunteers/registrations/{found.public_id}"
    assert sign_in(cast.sibling).get(own).status_code == 404
    assert client.get(url).status_code == 303
    assert now_of(found).state == "submitted"


def test_nobody_decides_the_own_registration(cast, sign_in):
    person = cast.secretary.person
    found = registered(cast, name=person.name, phone=PHONE, person=person)
    secretary, url = sign_in(cast.secretary), f"{LIST}/{found.public_id}"
    assert not secretary.page(url).find("form", action=f"{url}/accept")
    data = {**ACCEPT, "record": person.public_id, "csrf_token": secretary.token()}
    assert secretary.post(f"{url}/accept", data=data).status_code == 422
    assert now_of(found).state == "submitted"


def test_declined_with_a_reason(cast, sign_in, client):
    found = registered(cast)
    secretary, url = sign_in(cast.secretary), f"{LIST}/{found.public_id}"
    assert secretary.submit(f"{url}/decline", {"reason": "不"}, page=url).status_code == 422
    assert secretary.submit(f"{url}/decline", {"reason": "今年名额已满，请明年再来。"}, page=url).status_code == 303
    page = client.page(f"/volunteer/{found.reference}").get_text()
    assert "今年名额已满" in page
    assert "蒋文竹" not in page
    assert roster() == []


def test_withdrawn(cast, client):
    found = registered(cast)
    url = f"/volunteer/{found.reference}/withdraw"
    assert client.submit(url, page=url).status_code == 303
    assert now_of(found).state == "withdrawn"
    token = {"csrf_token": client.token()}
    assert client.post(url, data=token).status_code == 422
    assert client.post("/volunteer/000000000000/withdraw", data=token).status_code == 404


def test_followed_by_reference(cast, client):
    found = registered(cast)
    typed = f" {found.reference[:4].upper()}-{found.reference[4:]} "
    answer = client.submit("/volunteer/follow", {"reference": typed})
    assert answer.location.endswith(f"/volunteer/{found.reference}")
    assert client.submit("/volunteer/follow", {"reference": "0000-0000-0000"}).status_code == 422
    assert client.get("/volunteer/000000000000").status_code == 404


def test_entered_from_paper(cast, sign_in):
    """The same checks as on the web; who entered it is kept."""
    secretary, url = sign_in(cast.secretary), f"{LIST}/new"
    data = {}
    for step, said in answers_of(cast).items():
        data |= said if step != "association" else {}
    response = secretary.submit(url, data)
    assert response.status_code == 303, response.text[:2000]
    made = db.session.scalars(select(VolunteerRegistration)).one()
    assert (made.channel, made.entered_by_id, made.note) == ("paper", cast.secretary.person_id, "寒暑假都有空")
    assert (len(made.skills), made.times) == (2, [[5, "morning"], [6, "evening"]])
    for field, value in (("name", ""), ("phone", ""), ("residence", ""), ("register", None), ("times", ["9-x"]),
                         ("identity_number", "123"), ("skills", ["x"])):  # fmt: skip
        assert secretary.submit(url, {**data, field: value}).status_code == 422, field
    leader = sign_in(cast.leader)
    assert leader.get(url).status_code == 403
    assert count() == 1


def test_the_list_and_its_file(cast, sign_in, client):
    for number in range(3):
        registered(cast, name=f"蒋文{number}", identity_number=None, sex="female", birth_on=date(1990, 1, 1))
    secretary = sign_in(cast.secretary)
    assert len(secretary.page(LIST).select("tbody tr")) == 3
    assert "蒋文1" in secretary.get(f"{LIST}/list.csv").text
    assert not secretary.page(f"{LIST}?state=declined").select("tbody tr")
    chair = sign_in(cast.chair)
    assert len(chair.page("/office/liuan/volunteers/registrations").select("tbody tr")) == 3
    assert "蒋文1" not in sign_in(cast.sibling).get("/office/tingyu/volunteers/registrations").text
    assert client.get(f"{LIST}/list.csv").status_code == 303
