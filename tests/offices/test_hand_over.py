"""The end of a term: one sheet says what passes on, one step ends every office and lets some go on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.offices import rules, services
from portal.offices.models import Appointment
from portal.offices.rights import Position
from portal.offices.rules import Wanted
from tests.harness.cases import either_engine
from tests.harness.factory import affiliate, appoint, make_account, make_person, yesterday

LAST = today() + timedelta(days=30)


@pytest.fixture
def url(terms) -> str:
    return f"/office/wangjiang/terms/{terms[0].public_id}/hand-over"


def offices(db_session, term) -> dict[tuple[int, str], tuple]:
    rows = db_session.query(Appointment).filter(Appointment.term_id == term.id)
    return {(row.person_id, row.position): (row.start_on, row.end_on) for row in rows}


def test_all_end_and_some_go_on(cast, sign_in, url, terms, db_session, held, logged):
    treasurer, leader = cast.treasurer.person_id, cast.leader.person_id
    staying = [held(person)[0].public_id for person in (treasurer, leader)]
    chair = sign_in(cast.chair)
    page = chair.page(url)
    assert len(page.select("input[name=staying]")) == 4
    response = chair.submit(url, {"to": terms[1].public_id, "staying": staying})
    assert response.status_code == 303
    assert {days[1] for days in offices(db_session, terms[0]).values()} == {LAST}
    assert offices(db_session, terms[1]) == {
        (treasurer, "treasurer"): (terms[1].start_on, terms[1].end_on),
        (leader, "group_leader"): (terms[1].start_on, terms[1].end_on),
    }
    assert [row.group_id for row in held(leader)] == [cast.group.id, cast.group.id]
    assert logged() == ["offices.end"] * 4 + ["offices.grant"] * 2 + ["offices.hand_over"]
    assert terms[0].end_on == LAST


def test_the_officers_records_follow(cast, terms, held, record_of, db_session):
    staying = [held(cast.treasurer.person_id)[0]]
    services.hand_over(cast.chair, cast.community, terms[0], terms[1], staying)
    assert record_of(cast.treasurer.person_id)[0][1] == terms[1].end_on
    assert record_of(cast.publisher.person_id)[0][1] == LAST


def test_what_was_prepared_begins_by_its_own_date(cast, sign_in, url, terms, db_session, held):
    successor = make_person("新秘书长")
    affiliate(successor, cast.community)
    wanted = Wanted(
        person=successor,
        association=cast.community,
        position=Position.SECRETARY,
        start_on=terms[1].start_on,
        end_on=terms[1].end_on,
        term=terms[1],
    )
    services.grant_appointment(cast.chair, wanted)
    successor_id = successor.id
    chair = sign_in(cast.chair)
    assert "新秘书长" in chair.page(url).main.get_text()
    assert chair.submit(url, {"to": terms[1].public_id}).status_code == 303
    assert offices(db_session, terms[1]) == {(successor_id, "secretary"): (terms[1].start_on, terms[1].end_on)}


def test_twice_there_is_nothing_left(cast, sign_in, url, terms, db_session, logged):
    chair = sign_in(cast.chair)
    assert chair.submit(url, {"to": terms[1].public_id}).status_code == 303
    before = logged()
    assert chair.force(url, {"to": terms[1].public_id}).status_code == 422
    assert logged() == before


def test_a_late_hand_over_ends_what_is_past(cast, terms, held):
    """The election was on Saturday; the portal hears of it on Monday."""
    terms[1].start_on, terms[0].end_on = yesterday(), yesterday() - timedelta(days=1)
    staying = [held(cast.secretary.person_id)[0]]
    ended, going_on = services.hand_over(cast.chair, cast.community, terms[0], terms[1], staying)
    assert (ended, going_on) == (4, 1)
    assert [row.end_on for row in held(cast.secretary.person_id)] == [terms[0].end_on, terms[1].end_on]


def test_one_who_hands_over_and_goes_is_asked_before_it_is_done(cast, terms, held):
    """The chair of the community ends with the term that the chair hands over, and still ends all the others."""
    terms[1].start_on, terms[0].end_on = today(), yesterday()
    person = make_person("本届会长")
    own = appoint(person, cast.community, Position.CHAIR, term_id=terms[0].id)
    account = make_account(person)
    ended, _ = services.hand_over(account, cast.community, terms[0], terms[1])
    assert ended == 5
    assert own.end_on == yesterday()


def test_whoever_lacks_a_right_hands_nothing_over(cast, sign_in, url, terms, db_session):
    """The secretary cannot end the treasurer, so nothing of it happens."""
    response = sign_in(cast.secretary).submit(url, {"to": terms[1].public_id})
    assert response.status_code == 422
    assert {days[1] for days in offices(db_session, terms[0]).values()} == {None}


@either_engine
def test_the_last_who_may_grant_needs_a_successor(cast, terms, held):
    for account in (cast.administrator, cast.chair):
        held(account.person_id)[0].end_on = yesterday()
    person = make_person("本届会长")
    appoint(person, cast.community, Position.CHAIR, term_id=terms[0].id)
    account = make_account(person)
    with pytest.raises(RuleError):
        services.hand_over(account, cast.community, terms[0], terms[1])


def test_the_last_who_goes_on_is_successor_enough(cast, terms, held):
    for account in (cast.administrator, cast.chair):
        held(account.person_id)[0].end_on = yesterday()
    person = make_person("本届会长")
    appoint(person, cast.community, Position.CHAIR, term_id=terms[0].id)
    account = make_account(person)
    services.hand_over(account, cast.community, terms[0], terms[1], held(person.id))
    assert held(person.id)[1].start_on == terms[1].start_on


def test_control_without_the_guard_nobody_is_left(cast, terms, held, monkeypatch):
    for account in (cast.administrator, cast.chair):
        held(account.person_id)[0].end_on = yesterday()
    person = make_person("本届会长")
    appoint(person, cast.community, Position.CHAIR, term_id=terms[0].id)
    monkeypatch.setattr(rules, "keep_somebody_who_grants", lambda *_arguments: None)
    services.hand_over(make_account(person), cast.community, terms[0], terms[1])


@either_engine
def test_whose_group_has_ended_cannot_lead_it_on(cast, sign_in, url, terms, held, db_session):
    leader = held(cast.leader.person_id)[0].public_id
    cast.group.ended_on = today()
    response = sign_in(cast.chair).submit(url, {"to": terms[1].public_id, "staying": [leader]})
    assert response.status_code == 422
    assert "吴桂芳" in response.text
    assert {days[1] for days in offices(db_session, terms[0]).values()} == {None}
    assert offices(db_session, terms[1]) == {}


@pytest.mark.parametrize("to", ["", "nowhere", "same"])
def test_to_no_term(cast, sign_in, url, terms, db_session, to):
    to = terms[0].public_id if to == "same" else to
    response = sign_in(cast.chair).force(url, {"to": to})
    assert response.status_code == 422
    assert {days[1] for days in offices(db_session, terms[0]).values()} == {None}


def test_somebody_of_elsewhere_is_no_choice(cast, sign_in, url, terms, db_session, held):
    foreign = held(cast.sibling.person_id)[0].public_id
    response = sign_in(cast.chair).force(url, {"to": terms[1].public_id, "staying": foreign})
    assert response.status_code == 422
    assert offices(db_session, terms[1]) == {}


@either_engine
def test_without_a_next_term_it_says_so(cast, sign_in, terms, db_session):
    url = f"/office/wangjiang/terms/{terms[1].public_id}/hand-over"
    page = sign_in(cast.chair).page(url)
    assert page.select_one(".empty a")["href"] == "/office/wangjiang/terms/open"


@either_engine
def test_the_sheet(cast, sign_in, terms, client):
    url = f"/office/wangjiang/terms/{terms[0].public_id}/sheet"
    names = [account.person.name for account in (cast.secretary, cast.treasurer, cast.leader)]
    page = sign_in(cast.secretary).page(url)
    text = page.main.get_text()
    assert all(name in text for name in names)
    assert "第一小组" in text
    assert len(page.select(".signatures p")) == 3
    assert page.select("nav") == [], "nothing but the sheet is printed"
    assert client.get(url).status_code == 303


@either_engine
def test_by_get_nothing_is_handed_over(cast, sign_in, url, terms, db_session):
    assert sign_in(cast.chair).get(url, query_string={"to": terms[1].public_id}).status_code == 200
    assert {days[1] for days in offices(db_session, terms[0]).values()} == {None}


@either_engine
def test_queries_do_not_grow(cast, sign_in, url, terms, query_count):
    chair = sign_in(cast.chair)
    sheet = url.replace("hand-over", "sheet")
    with query_count() as few:
        chair.page(url)
        chair.page(sheet)
    for number in range(15):
        appoint(make_person(f"监督{number}"), cast.community, Position.SUPERVISOR, term_id=terms[0].id)
    with query_count() as many:
        chair.page(url)
        chair.page(sheet)
    assert len(many) == len(few) <= 24
