"""Ending an office and taking one back: only the end changes, only nearer, never the last who may grant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.models import Account
from portal.core.calendar import now, today
from portal.core.errors import RuleError
from portal.offices import access, rules, services
from portal.offices.models import Appointment
from portal.offices.rights import Position
from tests.harness.cases import each, either_engine
from tests.harness.factory import appoint, make_account, make_person, yesterday


def days(count: int):
    return today() + timedelta(days=count)


@pytest.fixture
def holder(cast) -> Account:
    """Somebody else with an office at the community, which the secretary may end."""
    return make_account(make_person("方信"))


@pytest.fixture
def office(cast, holder) -> Appointment:
    return appoint(holder.person, cast.community, Position.PUBLISHER)


@pytest.fixture
def url(office) -> str:
    return f"/office/wangjiang/appointments/{office.public_id}"


# Pages


def test_ended_today(cast, sign_in, url, held, office, logged, record_of):
    person = office.person_id
    secretary = sign_in(cast.secretary)
    assert secretary.page(f"{url}/end").select_one("form")
    assert secretary.submit(f"{url}/end", {"end_on": str(today())}).status_code == 303
    assert [each.end_on for each in held(person)] == [today()]
    assert record_of(person)[-1][1] == today()
    assert logged() == ["offices.end"]
    assert "方信" in secretary.get("/office/wangjiang/appointments").text, "it holds to the end of the day"


def test_ended_at_once(cast, sign_in, url, holder):
    signed_in = sign_in(holder)
    assert signed_in.get("/office/wangjiang").status_code == 200
    assert sign_in(cast.secretary).submit(f"{url}/end", {"end_on": str(yesterday())}).status_code == 303
    assert signed_in.get("/office/wangjiang").status_code == 404
    secretary = sign_in(cast.secretary)
    assert "方信" not in secretary.page("/office/wangjiang/appointments").main.get_text()
    assert "方信" in secretary.page("/office/wangjiang/appointments?past=1").main.get_text()


def test_ended_on_a_day_to_come_and_then_sooner(cast, sign_in, url, held, office):
    person, secretary = office.person_id, sign_in(cast.secretary)
    assert secretary.submit(f"{url}/end", {"end_on": str(days(30))}).status_code == 303
    assert secretary.submit(f"{url}/end", {"end_on": str(days(40))}).status_code == 422, "never further away"
    assert secretary.submit(f"{url}/end", {"end_on": str(days(30))}).status_code == 422, "twice"
    assert secretary.submit(f"{url}/end", {"end_on": str(days(9))}).status_code == 303
    assert [each.end_on for each in held(person)] == [days(9)]


@either_engine
def test_bad_input(cast, sign_in, url, held, office):
    person, secretary = office.person_id, sign_in(cast.secretary)
    for value in ("", "soon", "2019-12-31", "0001-01-01"):
        response = secretary.submit(f"{url}/end", {"end_on": value})
        assert response.status_code == 422, value
        assert 'id="end_on-error"' in response.text
    assert held(person)[0].end_on is None


def test_what_has_ended_stays_as_it_is(cast, sign_in, held):
    person = cast.ended.person_id
    before = held(person)[0]
    url = f"/office/wangjiang/appointments/{before.public_id}"
    secretary = sign_in(cast.secretary)
    assert secretary.force(f"{url}/end", {"end_on": str(days(-30))}).status_code == 422
    assert secretary.force(f"{url}/withdraw").status_code == 422
    assert held(person)[0].end_on == yesterday()
    assert secretary.page(url).select("main form") == []


ACTS = [("end", {"end_on": str(today())}), ("withdraw", {}), ("show", {"show": "yes"})]


NOBODY = {"treasurer": 403, "leader": 403, "sibling": 404, "member": 404, "stranger": 404, "ended": 404}


def answers(client, url: str) -> list[int]:
    return [client.force(f"{url}/{act}", data).status_code for act, data in ACTS]


@either_engine
def test_who_may_not(cast, sign_in, client, url, held, office):
    person, accounts = office.person_id, cast.accounts()
    for who, status in NOBODY.items():
        assert answers(sign_in(accounts[who]), url) == [status] * 3, who
    assert answers(client, url) == [303] * 3, "not signed in"
    kept = held(person)[0]
    assert (kept.end_on, kept.is_public) == (None, False)


@either_engine
def test_an_office_of_another_association(cast, sign_in, held):
    foreign = held(cast.sibling.person_id)[0].public_id
    url = f"/office/wangjiang/appointments/{foreign}"
    assert answers(sign_in(cast.secretary), url) == [404] * 3
    assert held(cast.sibling.person_id)[0].end_on is None


@either_engine
def test_by_get_nothing_ends(cast, sign_in, url, held, office):
    person, secretary = office.person_id, sign_in(cast.secretary)
    assert secretary.get(f"{url}/end?end_on={today()}").status_code == 200
    assert secretary.get(f"{url}/withdraw").status_code == 200
    assert secretary.get(f"{url}/show?show=yes").status_code == 405
    assert held(person)[0].end_on is None


# Rights


def test_nobody_ends_rights_they_lack(cast, held):
    chair = appoint(make_person("柳会长"), cast.community, Position.CHAIR)
    treasurer = held(cast.treasurer.person_id)[0]
    for appointment in (chair, treasurer):
        with pytest.raises(RuleError):
            services.end_appointment(cast.secretary, appointment, cast.community, today())
        services.end_appointment(cast.chair, appointment, cast.community, today())


def test_nobody_ends_what_reaches_further(cast):
    """A secretary of the street alone does not end one whose rights reach below."""
    account = make_account(person := make_person("街道秘书长"))
    appoint(person, cast.street, Position.SECRETARY)
    wide = appoint(make_person("管到下级"), cast.street, Position.SUPERVISOR, covers_subtree=True)
    narrow = appoint(make_person("只管本级"), cast.street, Position.SUPERVISOR)
    with pytest.raises(RuleError):
        services.end_appointment(account, wide, cast.street, today())
    services.end_appointment(account, narrow, cast.street, today())


def test_everybody_may_end_their_own(cast, held):
    own = held(cast.secretary.person_id)[0]
    services.end_appointment(cast.secretary, own, cast.community, today())
    assert own.end_on == today()
    assert access.can(cast.secretary, "office.enter", cast.community)
    own.end_on = None
    services.end_appointment(cast.secretary, own, cast.community, yesterday())
    assert not access.can(cast.secretary, "office.enter", cast.community), "the kept grants were forgotten"


def test_archived_refuses(cast, office):
    cast.community.archived_on = today()
    with pytest.raises(RuleError):
        services.end_appointment(None, office, cast.community, today())


# The last who may grant


def alone(cast, held) -> Appointment:
    """Nobody above the community may grant any more; the secretary is the last."""
    for account in (cast.chair, cast.administrator):
        held(account.person_id)[0].end_on = yesterday()
    return held(cast.secretary.person_id)[0]


@either_engine
def test_the_last_who_may_grant_stays(cast, sign_in, held):
    own = alone(cast, held)
    url = f"/office/wangjiang/appointments/{own.public_id}/end"
    response = sign_in(cast.secretary).submit(url, {"end_on": str(days(5))})
    assert response.status_code == 422
    assert held(cast.secretary.person_id)[0].end_on is None


def test_control_without_the_guard_the_last_one_goes(cast, held, monkeypatch):
    own = alone(cast, held)
    monkeypatch.setattr(rules, "keep_somebody_who_grants", lambda *_arguments: None)
    services.end_appointment(cast.secretary, own, cast.community, today())
    assert own.end_on == today()


@each(
    ("successor", "is_refused"),
    [
        ({"position": Position.CHAIR}, False),
        ({"position": Position.ADMINISTRATOR}, False),
        ({"position": Position.VICE_CHAIR}, True),  # may not grant
        ({"position": Position.CHAIR, "account": None}, True),  # cannot sign in
        ({"position": Position.CHAIR, "account": {"disabled_at": now()}}, True),
        ({"position": Position.CHAIR, "start_on": days(6)}, False),  # begins on the day after
        ({"position": Position.CHAIR, "start_on": days(7)}, True),
        ({"position": Position.CHAIR, "end_on": days(5)}, True),
        ({"position": Position.CHAIR, "place": "street"}, True),  # does not reach below
        ({"position": Position.CHAIR, "place": "street", "covers_subtree": True}, False),
        ({"position": Position.CHAIR, "place": "sibling_community"}, True),
        ({"position": Position.CHAIR, "place": "town", "covers_subtree": True}, True),
    ],
)
def test_who_counts_as_a_successor(cast, held, db_session, successor, is_refused):
    own = alone(cast, held)
    values = dict(successor)
    place = getattr(cast, values.pop("place", "community"))
    account = values.pop("account", {})
    person = make_person("接任者")
    if account is not None:
        make_account(person, **account)
    appoint(person, place, values.pop("position"), **values)
    db_session.flush()
    if is_refused:
        with pytest.raises(RuleError):
            services.end_appointment(cast.secretary, own, cast.community, days(5))
    else:
        services.end_appointment(cast.secretary, own, cast.community, days(5))


def test_the_last_whose_rights_reach_below_stays(cast, held):
    """Another chair of the federation alone is no successor of the one who reaches every association."""
    wide = appoint(top := make_person("总会长"), cast.federation, Position.CHAIR, covers_subtree=True)
    account = make_account(top)
    held(cast.administrator.person_id)[0].end_on = yesterday()
    make_account(narrow := make_person("副手"))
    appoint(narrow, cast.federation, Position.CHAIR)
    with pytest.raises(RuleError):
        services.end_appointment(account, wide, cast.federation, days(3))
    make_account(second := make_person("继任"))
    appoint(second, cast.federation, Position.CHAIR, covers_subtree=True)
    services.end_appointment(account, wide, cast.federation, days(3))


def test_offices_that_grant_nothing_go_freely(cast, held, office):
    alone(cast, held)
    services.end_appointment(cast.secretary, office, cast.community, today())


# Withdrawing


@pytest.mark.parametrize("start", [0, 1, 200])
def test_withdrawn_before_it_was_in_force(cast, sign_in, held, logged, start):
    person = make_person("错任")
    account, person_id = make_account(person), person.id
    coming = appoint(person, cast.community, Position.PUBLISHER, start_on=days(start))
    url = f"/office/wangjiang/appointments/{coming.public_id}"
    secretary = sign_in(cast.secretary)
    assert secretary.page(url).find("a", href=f"{url}/withdraw")
    assert secretary.submit(f"{url}/withdraw").status_code == 303
    kept = held(person_id)[0]
    assert kept.is_withdrawn
    assert kept.end_on == yesterday()
    assert logged() == ["offices.withdraw"]
    assert sign_in(account).get("/office/wangjiang").status_code == 404
    assert not any(kept.is_live_on(days(day)) for day in (-1, 0, start, start + 1))
    assert "错任" in secretary.page("/office/wangjiang/appointments?past=1").main.get_text()
    assert "错任" not in secretary.page("/office/wangjiang/appointments").main.get_text()
    assert secretary.force(f"{url}/withdraw").status_code == 422, "twice"


def test_what_has_been_in_force_is_ended_and_not_withdrawn(cast, sign_in, url, held, office):
    person = office.person_id
    assert sign_in(cast.secretary).submit(f"{url}/withdraw").status_code == 422
    assert held(person)[0].end_on is None


# Shown in public


def test_shown_and_hidden_again(cast, sign_in, url, held, office, logged):
    person, secretary = office.person_id, sign_in(cast.secretary)
    assert secretary.submit(f"{url}/show", page=url).status_code == 303
    assert held(person)[0].is_public
    assert secretary.force(f"{url}/show", {"show": "yes"}).status_code == 303, "twice"
    assert secretary.submit(f"{url}/show", page=url).status_code == 303
    assert not held(person)[0].is_public
    assert logged() == ["offices.show", "offices.show"]


def test_neither_yes_nor_no(cast, sign_in, url):
    secretary = sign_in(cast.secretary)
    for data in ({}, {"show": ""}, {"show": "maybe"}):
        assert secretary.force(f"{url}/show", data).status_code == 400
