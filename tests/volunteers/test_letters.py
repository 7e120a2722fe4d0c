"""Letters of appointment and terms in the office: printed, verified, renewed one by one and all at once, ended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.core.calendar import today
from portal.core.database import db
from portal.people import services as people
from portal.volunteers import queries, services
from portal.volunteers.models import AppointmentLetter, LeaveReason, Volunteer
from tests.harness.cases import either_engine
from tests.harness.factory import make_person
from tests.volunteers.filling import OFFICE

NEXT = date(today().year + 1, 12, 31)
LATER = NEXT.replace(year=NEXT.year + 1)


@pytest.fixture
def held(cast, db_session) -> Volunteer:
    """Somebody with a letter until the end of this year."""
    until = date(today().year, 12, 31)
    made = services.enrol(cast.secretary, cast.community, make_person("蒋文竹"), term_end_on=until)
    db_session.commit()
    return made


def url_of(held: Volunteer) -> str:
    return f"{OFFICE}/{held.public_id}"


def letters_of(held: Volunteer) -> list[AppointmentLetter]:
    db.session.expire_all()
    statement = select(AppointmentLetter).where(AppointmentLetter.volunteer_id == held.id)
    return list(db.session.scalars(statement.order_by(AppointmentLetter.id)))


def verified(client, held: Volunteer) -> str:
    """What a stranger reads about the first letter."""
    code = queries.list_letters([held.id])[-1].code.code
    return client.get(f"/verify/{code}").text


@either_engine
def test_printed_and_verified(cast, sign_in, client, held):
    """A PDF for the office; a stranger reads the masked name, the association and that it is valid."""
    secretary = sign_in(cast.secretary)
    letter = letters_of(held)[0]
    assert letter.number in secretary.page(url_of(held)).get_text()
    response = secretary.get(f"{OFFICE}/letters/{letter.public_id}.pdf")
    assert (response.mimetype, response.data[:5]) == ("application/pdf", b"%PDF-")
    page = verified(client, held)
    assert "望江社区协会" in page
    assert "蒋文竹" not in page
    assert "蒋" in page
    assert "有效" in page


@pytest.mark.parametrize(("reason", "word"), [(LeaveReason.OWN_WISH, "已终止"), (LeaveReason.IN_ERROR, "无效")])
def test_after_the_end(cast, client, held, reason, word):
    services.end(cast.secretary, held, today(), reason)
    db.session.commit()
    assert word in verified(client, held)


def test_ended_by_its_day(cast, client, held):
    letters_of(held)[0].end_on = today() - timedelta(days=1)
    db.session.commit()
    assert "已终止" in verified(client, held)


def test_renewed(cast, sign_in, client, held):
    secretary, url = sign_in(cast.secretary), f"{url_of(held)}/renew"
    for bad in ("", "soon", str(today()), "2199-01-01"):
        assert secretary.submit(url, {"term_end_on": bad}).status_code == 422, bad
    assert secretary.submit(url, {"term_end_on": NEXT.isoformat()}).status_code == 303
    assert secretary.submit(url, {"term_end_on": NEXT.isoformat()}).status_code == 422
    first, second = letters_of(held)
    assert (first.void_reason, second.end_on, second.start_on) == ("renewed", NEXT, today())
    assert second.number.endswith("000002号")
    assert "已终止" in verified(client, held)
    old = secretary.get(f"{OFFICE}/letters/{first.public_id}.pdf")
    assert old.status_code == 404


def test_a_new_letter_after_a_correction(cast, sign_in, held):
    person = db.session.get_one(type(cast.member.person), held.person_id)
    secretary, url = sign_in(cast.secretary), f"{url_of(held)}/letter"
    token = {"csrf_token": secretary.token()}
    assert secretary.post(url, data=token).status_code == 422
    people.correct_person(cast.secretary, person, name="蒋雯竹")
    db.session.commit()
    assert secretary.submit(url, page=url_of(held)).status_code == 303
    first, second = letters_of(held)
    assert (first.void_reason, second.snapshot["name"], second.end_on) == ("corrected", "蒋雯竹", first.end_on)


def test_all_renewed_after_a_preview(cast, sign_in, held):
    """The preview changes nothing and says who is left out; everybody else gets a letter, once."""
    until = held.term_end_on
    other = services.enrol(cast.secretary, cast.community, make_person("王\U00030000"), term_end_on=until)
    services.enrol(cast.sibling, cast.sibling_community, make_person("周小菊"), term_end_on=until)
    db.session.commit()
    secretary = sign_in(cast.secretary)
    assert len(secretary.page(f"{OFFICE}/terms?until={until}").select("tbody tr")) == 2
    assert "蒋文竹" in secretary.get(f"{OFFICE}/terms/list.csv?until={until}").text
    url = f"{OFFICE}/terms/renew?until={until}"
    preview = secretary.page(url).main.get_text()
    assert "蒋文竹" in preview
    assert "U+30000" in preview
    assert len(letters_of(held)) == 1
    assert secretary.submit(url, {"term_end_on": until.isoformat()}).status_code == 422
    answer = secretary.submit(url, {"term_end_on": NEXT.isoformat()})
    assert answer.status_code == 303
    assert [letter.end_on for letter in letters_of(held)] == [until, NEXT]
    assert letters_of(other) == []
    assert len(secretary.page(answer.location).select("ul.people li.person")) == 1
    assert secretary.get(f"{OFFICE}/letters.pdf?since={today()}").data[:5] == b"%PDF-"
    again = secretary.post(url, data={"term_end_on": NEXT.isoformat(), "csrf_token": secretary.token()})
    assert again.status_code == 422


def test_ended_in_the_office(cast, sign_in, held):
    secretary, url = sign_in(cast.secretary), f"{url_of(held)}/end"
    good = {"end_reason": "moved_away", "ended_on": today().isoformat()}
    for bad in ({"end_reason": "deleted"}, {"end_reason": None}, {"ended_on": ""}, {"ended_on": "2199-01-01"}):
        assert secretary.submit(url, {**good, **bad}).status_code == 422, bad
    assert secretary.submit(url, good).status_code == 303
    assert letters_of(held)[0].void_reason == "ended"
    assert secretary.post(url, data={**good, "csrf_token": secretary.token()}).status_code == 422


def test_another_group(cast, sign_in, held):
    secretary, url = sign_in(cast.secretary), f"{url_of(held)}/group"
    assert secretary.submit(url, {"group": "nowhere"}).status_code == 422
    assert secretary.submit(url, {"group": cast.group.public_id}).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Volunteer, held.id).group_id == cast.group.id
    assert sign_in(cast.leader).get(url_of(held)).status_code == 200


def test_not_by_others(cast, sign_in, client, held):
    """Who only reads, another association, the volunteers of another group's leader, nobody signed in."""
    letter = letters_of(held)[0]
    pages = ("renew", "end", "group")
    leader, sibling = sign_in(cast.leader), sign_in(cast.sibling)
    assert leader.get(url_of(held)).status_code == 404
    assert leader.get(f"{OFFICE}/letters/{letter.public_id}.pdf").status_code == 404
    for page in pages:
        assert leader.get(f"{url_of(held)}/{page}").status_code == 403, page
        assert sibling.get(f"/office/tingyu/volunteers/{held.public_id}/{page}").status_code == 404, page
        assert client.get(f"{url_of(held)}/{page}").status_code == 303, page
    assert sibling.get(f"/office/tingyu/volunteers/letters/{letter.public_id}.pdf").status_code == 404
    post = leader.post(f"{OFFICE}/terms/renew", data={"term_end_on": NEXT.isoformat(), "csrf_token": leader.token()})
    assert post.status_code == 403
    assert sign_in(cast.secretary).get(f"{url_of(held)}/letter").status_code == 405


@either_engine
def test_on_the_person_s_page(cast, sign_in, held):
    person = db.session.get_one(type(cast.member.person), held.person_id)
    url = f"/office/wangjiang/people/{person.public_id}"
    page = sign_in(cast.secretary).page(url)
    assert page.find("a", href=url_of(held))
    assert letters_of(held)[0].number in page.get_text()
