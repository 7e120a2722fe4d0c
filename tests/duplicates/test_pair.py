"""The pair's page: both records side by side, and who must merge them when one may not."""

from __future__ import annotations

import pytest

from portal.core.identity import demo_identity
from portal.offices.rights import Position
from tests.duplicates.rows import BORN, address, make_pair
from tests.harness.cases import either_engine
from tests.harness.factory import affiliate, appoint, make_account


def text_of(page) -> str:
    return page.select_one("main").get_text(" ", strip=True)


@either_engine
def test_side_by_side_and_masked(cast, sign_in):
    pair = make_pair(cast.community, phone="13812345678")
    make_account(pair[0])
    page = sign_in(cast.secretary).page(address(pair))
    shown = text_of(page)
    assert "望江路一带" in shown
    assert "湖滨新村" in shown
    assert "*******5678" in shown
    assert "13812345678" not in str(page)
    names = {tag["name"] for tag in page.select("form[method=get] input[type=radio]")}
    assert names == {"keep", "phone", "residence"}


@either_engine
def test_what_only_one_record_says_is_no_difference(cast, sign_in):
    pair = make_pair(cast.community, email="zhong@example.org")
    rows = sign_in(cast.secretary).page(address(pair)).select("table tbody tr")
    tones = {row.th.get_text(strip=True): row.select_one(".tag")["class"][1] for row in rows if row.select(".tag")}
    assert (tones["姓名"], tones["电子邮箱"], tones["居住区域"]) == ("green", "blue", "amber")


@either_engine
def test_costs_few_questions(cast, sign_in, query_count):
    pair, client = make_pair(cast.community), sign_in(cast.secretary)
    with query_count() as sent:
        client.page(address(pair))
    assert len(sent) <= 17


@either_engine
def test_two_identity_numbers_are_warned_of(cast, sign_in):
    pair = make_pair(cast.community)
    for number, person in enumerate(pair):
        person.identity_number = demo_identity(number, BORN, "female")
        person.identity_last4 = person.identity_number[-4:]
    assert sign_in(cast.secretary).page(address(pair)).select_one(".notice.amber")


@either_engine
def test_also_held_out_of_reach_names_the_office_above(cast, sign_in):
    pair = make_pair(cast.community)
    affiliate(pair[1], cast.village)
    page = sign_in(cast.secretary).page(address(pair))
    assert cast.federation.name in text_of(page)
    assert f"http://localhost/office/qinghe/duplicates/{pair[0].public_id}" in text_of(page)
    assert not page.select("form[method=get] input[type=radio]")


@either_engine
@pytest.mark.parametrize("what", ["", "/check"])
def test_the_street_may_where_the_community_may_not(cast, sign_in, what):
    pair = make_pair(cast.community, cast.sibling_community)
    url = address(pair, what).replace("wangjiang", "liuan")
    chosen = "?keep=first&phone=first&residence=first"
    assert sign_in(cast.chair).get(url + chosen).status_code == 200
    assert sign_in(cast.secretary).get(url + chosen).status_code == 404


@either_engine
def test_an_office_beyond_one_s_rights_is_not_merged(cast, sign_in):
    """Otherwise the account of the one would get the rights of the other."""
    pair = make_pair(cast.community)
    appoint(pair[0], cast.street, Position.CHAIR, covers_subtree=True)
    page = sign_in(cast.secretary).page(address(pair))
    assert page.select_one(".notice.amber")
    assert not page.select("form[method=get] input[type=radio]")


@either_engine
def test_own_record_does_not_come_into_an_office(cast, sign_in):
    """A chair may give somebody the treasurer's office, and must not get it by a merge."""
    own, other = cast.chair.person, cast.treasurer.person
    affiliate(own, cast.community)
    page = sign_in(cast.chair).page(f"/office/liuan/duplicates/{own.public_id}/{other.public_id}")
    assert not page.select("form[method=get] input[type=radio]")


@either_engine
def test_fuller_record_is_suggested(cast, sign_in):
    pair = make_pair(cast.community)
    make_account(pair[1])
    page = sign_in(cast.secretary).page(address(pair))
    assert page.select_one("input[name=keep][checked]")["value"] == "second"
