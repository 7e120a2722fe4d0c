"""Whom a household's or an organisation's membership covers, who pays, and who is an organisation's contact."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.members import queries, services
from portal.people.models import AffiliationKind, Person
from tests.harness.cases import either_engine
from tests.harness.factory import affiliate, kind_of, make_membership, make_person
from tests.members.refusals import refused_to_everybody_else


@pytest.fixture
def home(cast):
    return make_membership(make_person("户主"), cast.community, kind=kind_of(cast.community, 1))


@pytest.fixture
def shop(cast):
    contact = make_person("联系人")
    kind = kind_of(cast.community, 2)
    affiliate(contact, cast.community, AffiliationKind.VOLUNTEER)
    return services.join(None, contact, cast.community, kind, today(), organisation_name="小店")


@pytest.fixture
def url(home) -> str:
    return f"/office/wangjiang/memberships/{home.public_id}"


@pytest.fixture
def known(cast) -> Person:
    return cast.volunteer.person


def covered(home) -> list[int]:
    return [row.person_id for row in queries.list_covers(home)]


def test_covered_and_no_longer(cast, sign_in, url, home, known, records_of, logged):
    secretary, person = sign_in(cast.secretary), known.id
    page = secretary.page(f"{url}/cover?q=陈晓明")
    assert page.select_one('input[name="person"]')["value"] == known.public_id
    assert secretary.submit(f"{url}/cover", {}, page=f"{url}/cover?q=陈晓明").status_code == 303
    assert covered(home) == [person]
    assert records_of(person) == [(cast.community.id, None, None)]
    row = queries.list_covers(home)[0].public_id
    assert secretary.submit(f"{url}/covers/{row}/end", page=url).status_code == 303
    assert covered(home) == []
    assert records_of(person)[0][2] == today()
    assert secretary.force(f"{url}/covers/{row}/end").status_code == 422, "twice"
    assert secretary.submit(f"{url}/cover", {}, page=f"{url}/cover?q=陈晓明").status_code == 303, "put right"
    assert covered(home) == [person]
    assert logged() == ["members.cover", "members.uncover", "members.cover"]


@either_engine
def test_refused(cast, sign_in, url, home, known, held):
    secretary = sign_in(cast.secretary)
    elsewhere = cast.stranger.person.public_id
    for person in ("", "x", "\0", elsewhere):
        assert secretary.submit(f"{url}/cover", {"person": person}, page=f"{url}/cover?q=陈晓明").status_code == 422
    secretary.force(f"{url}/cover", {"person": known.public_id})
    again = secretary.force(f"{url}/cover?q=陈", {"person": known.public_id})
    assert again.status_code == 422
    assert "陈晓明" in again.text, "what was searched for is still there"
    one = f"/office/wangjiang/memberships/{held.public_id}"
    assert secretary.get(f"{one}/cover").status_code == 404, "one person's membership covers nobody"
    assert secretary.force(f"{one}/cover", {"person": known.public_id}).status_code == 404


def test_the_search_finds_nobody_elsewhere(cast, sign_in, url):
    assert "何远山" not in sign_in(cast.secretary).page(f"{url}/cover?q=何远山").select_one("#person").get_text()


def test_somebody_new_is_entered_and_covered(cast, sign_in, url, home, db_session):
    secretary, data = sign_in(cast.secretary), {"name": "新家人", "has_signed": "y"}
    assert secretary.submit(f"{url}/cover/new", {**data, "has_signed": None}).status_code == 422
    assert secretary.submit(f"{url}/cover/new", data).status_code == 303
    assert covered(home) == [db_session.query(Person).filter_by(name="新家人").one().id]


@either_engine
def test_who_may_not(cast, sign_in, client, url, home, known, shop):
    services.cover(None, home, kind_of(cast.community, 1), cast.community, None, make_person("家人"), home.joined_on)
    before, row = covered(home), queries.list_covers(home)[0].public_id
    acts = {"cover": {"person": known.public_id}, "cover/new": {"name": "甲", "has_signed": "y"},
            f"covers/{row}/end": {}, "payer": {"person": known.public_id}}  # fmt: skip
    for act, data in acts.items():
        refused_to_everybody_else(cast, sign_in, client, f"{url}/{act}", data)
    contact = f"/office/wangjiang/memberships/{shop.public_id}/contact"
    refused_to_everybody_else(cast, sign_in, client, contact, {"person": known.public_id})
    assert covered(home) == before
    assert home.payer_id is None


@either_engine
def test_a_cover_of_another_membership(cast, sign_in, url, home, now_of):
    other = make_membership(make_person("别家"), cast.community, kind=kind_of(cast.community, 1))
    row = services.cover(None, other, kind_of(cast.community, 1), cast.community, None, make_person("家人"), today())
    assert sign_in(cast.secretary).force(f"{url}/covers/{row.public_id}/end").status_code == 404
    assert len(queries.list_covers(other)) == 1


@either_engine
def test_by_get_nothing_happens(cast, sign_in, url, home, known):
    secretary = sign_in(cast.secretary)
    assert secretary.get(f"{url}/cover?person={known.public_id}").status_code == 200
    assert secretary.get(f"{url}/payer?person={known.public_id}").status_code == 200
    assert covered(home) == []


def test_the_days_of_a_cover(cast, home, known):
    kind = kind_of(cast.community, 1)
    for day in (home.joined_on - timedelta(days=1), today() + timedelta(days=1)):
        with pytest.raises(RuleError):
            services.cover(None, home, kind, cast.community, None, known, day)
    home.ended_on, home.end_reason = today(), "withdrew"
    with pytest.raises(RuleError):
        services.cover(None, home, kind, cast.community, None, known, today())


# Who pays


def test_another_pays_and_the_member_again(cast, sign_in, url, home, known, now_of):
    secretary, payer, holder = sign_in(cast.secretary), known.id, home.person_id
    assert secretary.submit(f"{url}/payer", {}, page=f"{url}/payer?q=陈晓明").status_code == 303
    assert now_of(home).payer_id == payer
    assert "陈晓明" in secretary.get(url).text
    assert secretary.submit(f"{url}/payer", {}).status_code == 303
    assert now_of(home).payer_id is None
    assert now_of(home).person_id == holder


@either_engine
def test_nobody_elsewhere_pays(cast, sign_in, url, home, now_of):
    response = sign_in(cast.secretary).force(f"{url}/payer", {"person": cast.stranger.person.public_id})
    assert response.status_code == 422
    assert "何远山" not in response.text
    assert now_of(home).payer_id is None


def test_whoever_is_covered_no_longer_pays_no_longer(cast, home, known):
    row = services.cover(None, home, kind_of(cast.community, 1), cast.community, None, known, today())
    services.set_payer(cast.secretary, home, known)
    services.uncover(cast.secretary, row, home, today())
    assert home.payer_id is None


# An organisation's contact


def test_another_contact(cast, sign_in, shop, known, now_of, records_of):
    before, after, secretary = shop.person_id, known.id, sign_in(cast.secretary)
    url = f"/office/wangjiang/memberships/{shop.public_id}/contact"
    assert secretary.submit(url, {}, page=f"{url}?q=陈晓明").status_code == 303
    assert now_of(shop).person_id == after
    assert records_of(after) == [(cast.community.id, None, None)]
    assert records_of(before)[0][2] == today()


def test_one_persons_membership_has_no_other_contact(cast, sign_in, url, known, home, now_of):
    holder = home.person_id
    assert sign_in(cast.secretary).force(f"{url}/contact", {"person": known.public_id}).status_code == 404
    assert now_of(home).person_id == holder
