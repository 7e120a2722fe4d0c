"""The list of charges and its files, one charge's page: what is seen, by whom, and what was done about it."""

from __future__ import annotations

import pytest

from portal.core.calendar import today
from portal.core.database import db
from portal.dues import parts
from portal.dues.charge_queries import Filter, listing, sums
from portal.dues.charging import charge
from portal.dues.models import Charge, VoidReason
from portal.dues.queries import SHOWN, standing
from portal.dues.services import settle, void
from tests.dues.test_settling import member
from tests.harness.counting import query_count
from tests.harness.factory import make_membership, make_person
from tests.harness.money import make_charge, make_period, make_plan

PAGE = "/office/wangjiang/dues/charges"
STREET = "/office/liuan/dues/charges"


@pytest.fixture
def period(cast):
    return make_period(cast.community)


def rows(page) -> list[str]:
    return [row.find("a").text for row in page.select("tbody tr")]


def address(found, place: str = PAGE) -> str:
    made = loaded(found)
    return f"{place}/{made.period.public_id}/{made.membership.public_id}"


def loaded(made):
    return standing(made.period_id, made.membership_id)


def test_filters_find_and_sum(cast, sign_in, period):
    names = ("安一", "白二", "陈三", "邓四", "冯五")
    paid, part, owing, waived, gone = (make_charge(member(cast, name), period) for name in names)
    before, payer = make_period(cast.community, today().year - 1), cast.member.person_id
    make_charge(member(cast, "高六", group_id=cast.group.id, payer_id=payer), before, 900)
    settle(paid.id, paid=1_200)
    settle(part.id, paid=500)
    settle(waived.id, waived=1_200)
    void(None, loaded(gone), VoidReason.IN_ERROR, today())

    def listed(**values) -> list[str]:
        wanted = Filter(**{"period_id": period.id, **values})
        return [one.membership.display_name for one in found(cast, wanted)]

    assert listed() == ["安一", "白二", "陈三", "邓四"]
    assert listed(state="paid") == ["安一"]
    assert listed(state="part") == ["白二"]
    assert listed(state="open") == ["白二", "陈三"]
    assert listed(state="waived") == ["邓四"]
    assert listed(state="void") == ["冯五"]
    assert listed(text="白") == ["白二"]
    assert listed(text="cs") == listed(text=loaded(owing).membership.number) == ["陈三"]
    assert listed(period_id=None, group_id=cast.group.id) == ["高六"]
    totals = sums(cast.treasurer, cast.community, Filter(period_id=period.id), today())
    assert [int(value) for value in totals] == [4_800, 1_700, 1_200, 0, 1_900]
    page = sign_in(cast.treasurer).page(f"{PAGE}?period=all&state=nonsense&q=gl")
    assert rows(page) == ["高六"]
    assert cast.member.person.name in page.text


def found(cast, wanted: Filter) -> list[Charge]:
    statement = listing(cast.treasurer, cast.community, wanted, today()).options(*SHOWN)
    return list(db.session.scalars(statement))


def test_one_charge_and_all_that_happened(cast, sign_in, period):
    make_plan(cast.federation)
    membership = member(cast, "江小鱼", payer_id=cast.member.person_id)
    charge(cast.treasurer, cast.community, period)
    membership.joined_on = today()
    make_plan(cast.community, 2_400, proration="months")
    charge(None, cast.community, period)
    made = standing(period.id, membership.id)
    seen = []

    @parts.part(10)
    def told(one):
        seen.append(one.id)

    @parts.link(10)
    def offered(one):
        return parts.Link("收款", "/somewhere") if one.open_fen else None

    try:
        with query_count() as asked:
            page = sign_in(cast.treasurer).page(address(made))
    finally:
        parts._tellers[:] = [one for one in parts._tellers if one[1] is not told]
        parts._offers[:] = [one for one in parts._offers if one[1] is not offered]
    assert seen == [made.id]
    assert page.find("a", href="/somewhere").text == "收款"
    assert cast.member.person.name in page.text
    assert len(page.select("tbody tr")) == 3
    assert "12.00" in page.text
    assert len(asked) <= 12


@pytest.mark.engines("sqlite")
def test_as_many_statements_for_many_rows_as_for_few(cast, sign_in, period):
    make_plan(cast.federation)
    treasurer = sign_in(cast.treasurer)
    counts = []
    for number in (1, 20):
        for one in range(number):
            make_charge(member(cast, f"戊{number}{one}"), period)
        with query_count() as asked:
            treasurer.page(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_files_hold_what_the_page_shows(cast, sign_in, period):
    made = make_charge(member(cast, "安一", payer_id=cast.member.person_id), period, 1_234)
    settle(made.id, paid=1_000)
    treasurer = sign_in(cast.treasurer)
    text = treasurer.get(f"{PAGE}/list.csv?state=part").text
    assert all(value in text for value in ("安一", cast.member.person.name, "12.34", "10.0", "2.34"))
    assert "安一" not in treasurer.get(f"{PAGE}/list.csv?state=paid").text
    assert treasurer.get(f"{PAGE}/list.xlsx").data[:2] == b"PK"


@pytest.mark.engines("sqlite")
def test_who_sees_what(cast, sign_in, client, period):
    ours = make_charge(member(cast, "本组", group_id=cast.group.id), period)
    others = make_charge(member(cast, "别组", group_id=cast.other_group.id), period)
    far = make_charge(make_membership(make_person("远方"), cast.sibling_community), period)
    leader, chair = sign_in(cast.leader), sign_in(cast.chair)
    assert rows(leader.page(PAGE)) == ["本组"]
    assert "别组" not in leader.get(f"{PAGE}/list.csv").text
    shown = leader.get(address(ours))
    assert "/dues/collect?who=" in shown.text
    assert "/dues/collect?who=" not in sign_in(cast.secretary).get(address(ours)).text
    assert leader.get(address(others)).status_code == 404
    assert sign_in(cast.secretary).get(address(far)).status_code == 404
    assert sorted(rows(chair.page(f"{STREET}?below=y"))) == sorted(["本组", "别组", "远方"])
    assert "远方" in chair.get(f"{STREET}/list.csv?below=y").text
    assert chair.get(address(far, STREET)).status_code == 200
    codes = [sign_in(one).get(PAGE).status_code for one in (cast.publisher, cast.sibling, cast.member, cast.ended)]
    assert codes == [403, 404, 404, 404]
    assert client.get(PAGE).status_code == 303


def test_who_charges_is_told_what_is_not_up_to_date(cast, sign_in, period):
    make_plan(cast.federation)
    assert "notice amber" in sign_in(cast.treasurer).get(PAGE).text
    assert "notice amber" not in sign_in(cast.secretary).get(PAGE).text
    charge(None, cast.community, period)
    assert "notice amber" not in sign_in(cast.treasurer).get(PAGE).text
